import { describe, expect, test } from 'vitest';
import type { DeltaRecord, StoreRecord } from '../records.ts';
import { Collector } from './collector.ts';

const atMs = 1_785_901_540_000;

const delta = (seq: number, over: object = {}): StoreRecord => ({
  kind: 'delta',
  epoch: 1,
  sid: 1,
  seq,
  market: 'RAIN',
  side: 'no',
  price: 4300,
  delta: -500,
  exchangeAtMs: atMs - 12,
  receivedAtMs: atMs + seq,
  ...over,
});

const snapshot = (seq: number): StoreRecord => ({
  kind: 'snapshot',
  epoch: 1,
  sid: 1,
  seq,
  market: 'RAIN',
  receivedAtMs: atMs,
  yes: [],
  no: [],
});

const trade = (seq: number | null, over: object = {}): StoreRecord => ({
  kind: 'trade',
  epoch: 1,
  sid: 2,
  seq,
  market: 'RAIN',
  tradeId: 'an-id',
  yesPrice: 4300,
  size: 500,
  takerSide: null,
  isBlockTrade: null,
  exchangeAtMs: null,
  receivedAtMs: atMs,
  ...over,
});

const collect = (...records: StoreRecord[]) => {
  const collector = new Collector({ intervalMs: 60_000, everyDeltas: 4096 });
  for (const record of records) collector.add(record);
  return collector;
};

