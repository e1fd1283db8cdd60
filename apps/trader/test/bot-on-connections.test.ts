// One bot live on several connections at a time, each with faults of its own, and then on the recording of that run. What one
// connection tells is in one order; between two connections a store knows no more than the times of arrival.
import { createExchange, type Fault } from '@trader/exchange-simulator';
import { createOrderbookClient, type OrderbookClient, type Runtime } from '@trader/orderbook-client';
import { eventToRecord, RECORDED_EVENTS } from '@trader/orderbook-client/records';
import { createReplayClient, joinRecordings } from '@trader/orderbook-client/replay';
import { createTestExchange } from '@trader/orderbook-client/testing';
import { createSessionStore } from '@trader/session-store';
import { testSeed } from '@trader/testkit';
import { expect, test } from 'vitest';
import { distinctTimes } from './bot.ts';
import { newDatabaseOn } from './databases.ts';

type Decision = { readonly epoch: number; readonly what: string; readonly of: readonly unknown[] };

/** Decides about a market by what comes for it and by its book. A loss of the connection is a cancellation like others. */
function startBot(client: OrderbookClient): Decision[] {
  const decisions: Decision[] = [];
  const decide = (epoch: number, what: string, ...of: unknown[]): void => void decisions.push({ epoch, what, of });
  const look = ({ epoch, market, seq }: { epoch: number; market: string; seq: number | null }): void => {
    const book = client.book(market);
    if (book?.synced) decide(epoch, 'quote', market, seq, book.bestBidPrice('yes'), book.spread(), book.checksum());
    else decide(epoch, 'wait', market, seq, book?.staleReason);
  };
  client.on('snapshot', look);
  client.on('delta', look);
  client.on('trade', look);
  client.on('gap', ({ epoch, market, sid, channel, firstSeq, lastSeq, cause, toAtMs }) => {
    decide(epoch, 'doubt', market, sid, channel, firstSeq, lastSeq, cause, toAtMs);
  });
  client.on('stale', ({ epoch, markets, reason }) => decide(epoch, 'cancel', reason, markets.toSorted()));
  client.on('verified', ({ epoch, markets }) => decide(epoch, 'go on', markets.toSorted()));
  return decisions;
}

const byConnection = (decisions: readonly Decision[]) => Map.groupBy(decisions, ({ epoch }) => epoch);

/** What only the loss of a connection made it decide: a recording does not know when that was seen. */
const isOfLoss = ({ what, of }: Decision): boolean =>
  (what === 'doubt' && of[5] === 'disconnected') || (what === 'cancel' && of[0] === 'disconnected');

/** A clock of steps in which frames of all connections arrive at the same time. */
function coarseTimes(): Runtime {
  const runtime = distinctTimes();
  return { ...runtime, nowMs: () => Math.floor(Date.now() / 20) * 20 };
}

const book = 'orderbook_delta';
const faultsOf = (connection: number): readonly Fault[] => [
  { kind: 'drop', aim: { connection, frame: book }, after: 30, probability: 0.05, count: 2 },
  { kind: 'seq-hole', aim: { connection, frame: book }, skip: 3, after: 40 * connection, count: 1 },
  { kind: 'cut', aim: { connection, frame: book }, after: 60 + 30 * connection, count: 1 },
];
const unreadable: readonly Fault[] = [
  { kind: 'drop', aim: { frame: 'trade' }, after: 2, probability: 0.2, count: 4 },
  { kind: 'corrupt', how: 'invalid-utf8', aim: { frame: book }, after: 50, probability: 0.05, count: 4 },
  { kind: 'truncate', keep: 0.8, aim: { frame: book }, after: 50, probability: 0.05, count: 4 },
  { kind: 'unknown-type', sequenced: true, probability: 0.02, count: 4 },
];

const connections = 3;
const numbered = [1, 2, 3].flatMap(faultsOf);

