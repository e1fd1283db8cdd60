// Which days a dataset has, and which sessions lie in each. All of one run is of one moment: what a session that is still being recorded
// gets while the run is under way is for the next one.
import { sql } from 'drizzle-orm';
import { dayMs, dayOf } from '../../database/day.ts';
import { numberOf, sessionRow, textOf, timeOf } from '../../database/rows.ts';
import { partitionedTables } from '../../partitions/create-partitions.ts';
import { sessionDays } from '../../partitions/session-days.ts';
import { sessionTimes, uuids } from '../../reading/market-sessions.ts';
import type { Read } from '../../reading/read.ts';
import type { Span } from '../../reading/stretch.ts';
import type { SessionId, SessionRow } from '../../records.ts';
import type { DatasetScope } from './dataset-options.ts';

export type PlannedSession = {
  readonly row: SessionRow;
  /** Its records that are exported arrived before this. */
  readonly untilMs: number;
  /** When it recorded, and what it names, in whole days. */
  readonly firstDay: number;
  readonly lastDay: number;
  readonly expiredBeforeMs: number | null;
};

export type DatasetPlan = {
  /** On the database's clock. */
  readonly nowMs: number;
  readonly sessions: readonly PlannedSession[];
  /** Counted from 1970-01-01, rising. */
  readonly days: readonly number[];
  readonly span: Span;
};

export const dayStartMs = (day: number): number => day * dayMs;
export const dayEndMs = (day: number): number => (day + 1) * dayMs;

export const liesIn = ({ firstDay, lastDay }: PlannedSession, day: number): boolean =>
  firstDay <= day && day <= lastDay;

/** Whether everything of a day that this session will ever have is committed. */
export const hasPassed = ({ row, untilMs }: PlannedSession, day: number): boolean =>
  row.status !== 'active' || untilMs >= dayEndMs(day);

export async function planDataset(read: Read, scope: DatasetScope): Promise<DatasetPlan> {
  const span = { fromMs: scope.fromMs ?? -Infinity, toMs: scope.toMs ?? Infinity };
  const chosen = scope.sessions === null ? sql`true` : sql`session.id = any(${uuids(scope.sessions)})`;
  const rows = await read(
    sql`
      select session.*, expired.expired_before, now() as now_at, ledger.first_at, ledger.last_at
      from sessions as session
      left join expirations as expired on expired.session_id = session.id
      left join (
        select session_id, min(from_at) as first_at, max(from_at) as last_at from gap_records group by session_id
      ) as ledger on ledger.session_id = session.id
      where ${chosen} order by session.ordinal`,
    'Looking for sessions to export',
  );
  const ids = rows.map((row) => textOf(row, 'id'));
  const times = new Map((await sessionTimes(read, ids)).map((of) => [of.session, of]));
  const sessions: PlannedSession[] = [];
  for (const each of rows) {
    const row = sessionRow(each);
    // In order of arrival all before the last record is committed. Of that one's millisecond more may come.
    const untilMs = row.status === 'active' ? (row.lastRecordAtMs ?? -Infinity) : Infinity;
    const found = await sessionDays(async (query) => read(query, 'Looking for a session'), row.id);
    const { fromMs, toMs } = times.get(row.id)!;
    const begins = [fromMs];
    const ends = [Math.min(toMs, untilMs) - 1];
    if (row.lastRecordAtMs !== null) {
      begins.push(found.fromMs === -Infinity ? await firstRecordMs(read, row.id) : found.fromMs);
      ends.push(row.lastRecordAtMs);
    }
    if (each['first_at'] !== null) begins.push(timeOf(each, 'first_at'));
    if (each['last_at'] !== null) ends.push(timeOf(each, 'last_at'));
    const firstMs = Math.max(Math.min(...begins), span.fromMs);
    const lastMs = Math.min(Math.max(...ends), untilMs, span.toMs - 1);
    if (!(firstMs <= lastMs)) continue;
    sessions.push({
      row,
      untilMs,
      firstDay: dayOf(firstMs),
      lastDay: dayOf(lastMs),
      expiredBeforeMs: each['expired_before'] === null ? null : timeOf(each, 'expired_before'),
    });
  }
  const days = new Set<number>();
  for (const { firstDay, lastDay } of sessions) for (let day = firstDay; day <= lastDay; day++) days.add(day);
  const nowMs = rows.length === 0 ? 0 : timeOf(rows[0]!, 'now_at');
  return { nowMs, sessions, days: [...days].toSorted((one, other) => one - other), span };
}

/** Of a session that a version before has recorded into the partitions for all other times. */
async function firstRecordMs(read: Read, session: SessionId): Promise<number> {
  const looks = partitionedTables.map(
    (table) => sql`select min(received_at) as at from ${sql.raw(table)} where session_id = ${session}::uuid`,
  );
  const [row] = await read(
    sql`select (extract(epoch from min(at)) * 1000)::float8 as first_ms from (${sql.join(looks, sql` union all `)}) as found`,
    'Looking for a session',
  );
  return row?.['first_ms'] === null || row === undefined ? Infinity : numberOf(row, 'first_ms');
}
