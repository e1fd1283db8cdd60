// Those that keep books.
import { once } from 'node:events';
import { KalshiWebSocket, type PmxtBook } from 'pmxt-core/dist/exchanges/kalshi/websocket.js';
import { WebSocket } from 'ws';
import { createOrderbookClient } from '../src/index.ts';
import { Future, iso8601, OrderBook, type CcxtBook, type CcxtFuture, type CcxtSide } from './ccxt.ts';
import { Countdown } from './countdown.ts';
import { subscribeCommands } from './frames.ts';
import type { Reader } from './reader.ts';

/** This client by its public API: numbers checked, a listener on every delta. */
export const ours: Reader = {
  name: '@trader/orderbook-client',
  open: async (sender) => {
    const { url, markets } = sender;
    const countdown = new Countdown(sender.deltas);
    const credentials = { keyId: 'bench', sign: () => '' };
    const client = createOrderbookClient({ url, markets, credentials, auditIntervalMs: Infinity });
    client.on('delta', ({ applied }) => {
      if (applied) countdown.tick();
    });
    client.start();
    await client.whenSynced({ timeoutMs: 60_000 });
    return {
      done: countdown.done,
      bestBids: () => markets.map((market) => client.book(market)?.bestBid('yes')?.[0] ?? 0),
      close: () => client.close(),
    };
  },
};

/** Its Kalshi socket as it is, but silent while it opens: it prints its dialogue. */
export const pmxt: Reader = {
  name: 'pmxt-core',
  open: async (sender) => {
    const countdown = new Countdown(sender.deltas);
    const synced = new Countdown(sender.markets.length);
    let resolved = (): void => synced.tick();
    class Counted extends KalshiWebSocket {
      override resolveOrderBook(ticker: string, book: PmxtBook): void {
        super.resolveOrderBook(ticker, book);
        resolved();
      }
    }
    const client = new Counted({ getHeaders: () => ({}) }, { wsUrl: sender.url });
    const { log } = console;
    console.log = () => undefined;
    try {
      await client.connect();
      for (const { params } of commandsOf(sender.markets)) client.subscribeToOrderbook(params.market_tickers);
      await synced.done;
    } finally {
      console.log = log;
    }
    resolved = () => countdown.tick();
    const bestBid = (market: string) => Math.round((client.orderBooks.get(market)?.bids[0]?.price ?? 0) * 10_000);
    return { done: countdown.done, bestBids: () => sender.markets.map(bestBid), close: () => client.close() };
  },
};

type Message = { readonly type: string; readonly msg: DeltaFields & SnapshotFields };
type DeltaFields = {
  readonly market_ticker: string;
  readonly price_dollars: string;
  readonly delta_fp: string;
  readonly side: string;
  readonly ts_ms: number;
};
type WireLevels = readonly (readonly [price: string, size: string])[];
type SnapshotFields = { readonly yes_dollars_fp?: WireLevels; readonly no_dollars_fp?: WireLevels };

/** ccxt has no Kalshi: its book, its dates and a promise for each update, wired as its exchanges do it. */
export const ccxtStyle: Reader = {
  name: 'ccxt-pro-style client',
  open: async (sender) => {
    const books = new Map<string, CcxtBook>();
    const futures = new Map<string, CcxtFuture>();
    const countdown = new Countdown(sender.deltas);
    const synced = new Countdown(sender.markets.length);
    // What its users write: wait for the book, look at it, wait again.
    const watch = async (market: string): Promise<void> => {
      for (;;) {
        const future = Future();
        futures.set(market, future);
        await future;
      }
    };
    const resolve = (market: string, book: CcxtBook): void => {
      const future = futures.get(market);
      futures.delete(market);
      future?.resolve(book);
    };
    const takeDelta = ({ market_ticker, price_dollars, delta_fp, side, ts_ms }: DeltaFields): void => {
      const book = books.get(market_ticker)!;
      const price = Number.parseFloat(price_dollars);
      if (side === 'yes') change(book.bids, price, Number.parseFloat(delta_fp));
      else change(book.asks, Math.round((1 - price) * 10_000) / 10_000, Number.parseFloat(delta_fp));
      book.timestamp = ts_ms;
      book.datetime = iso8601(ts_ms);
      resolve(market_ticker, book);
      countdown.tick();
    };
    const socket = new WebSocket(sender.url, { perMessageDeflate: false });
    socket.on('message', (data: Buffer) => {
      const { type, msg } = JSON.parse(data.toString('utf8')) as Message;
      if (type === 'orderbook_delta') takeDelta(msg);
      if (type !== 'orderbook_snapshot') return;
      const bids = (msg.yes_dollars_fp ?? []).map(([price, size]) => [Number(price), Number(size)] as const);
      const asks = (msg.no_dollars_fp ?? []).map(
        ([price, size]) => [Math.round((1 - Number(price)) * 10_000) / 10_000, Number(size)] as const,
      );
      books.set(msg.market_ticker, new OrderBook({ bids, asks }));
      synced.tick();
    });
    await once(socket, 'open');
    for (const command of commandsOf(sender.markets)) socket.send(JSON.stringify(command));
    await synced.done;
    for (const market of sender.markets) void watch(market);
    const bestBid = (market: string) => Math.round((books.get(market)?.bids[0]?.[0] ?? 0) * 10_000);
    return {
      done: countdown.done,
      bestBids: () => sender.markets.map(bestBid),
      close: async () => {
        socket.terminate();
        await once(socket, 'close');
      },
    };
  },
};

/** Its sides hold sizes, not changes: the present one has to be found. */
function change(side: CcxtSide, price: number, delta: number): void {
  let size = 0;
  for (let index = 0; index < side.length; index++) {
    const level = side[index]!;
    if (level[0] === price) {
      size = level[1];
      break;
    }
  }
  side.store(price, Math.round((size + delta) * 100) / 100);
}

const commandsOf = (markets: readonly string[]) =>
  subscribeCommands(markets).map((text) => JSON.parse(text) as { params: { market_tickers: string[] } });
