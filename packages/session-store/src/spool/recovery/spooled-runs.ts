import { parseBatch } from '../batch-text.ts';
import type { Batch } from '../../batch/collector.ts';
import type { SessionId } from '../../records.ts';
import type { Spool, SpoolEntry } from '../spool.ts';

/** Batches that follow each other, no more than one transaction should write. */
export type SpooledRun = {
  readonly batches: readonly Batch[];
  /** Whether batches are missing in front of it. */
  readonly isAfterHole: boolean;
};

/** What one transaction may write, in records and in the memory that they take, estimated. */
export type RunLimits = { readonly maxRecords: number; readonly maxBytes: number };

/**
 * What the spool has of a session behind batch `after`, in order.
 *
 * @param left what comes behind that, as the spool has not taken it
 * @throws {SessionStoreError} SPOOL_FAILED, SPOOL_CLOSED
 */
export async function* spooledRuns(
  spool: Spool,
  id: SessionId,
  after: number,
  left: readonly SpoolEntry[],
  { maxRecords, maxBytes }: RunLimits,
): AsyncGenerator<SpooledRun> {
  let run: Batch[] = [];
  let records = 0;
  let bytes = 0;
  let isAfterHole = false;
  let last = after;
  for await (const { batch: ordinal, payload } of entriesOf(spool, id, after, left)) {
    const batch = readable(payload);
    if (!batch || ordinal <= last) continue;
    const isHole = ordinal > last + 1;
    const isTooMuch = records + batch.records > maxRecords || bytes + batch.bytes > maxBytes;
    if (run.length > 0 && (isHole || isTooMuch)) {
      yield { batches: run, isAfterHole };
      run = [];
      records = 0;
      bytes = 0;
      isAfterHole = false;
    }
    isAfterHole ||= isHole;
    run.push(batch);
    records += batch.records;
    bytes += batch.bytes;
    last = ordinal;
  }
  if (run.length > 0) yield { batches: run, isAfterHole };
}

async function* entriesOf(
  spool: Spool,
  id: SessionId,
  after: number,
  left: readonly SpoolEntry[],
): AsyncGenerator<SpoolEntry> {
  for (let fromBatch = after + 1; ;) {
    const entries = await spool.read(id, { fromBatch });
    if (entries.length === 0) break;
    yield* entries;
    fromBatch = entries.at(-1)!.batch + 1;
  }
  yield* left;
}

/** `null`: as good as lost. */
function readable(payload: string): Batch | null {
  try {
    return parseBatch(payload);
  } catch {
    return null;
  }
}
