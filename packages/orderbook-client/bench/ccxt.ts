// ccxt's own book and promise. The package exports its entry point only, which would load a hundred exchanges.
export type CcxtSide = [price: number, size: number][] & { store(price: number, size: number): void };

export interface CcxtBook {
  bids: CcxtSide;
  asks: CcxtSide;
  timestamp: number | undefined;
  datetime: string | undefined;
}

export type CcxtFuture = Promise<unknown> & { resolve(value: unknown): void };

type Levels = readonly (readonly [price: number, size: number])[];

const load = (path: string) => import(new URL(`src/base/${path}`, import.meta.resolve('ccxt')).href);

export const { OrderBook } = (await load('ws/OrderBook.js')) as {
  OrderBook: new (snapshot: { bids: Levels; asks: Levels }) => CcxtBook;
};
export const { Future } = (await load('ws/Future.js')) as { Future: () => CcxtFuture };
export const { iso8601 } = (await load('functions/time.js')) as { iso8601: (timestamp: number) => string };
