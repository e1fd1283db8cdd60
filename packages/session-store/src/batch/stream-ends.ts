// How far a session's subscriptions have come, and rows of the ledger for what was lost behind that.
import type { GapRecord } from '../records.ts';

/** The last number of each subscription, by `streamKey`. */
export type StreamEnds = ReadonlyMap<string, number>;

export const streamKey = (epoch: number, sid: number): string => `${epoch}/${sid}`;

/** What the database has of a session. */
export type Stored = { readonly ends: StreamEnds; readonly lastRecordAtMs: number | null };

/**
 * Stands in the ledger where the database does not have what it had committed: an older copy was put in its place, or a standby took
 * over that lagged behind.
 */
export const rolledBack = 'database-rolled-back';

/** A row for each subscription that had come further than what is stored. */
export function rowsForLost(
  { ends, lastRecordAtMs }: Stored,
  taken: StreamEnds,
  { cause, nowMs }: { readonly cause: string; readonly nowMs: number },
): readonly GapRecord[] {
  return [...taken].flatMap(([key, lastSeq]) => {
    const end = ends.get(key);
    if (end !== undefined && end >= lastSeq) return [];
    const [epoch, sid] = key.split('/').map(Number) as [number, number];
    const firstSeq = end === undefined ? null : end + 1;
    const fromAtMs = Math.min(lastRecordAtMs ?? nowMs, nowMs);
    return [{ kind: 'gap', epoch, sid, firstSeq, lastSeq, fromAtMs, toAtMs: nowMs, cause }];
  });
}
