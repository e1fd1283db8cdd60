// An exchange whose markets open, pause and close by a script, and whose REST answers are wrong in every way that costs time and
// nothing else. What is true of its markets is read off their script: the naive model of which are open.

export type ScriptedMarket = {
  readonly openAtMs: number;
  readonly closeAtMs: number;
  /** It is paused from so long after its opening, for so long. */
  readonly pauseAfterMs: number;
  readonly pauseForMs: number;
};

export type Fault =
  /** No connection; HTTP 500, 400; no answer; no JSON; JSON that is no listing. */
  | 'cut'
  | 'down'
  | 'refused'
  | 'silent'
  | 'garbage'
  | 'no-list'
  /** A page without markets, which leads on. */
  | 'empty-page'
  /** A cursor that leads to where one has been. */
  | 'cursor-back'
  /** A replica that lags behind: it does not know half of the markets. */
  | 'lagging'
  /** Every other entry cannot be read. */
  | 'unreadable';

export type State = 'initialized' | 'active' | 'inactive' | 'closed';
/** Of at most ten markets. */
export const tickerOf = (index: number): string => `KXA-1-${index}`;

/** How often in a row a market may be missing where it is asked for by name: a lag that lasts longer is a market that is gone. */
const MOST_MISSES = 2;
/** A cursor beyond which the next page is a right one. */
const FAR = 1_000;

export class FaultyExchange {
  readonly #markets: readonly ScriptedMarket[];
  readonly #nowMs: () => number;
  readonly #nextFault: () => Fault | null;
  readonly #misses = new Map<string, number>();

  constructor(markets: readonly ScriptedMarket[], nowMs: () => number, nextFault: () => Fault | null) {
    this.#markets = markets;
    this.#nowMs = nowMs;
    this.#nextFault = nextFault;
  }

  stateOf(ticker: string): State | null {
    const market = this.#markets[Number(ticker.at(-1))];
    if (!market) return null;
    const openForMs = this.#nowMs() - market.openAtMs;
    if (openForMs < 0) return 'initialized';
    if (this.#nowMs() >= market.closeAtMs) return 'closed';
    const pausedForMs = openForMs - market.pauseAfterMs;
    return pausedForMs >= 0 && pausedForMs < market.pauseForMs ? 'inactive' : 'active';
  }

  readonly fetch = (async (input: URL, init?: RequestInit): Promise<Response> => {
    const query = input.searchParams;
    const fault = this.#nextFault();
    switch (fault) {
      case 'cut':
        throw new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } });
      case 'silent':
        return new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))));
      case 'down':
        return answer(500, {});
      case 'refused':
        return answer(400, { error: { code: 'bad_request', message: 'no' } });
      case 'garbage':
        return answer(200, '<html>');
      case 'no-list':
        return answer(200, { markets: null });
      case null:
      case 'empty-page':
      case 'cursor-back':
      case 'lagging':
      case 'unreadable':
        return answer(200, this.#page(query, fault));
    }
  }) as typeof fetch;

  #page(query: URLSearchParams, fault: Fault | null): object {
    const names = query.get('tickers')?.split(',');
    const cursor = query.get('cursor') ?? '0';
    if (fault === 'empty-page' && Number(cursor) < FAR) return { markets: [], cursor: String(Number(cursor) + FAR) };
    const markets: object[] = [];
    let at = Number(cursor) % FAR;
    if (names) {
      // One that is right, and of one page, is taken for certain: whatever is asked about counts anew.
      if (fault === null && cursor === '0') for (const ticker of names) this.#misses.delete(ticker);
      for (const ticker of names) if (!this.#isHidden(ticker, fault, names)) markets.push(this.#entry(ticker, fault));
      at = this.#markets.length;
    }
    for (; at < this.#markets.length && markets.length < Number(query.get('limit')); at++) {
      const ticker = tickerOf(at);
      const isListed = this.stateOf(ticker) === 'active' && !this.#isHidden(ticker, fault);
      if (isListed) markets.push(this.#entry(ticker, fault));
    }
    if (fault === 'cursor-back') return { markets, cursor };
    return { markets, cursor: at < this.#markets.length ? String(at) : '' };
  }

  /** Of half of the markets, which half changes each second. */
  #isHidden(ticker: string, fault: Fault | null, names?: readonly string[]): boolean {
    if (this.stateOf(ticker) === null) return true;
    if (fault !== 'lagging' || (Math.floor(this.#nowMs() / 1_000) + Number(ticker.at(-1))) % 2 === 0) return false;
    if (!names) return true;
    const misses = (this.#misses.get(ticker) ?? 0) + 1;
    if (misses > MOST_MISSES) return false;
    this.#misses.set(ticker, misses);
    return true;
  }

  #entry(ticker: string, fault: Fault | null): object {
    if (fault === 'unreadable' && Number(ticker.at(-1)) % 2 === 0) return { ticker };
    const { openAtMs, closeAtMs } = this.#markets[Number(ticker.at(-1))]!;
    return {
      ticker,
      event_ticker: 'KXA-1',
      status: this.stateOf(ticker),
      open_time: new Date(openAtMs).toISOString(),
      close_time: new Date(closeAtMs).toISOString(),
      volume_fp: '1.00',
    };
  }
}

/** As much of one as is read. */
const answer = (status: number, body: unknown): Response =>
  ({
    ok: status === 200,
    status,
    headers: new Headers(),
    text: async () => (typeof body === 'string' ? body : JSON.stringify(body)),
  }) as Response;
