// One bot, live on the simulator and then on the recording of that run: it decides the same, cuts and holes among it.
import { createExchange, type Fault } from '@trader/exchange-simulator';
import { createOrderbookClient } from '@trader/orderbook-client';
import { eventToRecord, RECORDED_EVENTS } from '@trader/orderbook-client/records';
import { createReplayClient } from '@trader/orderbook-client/replay';
import { createSessionStore } from '@trader/session-store';
import { testSeed } from '@trader/testkit';
import { expect, test } from 'vitest';
import { distinctTimes, spoiling, startBot } from './bot.ts';
import { engines, newDatabaseOn } from './databases.ts';

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
