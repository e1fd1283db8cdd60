import { describe, expect, test } from 'vitest';
import { dayMs } from '../database/day.ts';
import type { DeltaRecord, SnapshotRecord, StoreRecord } from '../records.ts';
import { Collector } from './collector.ts';
import { Keyframes } from './keyframes.ts';

const atMs = 1_785_901_540_000;
type Over = Partial<Omit<DeltaRecord, 'kind'>>;

const snapshot = (seq: number, over: Over = {}): SnapshotRecord => ({
  kind: 'snapshot',
  epoch: 1,
  sid: 1,
  seq,
  market: 'RAIN',
  receivedAtMs: atMs,
  yes: [[40, 10]],
  no: [],
  ...over,
});

const delta = (seq: number, over: Over = {}): DeltaRecord => ({
  kind: 'delta',
  epoch: 1,
  sid: 1,
  seq,
  market: 'RAIN',
  side: 'yes',
  price: 40,
  delta: 1,
  exchangeAtMs: null,
  receivedAtMs: atMs,
  ...over,
});

const gap = (over: object = {}): StoreRecord => ({
  kind: 'gap',
  epoch: 1,
  sid: 1,
  firstSeq: 90,
  lastSeq: 91,
  fromAtMs: atMs,
  toAtMs: atMs,
  cause: 'sequence gap',
  ...over,
});

/** Stores a book with every delta, unless told otherwise. */
const collector = ({ intervalMs = 0, everyDeltas = 1 } = {}) => new Collector({ intervalMs, everyDeltas });

/** The keyframes of what comes next, by market and number. */
function keyframesOf(collecting: Collector, ...records: StoreRecord[]): string[] {
  for (const record of records) collecting.add(record);
  return (collecting.cut()?.keyframes ?? []).map(({ record }) => `${record.market} ${record.seq}`);
}

/** Two markets of one subscription and one of another, each with a book. */
const recording = () => {
  const collecting = collector();
  keyframesOf(collecting, snapshot(1), snapshot(2, { market: 'SNOW' }), snapshot(1, { sid: 2, market: 'HAIL' }));
  return collecting;
};
const next = [delta(3), delta(4, { market: 'SNOW' }), delta(2, { sid: 2, market: 'HAIL' })];

describe('a book is known from a snapshot to the next hole', () => {
  test.each([
    ['no hole', null, ['RAIN 3', 'SNOW 4', 'HAIL 2']],
    ['one of the subscription', gap(), ['HAIL 2']],
    ['one of the whole connection', gap({ sid: null, firstSeq: null, lastSeq: null }), []],
    ['one of a market', gap({ market: 'RAIN' }), ['SNOW 4', 'HAIL 2']],
    ['one of another connection', gap({ epoch: 2, sid: null }), ['RAIN 3', 'SNOW 4', 'HAIL 2']],
  ] as const)('%s', (_, hole, left) => {
    const collecting = recording();
    expect(keyframesOf(collecting, ...(hole ? [hole] : []), ...next)).toEqual(left);
  });

  test('a record that is shed, of its subscription', () => {
    const collecting = recording();
    collecting.shed(delta(3));
    expect(keyframesOf(collecting, delta(4), delta(5, { market: 'SNOW' }), next[2]!)).toEqual(['HAIL 2']);
    expect(keyframesOf(collecting, snapshot(6), delta(7), delta(8, { market: 'SNOW' }))).toEqual(['RAIN 7']);
  });

  test('another connection, beside this one or after it, has books of its own', () => {
    const collecting = recording();
    const other = { epoch: 2, market: 'FOG' };
    expect(keyframesOf(collecting, snapshot(1, other), delta(2, other), ...next)).toEqual([
      'FOG 2',
      'RAIN 3',
      'SNOW 4',
      'HAIL 2',
    ]);
    // A market has one book, of the connection that it is on now.
    expect(keyframesOf(collecting, delta(3, { epoch: 2 }), delta(5))).toEqual(['RAIN 5']);
    expect(keyframesOf(collecting, snapshot(4, { epoch: 2 }), delta(5, { epoch: 2 }), delta(6))).toEqual(['RAIN 5']);
  });

  test('a size that is no integer any more, of its market', () => {
    const collecting = recording();
    const most = delta(3, { delta: 2 ** 53 - 1 });
    expect(keyframesOf(collecting, most, delta(4, { market: 'SNOW' }), delta(5))).toEqual(['SNOW 4']);
  });
});

describe('a book is stored again', () => {
  test('after so many deltas, however short the time', () => {
    const collecting = collector({ intervalMs: dayMs, everyDeltas: 3 });
    const deltas = [2, 3, 4, 5, 6, 7, 8].map((seq) => delta(seq));
    expect(keyframesOf(collecting, snapshot(1), ...deltas)).toEqual(['RAIN 4', 'RAIN 7']);
  });

  test('after so long, once there is an eighth of them, also where the clock goes back', () => {
    const collecting = collector({ intervalMs: 1000, everyDeltas: 16 });
    const late = (seq: number, ms: number) => delta(seq, { receivedAtMs: atMs + ms });
    expect(keyframesOf(collecting, snapshot(1), late(2, 1500), late(3, 1600), late(4, 1700))).toEqual(['RAIN 3']);
    expect(keyframesOf(collecting, late(5, 2599), late(6, 2600))).toEqual(['RAIN 6']);
    expect(keyframesOf(collecting, late(7, 1601), late(8, 1600))).toEqual(['RAIN 8']);
  });

  test('once a day, however few they are', () => {
    const collecting = collector({ intervalMs: 1000, everyDeltas: 4096 });
    const [before, day] = [atMs + dayMs - 1, atMs + dayMs];
    const records = [delta(2, { receivedAtMs: before }), delta(3, { receivedAtMs: day })];
    expect(keyframesOf(collecting, snapshot(1), ...records)).toEqual(['RAIN 3']);
  });
});

test('of very many markets the one whose book was stored first is let go', () => {
  const books = new Keyframes({ intervalMs: 0, everyDeltas: 1 });
  for (let index = 0; index < 100_001; index++) books.snapshot(snapshot(index, { market: `M${index}` }), 1);
  const isKnown = (index: number) => books.delta(delta(200_000, { market: `M${index}` }), 1) !== null;
  expect([0, 1, 100_000].map(isKnown)).toEqual([false, true, true]);
});
