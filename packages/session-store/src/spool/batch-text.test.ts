import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import { storeRecords } from '../../test/arbitrary-records.ts';
import { Collector, type Batch } from '../batch/collector.ts';
import { batchText, parseBatch } from './batch-text.ts';
import type { StoreRecord } from '../records.ts';

const batchOf = (records: readonly StoreRecord[]): Batch | null => {
  const collector = new Collector({ intervalMs: 1000, everyDeltas: 2 });
  for (const record of records) collector.add(record);
  return collector.cut();
};

test('gives back any batch, field by field', () => {
  fc.assert(
    fc.property(storeRecords, (records) => {
      const batch = batchOf(records);
      fc.pre(batch !== null);
      expect(parseBatch(batchText(batch))).toEqual(batch);
    }),
    { numRuns: 500 },
  );
});

test('holds numbers at the ends of their ranges, and texts that UTF-8 cannot', () => {
  const most = Number.MAX_SAFE_INTEGER;
  const delta = { kind: 'delta', market: 'RAIN', side: 'yes', price: -(2 ** 31) } as const;
  const text = '\uD800 half a pair, \u0000 and 🎲';
  const batch = batchOf([
    {
      ...delta,
      epoch: 1,
      sid: -most,
      seq: -most,
      delta: -most,
      receivedAtMs: 2 ** 46,
      exchangeAtMs: 0,
      exchangeAtUs: 999,
    },
    { ...delta, epoch: 2, sid: most, seq: most, delta: most, receivedAtMs: 0, exchangeAtMs: null },
    { kind: 'raw', epoch: 1, sid: null, seq: null, receivedAtMs: 5, text },
  ])!;
  const written = batchText(batch);
  expect(parseBatch(written)).toEqual(batch);
  expect(written.isWellFormed() && !written.includes('\0'), 'fit for any file').toBe(true);
});
