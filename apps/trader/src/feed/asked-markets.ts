// Markets that somebody named, and that the exchange does not know. It acknowledges any ticker, and what does not exist has an
// empty book that is as good as any other but for its id.
import type { OrderbookClient } from '@trader/orderbook-client';

export type UnknownMarket = { readonly market: string; readonly reason: string };

export type AskedMarketsOptions = {
  readonly client: Pick<OrderbookClient, 'on' | 'book'>;
  readonly markets: readonly string[];
  /** Called with all of them whenever one turns out to be unknown, or to exist after all. */
  readonly onChange: (unknown: readonly UnknownMarket[]) => void;
};

export class AskedMarkets {
  readonly #options: AskedMarketsOptions;
  #asked: ReadonlySet<string>;
  readonly #unknown = new Map<string, string>();

  constructor(options: AskedMarketsOptions) {
    this.#options = options;
    this.#asked = new Set(options.markets);
    const { client } = options;
    client.on('snapshot', ({ market, marketId }) => {
      if (this.#asked.has(market)) this.#judge(market, marketId === null ? 'its book has no market id' : null);
    });
    client.on('status', ({ to }) => {
      if (to !== 'live') return;
      for (const market of this.#asked)
        if (client.book(market)?.staleReason === 'no-snapshot-yet') this.#judge(market, 'its book does not come');
    });
  }

  get unknown(): readonly UnknownMarket[] {
    return [...this.#unknown].map(([market, reason]) => ({ market, reason }));
  }

  /** These are asked for from now on, and no others. */
  ask(markets: readonly string[]): void {
    this.#asked = new Set(markets);
    for (const market of this.#unknown.keys()) if (!this.#asked.has(market)) this.#unknown.delete(market);
    this.#options.onChange(this.unknown);
  }

  #judge(market: string, reason: string | null): void {
    if ((this.#unknown.get(market) ?? null) === reason) return;
    if (reason === null) this.#unknown.delete(market);
    else this.#unknown.set(market, reason);
    this.#options.onChange(this.unknown);
  }
}
