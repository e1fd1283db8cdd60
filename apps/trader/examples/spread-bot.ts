// A bot that knows nothing of where its market data comes from. It takes its time from what it is told.
import { formatPrice, type OrderbookClient } from '@trader/orderbook-client';

/** A YES price that it would bid, or that it would bid no more. */
export type Decision = {
  readonly atMs: number;
  readonly market: string;
  readonly bid: number | null;
  readonly why: string;
};

/** Bids one tick above the best bid where the spread is wide, and nothing where it does not know the book. */
export function startBot(client: OrderbookClient, decide: (decision: Decision) => void): void {
  const bids = new Map<string, number | null>();
  const set = (market: string, bid: number | null, why: string): void => {
    if ((bids.get(market) ?? null) === bid) return;
    bids.set(market, bid);
    decide({ atMs: client.nowMs(), market, bid, why });
  };
  const look = ({ market }: { readonly market: string }): void => {
    const book = client.book(market);
    if (!book?.synced) return;
    const tick = book.tickSize ?? 100;
    if (book.spread() > 2 * tick) set(market, book.bestBidPrice('yes') + tick, 'wide spread');
    else set(market, null, 'narrow spread');
  };
  client.on('snapshot', look);
  client.on('delta', look);
  client.on('stale', ({ markets, reason }) => {
    for (const market of markets) set(market, null, reason);
  });
}

export const textOf = ({ atMs, market, bid, why }: Decision): string =>
  `${new Date(atMs).toISOString()} ${market} ${bid === null ? 'no bid' : formatPrice(bid)}: ${why}`;
