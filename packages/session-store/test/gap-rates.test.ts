// How much of a recording is missing: what a verification says of each market, and the sums of its coverage.
import { seededRandom, testSeed } from '@trader/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createSessionStore,
  type MarketGapRate,
  type RecordedMarket,
  type SessionStore,
  type StoreRecord,
} from '../src/index.ts';
import { delta, gap, snapshot } from './contract.ts';
import { newDatabase } from './databases.ts';
import { feedMarkets, feedWithHoles } from './feed-with-holes.ts';

const startMs = Date.UTC(2026, 7, 10, 23, 59, 40);
let store: SessionStore;
const recorded = new Map<string, readonly StoreRecord[]>();

beforeAll(async () => {
  store = await createSessionStore({ url: await newDatabase() });
  const random = seededRandom(testSeed());
  for (const [recorder, fromMs] of [
    ['one', startMs],
    ['two', startMs + 45_000],
    ['one', startMs + 200_000],
  ] as const) {
    const session = await store.openSession({ recorder });
    const records = feedWithHoles(fromMs, random);
    for (const record of records) session.append(record);
    recorded.set((await session.close({ status: 'closed', reason: `done ${fromMs}` })).id, records);
  }
});
afterAll(async () => store?.close());

const ratesOf = async (markets: readonly RecordedMarket[]) => {
  const found = new Map<string, MarketGapRate>();
  for await (const rate of store.gapRates(markets)) found.set(rate.market, rate);
  return found;
};

test('a verification counts each market, and the numbers that are not there', async () => {
  for (const [session, records] of recorded) {
    const { markets, numbers } = await store.verify(session);
    const books = records.filter((record) => record.kind === 'delta' || record.kind === 'snapshot');
    const expected = [...Map.groupBy(books, ({ market }) => market)].map(([market, of]) => {
      const times = of.map(({ receivedAtMs }) => receivedAtMs);
      const deltas = of.filter(({ kind }) => kind === 'delta').length;
      return {
        market,
        deltas,
        snapshots: of.length - deltas,
        firstAtMs: Math.min(...times),
        lastAtMs: Math.max(...times),
      };
    });
    expect(markets.toSorted((one, other) => (one.market < other.market ? -1 : 1))).toEqual(
      expected.toSorted((one, other) => (one.market < other.market ? -1 : 1)),
    );
    // Three numbers in each of two holes in each of two epochs.
    const numbered = records.filter((record) => record.kind !== 'gap' && record.kind !== 'raw');
    expect(numbers).toEqual({ expected: numbered.length + 12, missing: 12 });
  }
});

test('each market’s rate is the sum of its coverage, over all sessions, from its first record to its last', async () => {
  const spans: RecordedMarket[] = [];
  for (const market of feedMarkets) {
    const of = (await Promise.all([...recorded.keys()].map(async (session) => store.verify(session)))).map(
      ({ markets }) => markets.find((each) => each.market === market)!,
    );
    const fromMs = Math.min(...of.map(({ firstAtMs }) => firstAtMs));
    const toMs = Math.max(...of.map(({ lastAtMs }) => lastAtMs)) + 1;
    spans.push({ market, fromMs, toMs, sessions: [...recorded.keys()] });
  }
  const rates = await ratesOf(spans);
  expect([...rates.keys()].toSorted()).toEqual([...feedMarkets]);
  for (const { market, fromMs, toMs } of spans) {
    const intervals = await store.coverage(market, fromMs, toMs);
    const holes = intervals.filter(({ covered }) => !covered);
    const begun = intervals.filter(({ covered }, index) => !covered && (intervals[index - 1]?.covered ?? true));
    const rate = rates.get(market)!;
    const sum = holes.reduce((all, { fromMs, toMs }) => all + toMs - fromMs, 0);
    expect(rate).toMatchObject({ holes: begun.length, uncoveredMs: sum, spanMs: toMs - fromMs });
    expect(sum).toBeGreaterThan(0);
    const ends = intervals.filter(({ covered }, index) => !covered && (intervals[index + 1]?.covered ?? true));
    expect(rate.longestHoles).toEqual(begun.map(({ fromMs }, index) => ({ fromMs, toMs: ends[index]!.toMs })));
    expect(rate.causes.map(({ cause }) => cause).toSorted()).toEqual(
      ['disconnected', 'sequence gap', 'session ended as closed'].filter((cause) =>
        holes.some((hole) => hole.cause!.startsWith(cause)),
      ),
    );
    expect(rate.causes.reduce((all, { uncoveredMs }) => all + uncoveredMs, 0)).toBe(sum);
    expect(rate.causes.reduce((all, { holes }) => all + holes, 0)).toBe(holes.length);
    expect(begun.length).toBeLessThanOrEqual(holes.length);
  }
});