describe('cutting', () => {
  test('gives one chunk for each subscription of each epoch', () => {
    const batch = collect(
      delta(1),
      delta(1, { sid: 2 }),
      delta(2),
      delta(1, { epoch: 2 }),
      delta(2, { sid: 2 }),
    ).cut()!;
    expect(batch.records).toBe(5);
    expect(batch.chunks.map(({ epoch, sid, firstSeq, lastSeq }) => [epoch, sid, firstSeq, lastSeq])).toEqual([
      [1, 1, 1, 2],
      [1, 2, 1, 2],
      [2, 1, 1, 1],
    ]);
  });

  test('leaves nothing behind, and what follows starts chunks of its own', () => {
    const collector = collect(delta(1), delta(1, { sid: 2 }));
    collector.cut();
    expect(collector.cut()).toBeNull();
    collector.add(delta(2));
    expect(collector.cut()?.chunks.map(({ firstSeq }) => firstSeq)).toEqual([2]);
  });

  test('keeps values relative to the chunk, with the numbers that others used as skipped', () => {
    const [chunk] = collect(delta(10), delta(11), snapshot(12), delta(13), delta(17, { exchangeAtMs: null })).cut()!
      .chunks;
    expect(chunk).toMatchObject({
      firstSeq: 10,
      lastSeq: 17,
      receivedAtMs: atMs + 10,
      skipped: [0, 0, 1, 4],
      receivedOffsets: [0, 1, 3, 7],
      delays: [22, 23, 25, Number.NaN],
    });
  });

  test('starts a new chunk where an offset would not fit 32 bits', () => {
    const batch = collect(delta(1), delta(2 ** 33), delta(2 ** 33 + 1)).cut()!;
    expect(batch.chunks.map(({ firstSeq, length }) => [firstSeq, length])).toEqual([
      [1, 1],
      [2 ** 33, 2],
    ]);
  });

  test('starts a new chunk where the day changes, forwards or back', () => {
    const midnightMs = 1_785_974_400_000;
    const received = [-2, -1, 0, 1, -1].map((offset) => ({ receivedAtMs: midnightMs + offset }));
    const deltas = received.map((at, index) => delta(index + 1, at));
    const trades = received.map((at, index) => trade(index + 1, at));
    const { chunks, trades: tradeChunks } = collect(...deltas, ...trades).cut()!;
    expect(chunks.map(({ firstSeq, length }) => [firstSeq, length])).toEqual([
      [1, 2],
      [3, 2],
      [5, 1],
    ]);
    expect(tradeChunks.map(({ firstOrdinal, sizes }) => [firstOrdinal, sizes.length])).toEqual([
      [0, 2],
      [2, 2],
      [4, 1],
    ]);
  });

  test('numbers trades across subscriptions, and keeps those without a number of their own apart', () => {
    const { trades } = collect(trade(10), trade(4, { sid: 3 }), trade(13), trade(null), trade(14)).cut()!;
    expect(trades).toMatchObject([
      { sid: 2, firstOrdinal: 0, ordinalsSkipped: [0, 1], firstSeq: 10, skipped: [0, 2] },
      { sid: 3, firstOrdinal: 1, ordinalsSkipped: [0], firstSeq: 4, skipped: [0] },
      { sid: 2, firstOrdinal: 3, ordinalsSkipped: [0], firstSeq: null, skipped: [] },
      { sid: 2, firstOrdinal: 4, ordinalsSkipped: [0], firstSeq: 14, skipped: [0] },
    ]);
  });

  test('says how much memory the records take: more for more levels and longer texts', () => {
    const text = (length: number): StoreRecord => ({
      kind: 'raw',
      epoch: 1,
      sid: null,
      seq: null,
      receivedAtMs: atMs,
      text: 'x'.repeat(length),
    });
    const collector = new Collector({ intervalMs: 60_000, everyDeltas: 4096 });
    const sizes = [delta(1), snapshot(2), text(0), text(1000)].map((record) => {
      const before = collector.bytes;
      collector.add(record);
      return collector.bytes - before;
    });
    expect(sizes[3]! - sizes[2]!).toBe(2000);
    expect(collector.bytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect(collector.cut()!.bytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect(collector.bytes).toBe(0);
    expect(collector.totalBytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect(collector.totalRecords).toBe(4);
  });
});

describe('numbers', () => {
  test('must rise over all records of a subscription, across batches too', () => {
    const collector = collect(delta(1), snapshot(2));
    collector.cut();
    for (const record of [delta(2), delta(1), snapshot(2), trade(2, { sid: 1 })]) {
      expect(() => collector.add(record)).toThrow(expect.objectContaining({ code: 'RECORD_INVALID' }));
    }
    collector.add(delta(1, { epoch: 2 }));
    collector.add(delta(3));
    collector.add(trade(4, { sid: 1 }));
    expect(() => collector.add(delta(4))).toThrow('comes after 4');
    expect(collector.counters()).toEqual({
      messages: 5,
      snapshots: 1,
      deltas: 3,
      trades: 1,
      raw: 0,
      facts: 0,
      gaps: 0,
      shed: 0,
    });
  });

  test('are remembered for a bounded number of subscriptions', () => {
    const collector = new Collector({ intervalMs: 60_000, everyDeltas: 4096 });
    for (let epoch = 1; epoch <= 3000; epoch++) collector.add(delta(1, { epoch }));
    expect(() => collector.add(delta(1, { epoch: 2999 }))).toThrow('comes after 1');
    expect(() => collector.add(delta(1, { epoch: 1 }))).not.toThrow();
  });
});

test('a record that is shed uses up its number, is counted apart, and is named before the next that is taken', () => {
  const collector = collect(delta(1));
  collector.shed(delta(5) as DeltaRecord);
  const span = { firstSeq: 2, lastSeq: 4, fromAtMs: 1, toAtMs: 2 };
  collector.add({ kind: 'gap', epoch: 1, sid: 1, ...span, cause: 'lost' });
  expect(() => collector.add(delta(4))).toThrow('comes after 5');
  expect(() => collector.shed(delta(6, { market: '' }) as DeltaRecord)).toThrow(
    expect.objectContaining({ code: 'RECORD_INVALID' }),
  );
  expect(collector.counters()).toMatchObject({ messages: 1, deltas: 1, gaps: 1, shed: 1 });
  collector.add(delta(7));
  const { records, gaps } = collector.cut()!;
  expect(records).toBe(4);
  expect(gaps).toMatchObject([
    { ordinal: 0, shed: 0, record: { cause: 'lost' } },
    { ordinal: 1, shed: 1, record: { firstSeq: 5, lastSeq: 5, cause: 'shed' } },
  ]);
  collector.shed(delta(8) as DeltaRecord);
  expect(collector.cut()!.gaps, 'also if nothing follows').toMatchObject([{ shed: 1, record: { firstSeq: 8 } }]);
});

test('a record that is refused changes nothing', () => {
  const collector = collect(delta(1));
  expect(() => collector.add(delta(2, { market: '' }))).toThrow(expect.objectContaining({ code: 'RECORD_INVALID' }));
  expect(collector.size).toBe(1);
  expect(collector.counters().messages).toBe(1);
  collector.add(delta(2));
  expect(collector.cut()?.chunks[0]?.prices).toHaveLength(2);
});
