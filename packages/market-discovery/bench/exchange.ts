// The bytes that an exchange of so many markets would answer, made beforehand, and a clock that stands still.
import type { Runtime } from '../src/index.ts';

const PAGE = 1_000;
const tickerOf = (index: number): string => `KXBENCH-26AUG10-T${String(index).padStart(6, '0')}`;

/** An entry as REST writes it: about 1,000 bytes, most of which nobody reads. */
const entryOf = (ticker: string, status: string, index: number): object => ({
  ticker,
  event_ticker: 'KXBENCH-26AUG10',
  market_type: 'binary',
  title: `Will the price be above ${index} at 21:15?`,
  subtitle: `${index} or above`,
  status,
  open_time: '2026-08-10T20:00:00Z',
  close_time: '2026-08-10T21:15:00Z',
  expiration_time: '2026-08-17T21:15:00Z',
  volume_fp: `${(index * 7919) % 100_000}.00`,
  rules_primary: 'If the price of the underlying is above the strike at the close, the market resolves to Yes. '.repeat(
    5,
  ),
  ...Object.fromEntries(
    ['yes_bid', 'yes_ask', 'no_bid', 'no_ask', 'last_price', 'previous_price', 'liquidity', 'notional_value'].map(
      (name, place) => [`${name}_dollars`, `0.${String((index * 31 + place) % 10_000).padStart(4, '0')}`],
    ),
  ),
});

/** A listing of `count` markets from number `from` on. */
export function pagesOf(count: number, from: number): readonly string[] {
  const pages: string[] = [];
  for (let start = 0; start < count; start += PAGE) {
    const markets = Array.from({ length: Math.min(PAGE, count - start) }, (_, place) => {
      const index = from + start + place;
      return entryOf(tickerOf(index), 'active', index);
    });
    pages.push(JSON.stringify({ markets, cursor: start + PAGE < count ? String(start / PAGE + 1) : '' }));
  }
  return pages;
}

/** Answers listings with the pages of now, and look-ups with markets that are closed. */
export function fetchFrom(pagesNow: () => readonly string[]): typeof fetch {
  return (async (input: URL) => {
    const names = input.searchParams.get('tickers')?.split(',');
    const text = names
      ? JSON.stringify({ markets: names.map((ticker) => entryOf(ticker, 'closed', Number(ticker.slice(-6)))) })
      : pagesNow()[Number(input.searchParams.get('cursor') ?? 0)]!;
    return { ok: true, status: 200, headers: new Headers(), text: async () => text } as Response;
  }) as typeof fetch;
}

/** Timers fire when the clock is moved, and at no other time. */
export class BenchRuntime implements Runtime {
  #nowMs = 0;
  readonly #timers = new Map<() => void, number>();
  readonly nowMs = (): number => Date.UTC(2026, 7, 10, 20, 30) + this.#nowMs;
  readonly monotonicMs = (): number => this.#nowMs;
  readonly random = (): number => 0.5;
  readonly setTimer = (delayMs: number, fire: () => void): (() => void) => {
    const timer = (): void => fire();
    this.#timers.set(timer, this.#nowMs + delayMs);
    return () => void this.#timers.delete(timer);
  };

  advance(ms: number): void {
    this.#nowMs += ms;
    for (const [timer, atMs] of Array.from(this.#timers))
      if (atMs <= this.#nowMs && this.#timers.delete(timer)) timer();
  }
}
