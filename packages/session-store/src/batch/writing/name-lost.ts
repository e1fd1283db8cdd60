import { sql } from 'drizzle-orm';
import type { Run } from '../../database/engines/engine.ts';
import { numberOf } from '../../database/rows.ts';
import type { GapRecord, SessionId } from '../../records.ts';
import type { GapEntry } from '../collector.ts';
import { batchOfGaps, gapEntries } from '../gap-batch.ts';
import { encodeBatch } from './encode-batch.ts';
import { insertMarketIds } from './insert-market-ids.ts';
import { rowsForLost, type StreamEnds } from '../stream-ends.ts';
import { storedEnds } from './stored-ends.ts';
import { writeBatch } from './write-batch.ts';

/** Stands in the ledger where the database refused records. */
export const refused = 'refused';

/** What a session took and the database does not have: all behind what is stored. */
export type LostRecords = {
  /** Stands in the ledger. */
  readonly cause: string;
  /** How far its subscriptions had come. */
  readonly ends: StreamEnds;
  /** Rows of the ledger among it: those are stored. */
  readonly gaps: readonly GapEntry[];
};

/** Enters in the ledger what a session has lost: its time, and the numbers of each subscription. */
export async function nameLost(
  run: Run,
  session: { readonly id: SessionId; readonly recorder: string },
  ordinal: number,
  { cause, ends, gaps }: LostRecords,
  nowMs: number,
): Promise<void> {
  const stored = await storedEnds(run, session.id);
  const rows = rowsForLost(stored, ends, { cause, nowMs });
  const epoch = Math.max(1, ...[...ends.keys()].map((key) => Number(key.split('/')[0])));
  const fromAtMs = Math.min(stored.lastRecordAtMs ?? nowMs, nowMs);
  const time: GapRecord = {
    kind: 'gap',
    epoch,
    sid: null,
    firstSeq: null,
    lastSeq: null,
    fromAtMs,
    toAtMs: nowMs,
    cause,
  };
  await enterGaps(run, session, ordinal, [...gaps, ...gapEntries([time, ...rows])]);
}

/** Enters rows behind those of a session's ledger, as its batch `ordinal`, and leaves it without a lease. */
export async function enterGaps(
  run: Run,
  session: { readonly id: SessionId; readonly recorder: string },
  ordinal: number,
  gaps: readonly GapEntry[],
): Promise<void> {
  const [row] = await run(sql`
    select coalesce(max(ordinal) + 1, 0) as next_gap from gap_records where session_id = ${session.id}::uuid`);
  const batch = batchOfGaps(ordinal, gaps, numberOf(row!, 'next_gap'));
  const ids = await insertMarketIds(run, batch.markets);
  await writeBatch(
    run,
    session,
    encodeBatch(
      session.id,
      batch,
      batch.markets.map((market) => ids.get(market)!),
    ),
    null,
  );
}