test.each([
  // Frames of one subscription stand in the order of their numbers, whatever the clock says.
  ['a clock that cannot tell frames apart', coarseTimes, {}, numbered],
  ['distinct times, trades and garbage', distinctTimes, { trade: 'markets' }, [...numbered, ...unreadable]],
] as const)('each connection has the decisions that it had live: %s', async (_, runtime, channels, faults) => {
  const isDistinct = runtime === distinctTimes;
  await using exchange = await createExchange({ markets: 6, deltasPerSecond: 300, seed: testSeed(), faults });
  const { url, credentials, markets } = exchange;
  await using store = await createSessionStore(await newDatabaseOn('postgres'));
  const session = await store.openSession({ recorder: 'bot' });
  const live = createOrderbookClient({
    url,
    credentials,
    markets,
    channels,
    connections,
    auditIntervalMs: Infinity,
    runtime: runtime(),
  });
  let isOver = false;
  for (const type of RECORDED_EVENTS) live.on(type, (event) => void (isOver || session.append(eventToRecord(event))));
  live.on('problem', () => undefined);
  const decided = startBot(live);
  const ended = new Promise<number>((resolve) => {
    live.on('delta', () => {
      const { epoch, synced } = live.status();
      if (isOver || epoch < 2 * connections || synced < markets.length) return;
      isOver = true;
      resolve(decided.length);
    });
  });
  live.start();
  const liveDecisions = decided.slice(0, await ended);
  await live.close();
  await session.close({ status: 'closed', reason: 'test' });

  const replay = createReplayClient({ source: store.replay(session.id), markets });
  const decisions = startBot(replay);
  replay.start();
  await replay.finished;
  expect(byConnection(decisions)).toEqual(byConnection(liveDecisions));
  const inOneOrder = (one: Decision): boolean => isDistinct && !isOfLoss(one);
  expect(decisions.filter(inOneOrder)).toEqual(liveDecisions.filter(inOneOrder));
  expect(replay.status()).toMatchObject({ synced: markets.length, epoch: live.status().epoch });

  const kinds = new Set(liveDecisions.map(({ what }) => what));
  expect([...kinds]).toEqual(expect.arrayContaining(['quote', 'wait', 'doubt', 'cancel']));
  const lost = liveDecisions.flatMap((one) => (isOfLoss(one) && one.what === 'doubt' ? [one.epoch] : []));
  expect(new Set(lost).size).toBe(connections);
});

test('a recorder that was restarted has one recording, with the hole between its sessions', async () => {
  await using store = await createSessionStore(await newDatabaseOn('postgres'));
  const market = 'KXTEST-26NOV22-A';
  const decided: Decision[][] = [];
  const sessions: string[] = [];
  for (const bid of ['0.40', '0.43']) {
    const exchange = createTestExchange();
    exchange.book(market, { yes: [[bid, '10']], no: [['0.50', '5']] });
    const session = await store.openSession({ recorder: 'bot', continues: sessions.at(-1) ?? null });
    const live = createOrderbookClient({ ...exchange.options, markets: [market] });
    for (const type of RECORDED_EVENTS) live.on(type, (event) => void session.append(eventToRecord(event)));
    const decisions = startBot(live);
    live.start();
    await exchange.connected();
    await exchange.advance(1_000);
    exchange.delta(market, 'yes', '0.41', '2');
    decided.push([...decisions]);
    await session.close({ status: 'health_failure', reason: 'its process is gone' });
    sessions.push(session.id);
    await live.close();
  }

  const source = joinRecordings(sessions.map((session) => store.replay(session)));
  const replay = createReplayClient({ source, markets: [market] });
  const decisions = startBot(replay);
  replay.start();
  await replay.finished;
  expect(decisions).toEqual([
    ...decided[0]!,
    { epoch: 1, what: 'doubt', of: [null, 1, 'orderbook_delta', 3, null, 'disconnected', null] },
    { epoch: 1, what: 'cancel', of: ['disconnected', [market]] },
    ...decided[1]!.map((decision) => ({ ...decision, epoch: 2 })),
  ]);
});
