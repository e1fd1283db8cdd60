// One bot, live on the simulator and then on the recording of that run: it decides the same, cuts and holes among it.
import { createExchange, type Fault } from '@trader/exchange-simulator';
import {
  createOrderbookClient,
  openWebSocket,
  type OpenSocket,
  type OrderbookClient,
  type Runtime,
} from '@trader/orderbook-client';
import { eventToRecord, RECORDED_EVENTS } from '@trader/orderbook-client/records';
import { createReplayClient } from '@trader/orderbook-client/replay';
import { createSessionStore } from '@trader/session-store';
import { testSeed } from '@trader/testkit';
import { expect, test } from 'vitest';
import { engines, newDatabaseOn } from './databases.ts';

/** A snapshot has no time of the exchange. */
type BookEvent = { readonly market: string; readonly receivedAtMs: number; readonly exchangeAtUs?: number | null };

type Decision = readonly [what: string, atMs: number | null, ...details: unknown[]];

/** Quotes inside a wide spread, follows large takers, and lets go of everything that it cannot trust. Time is that of the events. */
function startBot(client: OrderbookClient): Decision[] {
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
function distinctTimes(): Runtime {
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
function spoiling(): OpenSocket {
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

const book = { frame: 'orderbook_delta' } as const;
const faults: readonly Fault[] = [
  { kind: 'drop', aim: book, after: 100, probability: 0.01 },
  { kind: 'drop', aim: { frame: 'trade' }, after: 5, probability: 0.1 },
  { kind: 'seq-hole', aim: book, skip: 3, after: 150, count: 1 },
  { kind: 'corrupt', how: 'invalid-utf8', aim: book, after: 200, probability: 0.005 },
  { kind: 'truncate', keep: 0.8, aim: book, after: 250, probability: 0.005 },
  { kind: 'unknown-type', sequenced: true, probability: 0.005 },
  { kind: 'cut', aim: book, after: 300, count: 1 },
  { kind: 'error', code: 25, aim: book, after: 500, count: 1 },
  { kind: 'cut', aim: { frame: 'trade' }, after: 40, count: 1 },
];

test.each(engines)('a bot decides on a recording what it decided live (%s)', async (engine) => {
  await using exchange = await createExchange({ markets: 5, deltasPerSecond: 400, seed: testSeed(), faults });
  const { url, credentials, markets } = exchange;
  await using store = await createSessionStore(await newDatabaseOn(engine));
  const session = await store.openSession({ recorder: 'bot' });
  const live = createOrderbookClient({
    url,
    credentials,
    markets,
    channels: { trade: 'markets', market_lifecycle_v2: 'all' },
    auditIntervalMs: Infinity,
    runtime: distinctTimes(),
    openSocket: spoiling(),
  });
  let isOver = false;
  for (const type of RECORDED_EVENTS) live.on(type, (event) => void (isOver || session.append(eventToRecord(event))));
  live.on('problem', () => undefined);
  const decided = startBot(live);
  let deltas = 0;
  const ended = new Promise<{ count: number; checksums: readonly number[] }>((resolve) => {
    live.on('delta', () => {
      if (++deltas < 1_000 || live.status().epoch < 3 || live.status().synced < markets.length || isOver) return;
      isOver = true;
      resolve({ count: decided.length, checksums: markets.map((market) => live.book(market)!.checksum()) });
    });
  });
  live.start();
  const { count, checksums } = await ended;
  await live.close();
  await session.close({ status: 'closed', reason: 'test' });
  const liveDecisions = decided.slice(0, count);

  for (const speed of ['max', 100] as const) {
    const replay = createReplayClient({ source: store.replay(session.id), markets, speed });
    const decisions = startBot(replay);
    replay.start();
    await replay.finished;
    expect(decisions).toEqual(liveDecisions);
    expect(markets.map((market) => replay.book(market)!.checksum())).toEqual(checksums);
    expect(replay.status()).toMatchObject({ synced: markets.length, epoch: live.status().epoch });
  }

  const kinds = new Set(liveDecisions.map(([what]) => what));
  expect([...kinds]).toEqual(expect.arrayContaining(['quote', 'wait', 'follow', 'doubt', 'cancel', 'phase']));
  const causes = new Set(liveDecisions.flatMap(([what, , ...details]) => (what === 'doubt' ? [details.at(-1)] : [])));
  expect([...causes]).toEqual(expect.arrayContaining(['sequence', 'disconnected', 'violation']));
});
