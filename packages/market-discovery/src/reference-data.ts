// What the markets that somebody follows are, and whether the exchange trades: asked for when a market is new, when something was
// announced of it, when announcements may have been missed, and from time to time. It tells what is new in the answers.
import { readExchangeState, type ExchangeState } from './core/exchange-state.ts';
import {
  readMarketDescription,
  readSeriesFees,
  type MarketDescription,
  type SeriesFees,
} from './core/market-description.ts';
import { MarketDiscoveryError, messageOf } from './errors.ts';
import { RestMarketSource } from './io/market-source.ts';
import { RestClient } from './io/rest-client.ts';
import { resolveReferenceData, type ReferenceDataOptions } from './options.ts';

/** What is known of the markets and of the exchange now. */
export interface ReferenceData {
  /** From now on this market is asked about, until it is settled. Harmless again and again. */
  follow(market: string): void;
  /** Something was announced of it. Of a market that is not followed it means nothing. */
  acceptChanged(market: string): void;
  /** Announcements were missed, or may have been: all is asked for again. */
  acceptMissed(): void;
  /** The followed markets that were described and are not settled. */
  markets(): readonly MarketDescription[];
  /** `null` until the exchange was asked. */
  exchange(): ExchangeState | null;
  status(): { readonly followed: number; readonly described: number; readonly problem: string | null };
  /** Ends it. Resolves once no request and no timer is left. Harmless twice. */
  close(): Promise<void>;
}

/** REST may know a new market, or a change, a moment later than the socket. */
const SETTLES_WITHIN_MS = 1_000;
const RETRY = { baseMs: 2_000, maxMs: 120_000 };
/** The one that was followed first is let go, which a next `follow` takes up again. */
const MOST_FOLLOWED = 20_000;
/** Fees of other series are asked for the next time. */
const MOST_SERIES_AT_ONCE = 20;
const FEES_FOR_MS = 3_600_000;
const PAGE_SIZE = 100;

type Followed = { description: MarketDescription | null; isSettled: boolean };

/**
 * Starts at once.
 *
 * @throws {TypeError | RangeError} for a wrong option
 */
export const createReferenceData = (options: ReferenceDataOptions): ReferenceData => new RestReferenceData(options);

class RestReferenceData implements ReferenceData {
  readonly #options;
  readonly #rest: RestClient;
  readonly #source: RestMarketSource<MarketDescription>;
  readonly #ends = new AbortController();
  readonly #followed = new Map<string, Followed>();
  readonly #due = new Set<string>();
  readonly #fees = new Map<string, SeriesFees & { readonly askedAtMs: number }>();
  #exchange: ExchangeState | null = null;
  /** The latest answer; `null` before the first. */
  #schedule: unknown = null;
  #isExchangeDue = true;
  #refreshAtMs: number;
  #failures = 0;
  #problem: string | null = null;
  #wakeAtMs = Infinity;
  #cancel: () => void = () => undefined;
  #isAsking = false;
  #pass: Promise<void> = Promise.resolve();

  constructor(options: ReferenceDataOptions) {
    const resolved = resolveReferenceData(options);
    this.#options = resolved;
    this.#rest = new RestClient(resolved);
    this.#source = new RestMarketSource(this.#rest, PAGE_SIZE, readMarketDescription);
    this.#refreshAtMs = resolved.runtime.monotonicMs() + resolved.refreshEveryMs;
    this.#wake(0);
  }

