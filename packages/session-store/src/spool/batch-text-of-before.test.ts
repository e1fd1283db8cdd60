// A spool that a version before wrote has no microseconds: its deltas are read as they were, and join those that have them.
import { expect, test } from 'vitest';
import { batchRecords } from '../batch/batch-records.ts';
import { Collector } from '../batch/collector.ts';
import { joinBatches } from '../batch/join-batches.ts';
import type { DeltaRecord } from '../records.ts';
import { batchText, parseBatch } from './batch-text.ts';

const atMs = 1_785_901_588_260;
const delta = (seq: number, over: Partial<DeltaRecord> = {}): DeltaRecord => ({
  kind: 'delta',
  epoch: 1,
  sid: 1,
  seq,
  market: 'RAIN',
  side: 'yes',
  price: 4300,
  delta: 1,
  exchangeAtMs: atMs,
  receivedAtMs: atMs + seq,
  ...over,
});

test('microseconds are those of the deltas that have them, whatever lies before and behind', () => {
  const known = (seq: number) => delta(seq, { exchangeAtUs: atMs * 1000 + seq });
  const records = [
    [delta(1), delta(2)],
    [delta(3), known(4), delta(5, { exchangeAtMs: null }), known(6)],
    [delta(7)],
    [known(8)],
  ];
  const collector = new Collector({ intervalMs: 1000, everyDeltas: 100 });
  const batches = records.map((part) => {
    for (const record of part) collector.add(record);
    return collector.cut()!;
  });
  // Where none are known nothing is kept for them.
  expect(batches.map(({ chunks: [chunk] }) => chunk!.micros)).toEqual([[], [Number.NaN, 4, Number.NaN, 6], [], [8]]);

  const old = JSON.parse(batchText(batches[0]!)) as { chunks: { micros?: unknown }[] };
  for (const chunk of old.chunks) delete chunk.micros;
  const read = [JSON.stringify(old), ...batches.slice(1).map(batchText)].map(parseBatch);
  expect(read).toEqual(batches);
  expect(batchRecords(joinBatches(read))).toEqual(records.flat());
});
