import type { Batch } from '../../batch/collector.ts';
import { batchOfGaps, gapEntries } from '../../batch/gap-batch.ts';
import type { GapRecord, StoreRecord } from '../../records.ts';

/** Stands in the ledger where the spool lost records. */
export const spoolDamaged = 'spool-damaged';
/** Stands there where they came too late: the session was over. */
export const setAsideCause = 'set-aside';

/**
 * A batch with rows of our own in the ledger. Without any it is the batch that its owner would have written.
 *
 * @param nextGap ordinal of the next row of the session's ledger: rows of our own have moved those behind them
 */
export function withGaps(batch: Batch, rows: readonly GapRecord[], nextGap: number): Batch {
  const first = Math.max(nextGap, batch.gaps[0]?.ordinal ?? 0);
  const { gaps } = batchOfGaps(batch.ordinal, [...batch.gaps, ...gapEntries(rows)], first);
  return { ...batch, records: batch.records + rows.length, gaps };
}

/** Of a batch that the database does not take: its ledger, which it takes all the same. */
export const gapsOf = ({ ordinal, gaps }: Batch): Batch => batchOfGaps(ordinal, gaps, gaps[0]?.ordinal ?? 0);

/**
 * A row per subscription for records that the database does not take: the numbers are named, the records are elsewhere.
 *
 * @param before rows for records that came before these
 */
export function rowsForKept(
  records: readonly StoreRecord[],
  cause: string,
  before: readonly GapRecord[] = [],
): readonly GapRecord[] {
  const rows = new Map(before.map((row) => [`${row.epoch}/${row.sid}`, row]));
  for (const record of records) {
    if (record.kind === 'gap') continue;
    const { epoch, sid, seq, receivedAtMs } = record;
    const row = rows.get(`${epoch}/${sid}`);
    const fromAtMs = Math.min(row?.fromAtMs ?? receivedAtMs, receivedAtMs);
    rows.set(`${epoch}/${sid}`, {
      kind: 'gap',
      epoch,
      sid,
      firstSeq: either(row?.firstSeq ?? null, seq, Math.min),
      lastSeq: either(row?.lastSeq ?? null, seq, Math.max),
      fromAtMs,
      toAtMs: Math.max(row?.toAtMs ?? receivedAtMs, receivedAtMs),
      cause,
    });
  }
  return [...rows.values()];
}

const either = (one: number | null, other: number | null, choose: (one: number, other: number) => number) =>
  one === null || other === null ? (one ?? other) : choose(one, other);
