import { decodePart, rebuildBatch } from '../encoding/batch-codec.ts';
import type { Batch } from '../../batch/collector.ts';
import { gapEntries, type HoleLedger } from './hole-ledger.ts';
import type { SpooledBatch } from '../spooled-batch.ts';
import type { GapRecord, StoreRecord } from '../../records.ts';

/** Stands in the ledger where the spool lost records. */
export const spoolDamaged = 'spool-damaged';
/** Stands there where the database refused them. */
export const refused = 'refused';
/** Stands there where they came too late: the session was over. */
export const setAsideCause = 'set-aside';

/** The records of a batch, a part at a time; one that cannot be read is a hole, which the ledger is told of. */
export function readParts({ parts }: SpooledBatch, ledger: HoleLedger): readonly (readonly StoreRecord[])[] {
  return parts.map(({ payload, afterHole }) => {
    if (afterHole) ledger.hole(spoolDamaged);
    try {
      const { records } = decodePart(payload);
      ledger.see(records);
      return records;
    } catch {
      ledger.hole(spoolDamaged);
      return [];
    }
  });
}

/**
 * The batch to write for what the spool has, with the ledger's rows for what it has not. Without holes it is the batch that its
 * owner would have written.
 *
 * @param nextGap ordinal of the next row of the session's ledger: rows of our own have moved those behind them
 */
export function recoverBatch(spooled: SpooledBatch, ledger: HoleLedger, nextGap: number): Batch | null {
  const readable = readParts(spooled, ledger).map((records) => records.length > 0);
  const parts = spooled.parts.filter((_, index) => readable[index]).map(({ payload }) => payload);
  const batch = rebuildBatch(spooled.ordinal, parts);
  const rows = ledger.take();
  if (!batch) return rows.length > 0 ? batchOfGaps(spooled.ordinal, rows, nextGap) : null;
  const first = Math.max(nextGap, batch.gaps[0]?.ordinal ?? 0);
  const kept = batch.gaps.map((entry, index) => ({ ...entry, ordinal: first + index }));
  const gaps = [...kept, ...gapEntries(rows, first + kept.length)];
  return { ...batch, records: batch.records + rows.length, gaps };
}

/** A batch that only enters rows in the ledger. */
export const batchOfGaps = (ordinal: number, rows: readonly GapRecord[], nextGap: number): Batch => ({
  ordinal,
  records: rows.length,
  bytes: 0,
  markets: [],
  chunks: [],
  snapshots: [],
  trades: [],
  raw: [],
  gaps: gapEntries(rows, nextGap),
  lastRecordAtMs: null,
});

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
    rows.set(`${epoch}/${sid}`, {
      kind: 'gap',
      epoch,
      sid,
      firstSeq: row?.firstSeq ?? seq,
      lastSeq: seq ?? row?.lastSeq ?? null,
      fromAtMs: row?.fromAtMs ?? receivedAtMs,
      toAtMs: Math.max(row?.fromAtMs ?? receivedAtMs, receivedAtMs),
      cause,
    });
  }
  return [...rows.values()];
}