test('a thousand markets are asked about together, and each gets what it gets alone', async () => {
  const session = await store.openSession({ recorder: 'crowd' });
  let seq = 0;
  const markets = Array.from({ length: 1_000 }, (_, index) => `CROWD-${index}`);
  for (const [index, market] of markets.entries())
    session.append(snapshot(++seq, { market, receivedAtMs: startMs + index }));
  for (const market of markets) session.append(delta(++seq, { market, receivedAtMs: startMs + 5_000 }));
  const { id } = await session.close({ status: 'closed', reason: 'test' });
  const verified = await store.verify(id);
  expect(verified.markets).toHaveLength(1_000);
  const spans = verified.markets.map(({ market, firstAtMs, lastAtMs }) => {
    return { market, fromMs: firstAtMs, toMs: lastAtMs + 1, sessions: [id] };
  });
  const rates = await ratesOf([...spans, { market: 'NEVER', fromMs: 0, toMs: 1, sessions: [id] }]);
  expect(rates.size).toBe(1_000);
  for (const { market, fromMs, toMs } of spans)
    expect(rates.get(market)).toEqual({
      market,
      holes: 0,
      uncoveredMs: 0,
      spanMs: toMs - fromMs,
      causes: [],
      longestHoles: [],
    });
});

test('the markets of a stretch are those that its sessions have snapshots of', async () => {
  const fromMs = startMs + 30_000;
  const toMs = startMs + 10_000_000_000;
  const expected = new Map<string, RecordedMarket>();
  for (const [session, records] of recorded) {
    const { markets } = await store.verify(session);
    for (const { market } of markets) {
      const [first] = records.filter((record) => record.kind === 'snapshot' && record.market === market);
      if (!first || first.kind === 'gap') continue;
      const before = expected.get(market);
      expected.set(market, {
        market,
        fromMs: Math.min(Math.max(first.receivedAtMs, fromMs), before?.fromMs ?? Infinity),
        toMs: before?.toMs ?? 0,
        sessions: [...(before?.sessions ?? []), session],
      });
    }
  }
  const found = await store.recordedMarkets({ fromMs, toMs });
  const places = (markets: Iterable<RecordedMarket>) =>
    [...markets]
      .map(({ market, fromMs: at, sessions }) => ({ market, at, sessions: sessions.toSorted() }))
      .toSorted((one, other) => (one.market < other.market ? -1 : 1));
  expect(places(found)).toEqual(places(expected.values()));
  const [first, , last] = [...recorded.keys()];
  const [row] = await store.sessions({ id: last! });
  const untilMs = found.filter(({ sessions }) => sessions.includes(last!)).map(({ toMs: until }) => until);
  expect(new Set(untilMs)).toEqual(new Set([row!.lastRecordAtMs! + 1]));
  const ofFirst = await store.recordedMarkets({ fromMs: 0, toMs, sessions: [first!] });
  expect(new Set(ofFirst.flatMap(({ sessions }) => sessions))).toEqual(new Set([first]));
  expect(await store.recordedMarkets({ fromMs: 0, toMs: startMs - 1 })).toEqual([]);
  const rates = await ratesOf(found);
  expect([...rates.keys()].toSorted()).toEqual(found.map(({ market }) => market).toSorted());
  await expect(
    store.recordedMarkets({ fromMs: 0, toMs, sessions: ['00000000-0000-0000-0000-000000000000'] }),
  ).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' });
});

test('of many holes the longest fifty are told, in the order of time', async () => {
  const session = await store.openSession({ recorder: 'holes' });
  const market = 'HOLES';
  let seq = 0;
  const begins = (index: number) => startMs + index * 10_000;
  // The tenth hole and every tenth after it last half a second, the others a second and more.
  const lasts = (index: number) => (index % 10 === 9 ? 500 : 1_000 + index);
  session.append(snapshot(++seq, { market, receivedAtMs: startMs - 1_000 }));
  for (let index = 0; index < 60; index++) {
    const [fromAtMs, toAtMs] = [begins(index), begins(index) + lasts(index)];
    session.append(gap({ market, firstSeq: seq + 1, lastSeq: seq + 1, fromAtMs, toAtMs }));
    seq++;
    session.append(snapshot(++seq, { market, receivedAtMs: toAtMs }));
  }
  session.append(delta(++seq, { market, receivedAtMs: begins(60) }));
  const { id } = await session.close({ status: 'closed', reason: 'test' });
  const rate = (await ratesOf([{ market, fromMs: startMs, toMs: begins(60), sessions: [id] }])).get(market)!;
  expect(rate.holes).toBe(60);
  // Six are half a second long, and then the first four are the shortest.
  const told = Array.from({ length: 60 }, (_, index) => index).filter((index) => index % 10 !== 9 && index > 3);
  expect(rate.longestHoles).toEqual(
    told.map((index) => ({ fromMs: begins(index), toMs: begins(index) + lasts(index) })),
  );
});
