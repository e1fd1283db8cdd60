import { describe, expect, test } from 'vitest';
import type { StoreRecord } from '../records.ts';
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

const collect = (...records: StoreRecord[]) => {
  const collector = new Collector();
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
      delays: [22, 23, 25, null],
    });
  });

  test('starts a new chunk where an offset would not fit 32 bits', () => {
    const far = delta(2 ** 33);
    const late = delta(2 ** 33 + 1, { receivedAtMs: atMs + 2 ** 32 });
    const batch = collect(delta(1), far, late, delta(2 ** 33 + 2, { receivedAtMs: atMs + 2 ** 32 + 5 })).cut()!;
    expect(batch.chunks.map(({ firstSeq, prices }) => [firstSeq, prices.length])).toEqual([
      [1, 1],
      [2 ** 33, 1],
      [2 ** 33 + 1, 2],
    ]);
  });
});

describe('numbers', () => {
  test('must rise over deltas and snapshots of a subscription, across batches too', () => {
    const collector = collect(delta(1), snapshot(2));
    collector.cut();
    for (const record of [delta(2), delta(1), snapshot(2)]) {
      expect(() => collector.add(record)).toThrow(expect.objectContaining({ code: 'RECORD_INVALID' }));
    }
    collector.add(delta(1, { epoch: 2 }));
    collector.add(delta(3));
    expect(collector.counters()).toEqual({ messages: 4, snapshots: 1, deltas: 3, raw: 0, gaps: 0 });
  });

  test('are remembered for a bounded number of subscriptions', () => {
    const collector = new Collector();
    for (let epoch = 1; epoch <= 3000; epoch++) collector.add(delta(1, { epoch }));
    expect(() => collector.add(delta(1, { epoch: 2999 }))).toThrow('comes after 1');
    expect(() => collector.add(delta(1, { epoch: 1 }))).not.toThrow();
  });
});

test('a record that is refused changes nothing', () => {
  const collector = collect(delta(1));
  expect(() => collector.add(delta(2, { market: '' }))).toThrow(expect.objectContaining({ code: 'RECORD_INVALID' }));
  expect(collector.size).toBe(1);
  expect(collector.counters().messages).toBe(1);
  collector.add(delta(2));
  expect(collector.cut()?.chunks[0]?.prices).toHaveLength(2);
});
