import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { storeRecords } from '../../test/arbitrary-records.ts';
import { batchRecords } from './batch-records.ts';
import { Collector, type Batch } from './collector.ts';
import { isFact } from './fact-fields.ts';
import { joinBatches } from './join-batches.ts';
import type { StoreRecord } from '../records.ts';

/** Cut wherever `lengths` says, and at the end. */
function batchesOf(records: readonly StoreRecord[], lengths: readonly number[]): Batch[] {
  const collector = new Collector({ intervalMs: 1000, everyDeltas: 2 });
  const batches: Batch[] = [];
  for (const [index, record] of records.entries()) {
    collector.add(record);
    if (collector.size >= lengths[index % lengths.length]!) batches.push(collector.cut()!);
  }
  const last = collector.cut();
  return last ? [...batches, last] : batches;
}

const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 20 });
const never = [Number.POSITIVE_INFINITY];

describe('batches that are joined', () => {
  test('are the batch that would have been cut in their place, but for its number', () => {
    fc.assert(
      fc.property(storeRecords, cuts, (records, lengths) => {
        fc.pre(records.length > 0);
        const batches = batchesOf(records, lengths);
        const [whole] = batchesOf(records, never);
        expect(joinBatches(batches)).toEqual({ ...whole, firstOrdinal: 1, ordinal: batches.length });
      }),
      { numRuns: 500 },
    );
  });

  test('stay as they are, and can be joined again', () => {
    fc.assert(
      fc.property(storeRecords, cuts, (records, lengths) => {
        fc.pre(records.length > 0);
        const batches = batchesOf(records, lengths);
        const before = structuredClone(batches);
        const joined = joinBatches(batches);
        expect(structuredClone(batches)).toEqual(before);
        expect(joinBatches(batches)).toEqual(joined);
      }),
      { numRuns: 100 },
    );
  });
});

test('are joined however large they are', () => {
  const delta = { kind: 'delta', epoch: 1, sid: 1, market: 'RAIN', side: 'yes', price: 1, delta: 1 } as const;
  const at = { exchangeAtMs: null, receivedAtMs: 5 };
  const records = Array.from({ length: 400_000 }, (_, seq): StoreRecord => ({ ...delta, ...at, seq }));
  const { chunks } = joinBatches(batchesOf(records, [200_000]));
  expect(chunks.map(({ length }) => length)).toEqual([400_000]);
});

test('a batch gives its records back, each kind of each subscription in order', () => {
  const byKind = (records: readonly StoreRecord[]) =>
    Map.groupBy(records, ({ kind, epoch, sid }) =>
      kind === 'raw' || kind === 'gap' ? kind : isFact({ kind }) ? 'fact' : `${kind} ${epoch}/${sid}`,
    );
  fc.assert(
    fc.property(storeRecords, (records) => {
      const found = batchesOf(records, never).flatMap(batchRecords);
      expect(byKind(found)).toEqual(byKind(records));
    }),
    { numRuns: 500 },
  );
});
