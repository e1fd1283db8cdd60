// A bot that writes down what it decides, and what it needs to be recorded: the same live and on a recording.
import { openWebSocket, type OpenSocket, type OrderbookClient, type Runtime } from '@trader/orderbook-client';

/** A snapshot has no time of the exchange. */
type BookEvent = { readonly market: string; readonly receivedAtMs: number; readonly exchangeAtUs?: number | null };

export type Decision = readonly [what: string, atMs: number | null, ...details: unknown[]];

/** Quotes inside a wide spread, follows large takers, and lets go of everything that it cannot trust. Time is that of the events. */
export function startBot(client: OrderbookClient): Decision[] {
  const decisions: Decision[] = [];
  const quotes = new Map<string, { readonly price: number; readonly atMs: number }>();
  let position = 0;
  const quote = ({ market, receivedAtMs: atMs, exchangeAtUs = null }: BookEvent): void => {
    const book = client.book(market);
    if (!book?.synced) {
      decisions.push(['wait', atMs, market, book?.staleReason]);
      return;
    }
    const price = book.bestBidPrice('yes');
    const last = quotes.get(market);
    if (Number.isNaN(price) || last?.price === price || atMs - (last?.atMs ?? 0) < 5) return;
    quotes.set(market, { price, atMs });
    decisions.push(['quote', atMs, market, exchangeAtUs, price, book.spread(), book.depth('no'), book.checksum()]);
  };
  client.on('snapshot', quote);
  client.on('delta', quote);
  client.on('trade', ({ market, yesPrice, size, takerSide, receivedAtMs, tradeId }) => {
    const book = client.book(market);
    if (!book?.synced) return void decisions.push(['ignore', receivedAtMs, market, tradeId, book?.staleReason]);
    position += takerSide === 'yes' ? size : -size;
    decisions.push(['follow', receivedAtMs, market, tradeId, yesPrice, position, book.midTimesTwo('yes')]);
  });
  client.on('gap', ({ market, sid, epoch, channel, firstSeq, lastSeq, cause, toAtMs }) => {
    decisions.push(['doubt', toAtMs, market, epoch, sid, channel, firstSeq, lastSeq, cause]);
  });
  client.on('stale', ({ markets, reason }) => {
    for (const market of markets) quotes.delete(market);
    decisions.push(['cancel', null, reason, markets.toSorted()]);
  });
  client.on('verified', ({ markets }) => void decisions.push(['go on', null, markets.toSorted()]));
  client.on('market-lifecycle', ({ market, change }) => void decisions.push(['note', null, market, change]));
  client.on('status', ({ to }) => {
    if (to !== 'closed') decisions.push(['phase', null, to, client.status().synced]);
  });
  return decisions;
}

/** Each reading is later than the one before: a store knows which of two frames was first by their times. */
export function distinctTimes(): Runtime {
  let lastMs = 0;
  return {
    nowMs: () => (lastMs = Math.max(lastMs + 1, Date.now())),
    monotonicMs: () => performance.now(),
    setTimer: (delayMs, fire) => {
      const timer = setTimeout(fire, delayMs);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
  };
}

/** The client's own socket, on which each hundredth delta has no price that could be read. */
export function spoiling(): OpenSocket {
  let deltas = 0;
  const spoil = (bytes: Uint8Array): Uint8Array => {
    const text = Buffer.from(bytes).toString();
    if (!text.includes('"orderbook_delta"') || ++deltas % 100 > 0) return bytes;
    return Buffer.from(text.replace(/"price_dollars":"[^"]*"/, '"price_dollars":"a dime"'));
  };
  return (url, headers, listener) =>
    openWebSocket(url, headers, {
      serverTime: (atMs) => listener.serverTime(atMs),
      opened: () => listener.opened(),
      frame: (bytes) => listener.frame(spoil(bytes)),
      ping: () => listener.ping(),
      pong: () => listener.pong(),
      closed: (error) => listener.closed(error),
    });
}
