import { expect, test } from 'vitest';
import type { GapRecord, StoreRecord } from '../../records.ts';
import { StreamCheck } from './stream-check.ts';

const base = { epoch: 1, sid: 1, market: 'RAIN', receivedAtMs: 5 } as const;
const delta = (seq: number, delta = 1): StoreRecord => {
  return { kind: 'delta', ...base, seq, side: 'yes', price: 100, delta, exchangeAtMs: null };
};
const snapshot = (seq: number): StoreRecord => ({ kind: 'snapshot', ...base, seq, yes: [[100, 5]], no: [] });
const gap = (over: Partial<GapRecord>): GapRecord => {
  const numbers = { epoch: 1, sid: 1, firstSeq: null, lastSeq: null };
  return { kind: 'gap', ...numbers, fromAtMs: 5, toAtMs: null, cause: 'lost', ...over };
};

/** The problems of a stream, as law and numbers. */
function problems(records: readonly StoreRecord[], looseGaps: readonly GapRecord[] = []): unknown[] {
  const found: unknown[] = [];
  const check = new StreamCheck({ epoch: 1, sid: 1 }, looseGaps, Infinity, (law, { firstSeq, lastSeq }) => {
    found.push([law, firstSeq, lastSeq]);
  });
  for (const record of records) check.add(record);
  return found;
}

test('finds the numbers that are neither stored nor named, and only these', () => {
  expect(problems([delta(3), gap({ firstSeq: 5, lastSeq: 7 }), delta(10)])).toEqual([
    ['no unnamed hole', 4, 4],
    ['no unnamed hole', 8, 9],
  ]);
  expect(problems([delta(3), gap({ firstSeq: 4, lastSeq: 7 }), delta(8)])).toEqual([]);
});

test('takes a hole without an end to reach to the next record', () => {
  expect(problems([delta(3), gap({ firstSeq: 4 }), delta(90), delta(92)])).toEqual([['no unnamed hole', 91, 91]]);
});

test('finds a number that is stored twice', () => {
  expect(problems([delta(3), delta(4), delta(4)])).toEqual([['no duplicate', 4, 4]]);
});

test('finds a level below 0 once, and none where the book was not known', () => {
  expect(problems([snapshot(1), delta(2, -6), delta(3, -6), snapshot(4), delta(5, -5)])).toEqual([
    ['books fold', 2, 2],
  ]);
  expect(problems([delta(1, -6), snapshot(2), gap({ firstSeq: 3, lastSeq: 3 }), delta(4, -6)])).toEqual([]);
  expect(problems([snapshot(1), delta(2, -6)], [gap({ sid: null })])).toEqual([]);
});

test('takes a hole of one market for its numbers, and for its book alone', () => {
  const other = (seq: number, change: number): StoreRecord =>
    ({ ...delta(seq, change), market: 'SNOW' }) as StoreRecord;
  const others = { ...snapshot(2), market: 'SNOW' } as StoreRecord;
  const hole = gap({ firstSeq: 3, lastSeq: 6, market: 'RAIN' });
  // SNOW's numbers lie between RAIN's missing ones, and its book goes on.
  expect(problems([snapshot(1), others, hole, other(4, -6), delta(8, -6)])).toEqual([
    ['books fold', 4, 4],
    ['no unnamed hole', 7, 7],
  ]);
  // A book within the hole is not known before the hole ends.
  expect(problems([snapshot(1), others, hole, snapshot(5), delta(7, -6), snapshot(8), delta(9, -6)])).toEqual([
    ['books fold', 9, 9],
  ]);
  const loose = gap({ market: 'RAIN' });
  expect(problems([snapshot(1), others, delta(3, -6), other(4, -6)], [loose])).toEqual([['books fold', 4, 4]]);
});

test('a trade has a number, and changes no book', () => {
  const trade: StoreRecord = {
    kind: 'trade',
    ...base,
    seq: 2,
    tradeId: 'T',
    yesPrice: 100,
    size: 9,
    takerSide: 'yes',
    isBlockTrade: null,
    exchangeAtMs: null,
  };
  // Five are there, and no more.
  expect(problems([snapshot(1), trade, delta(3, -5)])).toEqual([]);
  expect(problems([snapshot(1), trade, delta(3, -6)])).toHaveLength(1);
});
