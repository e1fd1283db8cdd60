import { expect, test } from 'vitest';
import { MemorySpool } from '../../../test/memory-spool.ts';
import { Collector } from '../../batch/collector.ts';
import { batchText } from '../batch-text.ts';
import { spooledRuns } from './spooled-runs.ts';

/** A spool with a batch for each length: of one frame whose text is so long. */
function spoolOf(...lengths: readonly number[]): MemorySpool {
  const spool = new MemorySpool();
  const collector = new Collector({ intervalMs: 60_000, everyDeltas: 4096 });
  for (const [seq, length] of lengths.entries()) {
    collector.add({ kind: 'raw', epoch: 1, sid: null, seq, receivedAtMs: seq, text: 'x'.repeat(length) });
    const batch = collector.cut()!;
    spool.append({ session: 'a', batch: batch.ordinal, records: 1, atMs: seq, payload: batchText(batch) });
  }
  return spool;
}

async function runsOf(spool: MemorySpool, limits: { maxRecords: number; maxBytes: number }) {
  const runs: { batches: number[]; isAfterHole: boolean }[] = [];
  for await (const { batches, isAfterHole } of spooledRuns(spool, 'a', 0, [], limits)) {
    runs.push({ batches: batches.map(({ ordinal }) => ordinal), isAfterHole });
  }
  return runs;
}

const run = (...batches: number[]) => ({ batches, isAfterHole: false });

test('a run is no more records and no more memory than one transaction may write, and one batch at least', async () => {
  const spool = spoolOf(10, 10, 10, 10, 10);
  expect(await runsOf(spool, { maxRecords: 2, maxBytes: 1e6 })).toEqual([run(1, 2), run(3, 4), run(5)]);
  expect(await runsOf(spoolOf(10, 3000, 10, 10), { maxRecords: 100, maxBytes: 1000 })).toEqual([
    run(1),
    run(2),
    run(3, 4),
  ]);
});

test('a run ends where batches are missing, and the next one says so', async () => {
  const spool = spoolOf(10, 10, 10, 10);
  spool.lose('a', ({ batch }) => batch === 2);
  expect(await runsOf(spool, { maxRecords: 100, maxBytes: 1e6 })).toEqual([
    run(1),
    { batches: [3, 4], isAfterHole: true },
  ]);
});
