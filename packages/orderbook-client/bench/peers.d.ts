// What is used of the peers, so that the types are checked where they are not installed.
declare module 'tardis-dev/dist/orderbook.js' {
  export type BookLevel = { readonly price: number; readonly amount: number };
  export type BookChange = {
    readonly isSnapshot: boolean;
    readonly bids: readonly BookLevel[];
    readonly asks: readonly BookLevel[];
  };
  export class OrderBook {
    update(change: BookChange): void;
    bestBid(): BookLevel | undefined;
    bestAsk(): BookLevel | undefined;
    bids(): IterableIterator<BookLevel>;
  }
}

declare module 'pmxt-core/dist/exchanges/kalshi/websocket.js' {
  export type PmxtLevel = { price: number; size: number };
  export type PmxtBook = { bids: PmxtLevel[]; asks: PmxtLevel[]; timestamp: number };
  export class KalshiWebSocket {
    constructor(auth: { getHeaders(): Record<string, string> }, config: { wsUrl: string });
    connect(): Promise<void>;
    close(): Promise<void>;
    subscribeToOrderbook(tickers: readonly string[]): void;
    handleOrderbookSnapshot(data: unknown): void;
    handleOrderbookDelta(data: unknown): void;
    resolveOrderBook(ticker: string, book: PmxtBook): void;
    applyDelta(levels: PmxtLevel[], price: number, delta: number, order: 'asc' | 'desc'): void;
    readonly orderBooks: ReadonlyMap<string, PmxtBook>;
  }
}

declare module 'selfsigned' {
  export function generate(
    attributes: readonly { name: string; value: string }[],
    options: { keyType: 'ec'; extensions: readonly object[] },
  ): Promise<{ private: string; cert: string }>;
}