  follow(market: string): void {
    if (this.#followed.has(market)) return;
    this.#followed.set(market, { description: null, isSettled: false });
    if (this.#followed.size > MOST_FOLLOWED) this.#followed.delete(this.#followed.keys().next().value!);
    this.#ask(market);
  }

  acceptChanged(market: string): void {
    if (this.#followed.has(market)) this.#ask(market);
  }

  acceptMissed(): void {
    this.#isExchangeDue = true;
    for (const [market, { isSettled }] of this.#followed) if (!isSettled) this.#due.add(market);
    this.#wake(SETTLES_WITHIN_MS);
  }

  markets(): readonly MarketDescription[] {
    return [...this.#followed.values()].flatMap(({ description }) => (description ? [description] : []));
  }

  exchange(): ExchangeState | null {
    return this.#exchange;
  }

  status(): ReturnType<ReferenceData['status']> {
    const described = [...this.#followed.values()].filter((of) => of.description !== null || of.isSettled).length;
    return { followed: this.#followed.size, described, problem: this.#problem };
  }

  async close(): Promise<void> {
    this.#ends.abort(new Error('the reference data were closed'));
    this.#cancel();
    await this.#pass;
  }

  #ask(market: string): void {
    this.#due.add(market);
    this.#wake(SETTLES_WITHIN_MS);
  }

  #wake(withinMs: number): void {
    const { runtime } = this.#options;
    const atMs = runtime.monotonicMs() + withinMs;
    if (this.#ends.signal.aborted || this.#isAsking || atMs >= this.#wakeAtMs) return;
    this.#cancel();
    this.#wakeAtMs = atMs;
    this.#cancel = runtime.setTimer(withinMs, () => {
      this.#wakeAtMs = Infinity;
      this.#isAsking = true;
      this.#pass = this.#askAll().finally(() => {
        this.#isAsking = false;
        this.#wake(this.#pauseMs());
      });
    });
  }

  #pauseMs(): number {
    const { runtime } = this.#options;
    if (this.#failures > 0) {
      const mostMs = Math.min(RETRY.maxMs, RETRY.baseMs * 2 ** Math.min(this.#failures - 1, 16));
      return mostMs * (0.5 + runtime.random() / 2);
    }
    if (this.#due.size > 0 || this.#isExchangeDue) return SETTLES_WITHIN_MS;
    return Math.max(0, this.#refreshAtMs - runtime.monotonicMs());
  }

  async #askAll(): Promise<void> {
    const { runtime, refreshEveryMs, onProblem } = this.#options;
    if (runtime.monotonicMs() >= this.#refreshAtMs) {
      this.#refreshAtMs = runtime.monotonicMs() + refreshEveryMs;
      this.acceptMissed();
    }
    const before = this.#problem;
    this.#problem = null;
    if (this.#isExchangeDue) await this.#attempt('the exchange', async () => this.#askExchange());
    if (this.#due.size > 0) await this.#attempt('the markets', async () => this.#askMarkets());
    if (this.#ends.signal.aborted) return;
    this.#failures = this.#problem === null ? 0 : this.#failures + 1;
    if (this.#problem !== before) this.#tell(() => onProblem?.(this.#problem));
  }

  async #attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#problem ??= `${what}: ${messageOf(error)}`;
    }
  }

  async #askExchange(): Promise<void> {
    const { signal } = this.#ends;
    const status = await this.#rest.get('/exchange/status', { signal });
    // It may fail alone; whether the exchange trades is known all the same.
    await this.#attempt('the schedule', async () => {
      this.#schedule = (await this.#rest.get('/exchange/schedule', { signal })).body;
      this.#isExchangeDue = false;
    });
    const state = readExchangeState(status.body, this.#schedule);
    if (isSame(state, this.#exchange)) return;
    this.#exchange = state;
    this.#tell(() => this.#options.onExchange?.(state));
  }

  async #askMarkets(): Promise<void> {
    const asked = [...this.#due];
    this.#due.clear();
    const { signal } = this.#ends;
    try {
      const { markets, failures, unanswered } = await this.#source.lookUp(asked, signal);
      for (const market of unanswered) this.#due.add(market);
      const [first] = failures;
      if (first) this.#problem ??= `${first.part}: ${messageOf(first.error)}`;
      await this.#askFees(markets);
      for (const market of markets) this.#accept({ ...market, ...this.#feesOf(market) });
    } catch (error) {
      for (const market of asked) this.#due.add(market);
      throw error;
    }
  }

  #accept(description: MarketDescription): void {
    const followed = this.#followed.get(description.market);
    if (!followed || followed.isSettled || isSame(description, followed.description)) return;
    followed.isSettled = description.status === 'settled';
    // Nobody asks about it any more, and its rules are long.
    followed.description = followed.isSettled ? null : description;
    this.#tell(() => this.#options.onMarket?.(description));
  }

  #feesOf({ seriesTicker }: MarketDescription): SeriesFees {
    const { feeType = null, feeMultiplier = null } = this.#fees.get(seriesTicker ?? '') ?? {};
    return { feeType, feeMultiplier };
  }

  /** A series without an answer has none for now; the descriptions are not kept back for it. */
  async #askFees(markets: readonly MarketDescription[]): Promise<void> {
    const { runtime } = this.#options;
    const isFresh = (series: string) =>
      (this.#fees.get(series)?.askedAtMs ?? -Infinity) > runtime.monotonicMs() - FEES_FOR_MS;
    const series = new Set(markets.flatMap(({ seriesTicker }) => (seriesTicker === null ? [] : [seriesTicker])));
    const stale = [...series].filter((ticker) => !isFresh(ticker)).slice(0, MOST_SERIES_AT_ONCE);
    for (const ticker of stale) {
      const known = this.#fees.get(ticker);
      let fees: SeriesFees = { feeType: known?.feeType ?? null, feeMultiplier: known?.feeMultiplier ?? null };
      try {
        const { body } = await this.#rest.get(`/series/${encodeURIComponent(ticker)}`, {
          signal: this.#ends.signal,
          tries: 2,
        });
        fees = readSeriesFees(body);
      } catch (error) {
        this.#ends.signal.throwIfAborted();
        // It may have no series of that name.
        if (!MarketDiscoveryError.isInstance(error) || error.status !== 404)
          this.#problem ??= `fees of ${ticker}: ${messageOf(error)}`;
      }
      this.#fees.delete(ticker);
      this.#fees.set(ticker, { ...fees, askedAtMs: runtime.monotonicMs() });
      if (this.#fees.size > MOST_FOLLOWED) this.#fees.delete(this.#fees.keys().next().value!);
    }
  }

  /** Whoever is told may fail, which is nobody else's matter. */
  #tell(tell: () => void): void {
    if (this.#ends.signal.aborted) return;
    try {
      tell();
    } catch (error) {
      this.#problem ??= `whoever was told failed: ${messageOf(error)}`;
    }
  }
}

const isSame = (one: object, other: object | null): boolean => JSON.stringify(one) === JSON.stringify(other);
