import { sql, type SQL } from 'drizzle-orm';
import type { Row } from '../database/engines/engine.ts';
import { integers, texts } from '../database/array-parameters.ts';
import { moment } from '../database/moment.ts';
import type { GapRecord, SessionId } from '../records.ts';
import { numberOf, textOf, timeOf } from '../database/rows.ts';
import { gapColumns, gapOf } from './pages/gap-pages.ts';
import type { Read } from './read.ts';

/** What has to be known of a session to say whether it recorded at a time. Times are ms since the epoch. */
export type SessionTimes = {
  readonly session: SessionId;
  readonly recorder: string;
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
  /** Status and reason; `null` while it is active. */
  readonly ended: string | null;
  readonly expiredBeforeMs: number | null;
};

/**
 * A session that is active records until now while its lease runs, and else until its last record. One whose last record
 * came before it started is a tape that was recorded again: its time is that of its records.
 */
export async function sessionTimes(read: Read, sessions: readonly SessionId[]): Promise<readonly SessionTimes[]> {
  const rows = await read(
    sql`
      select
        session.id, session.recorder, session.status, session.started_at, session.ended_at, session.end_reason,
        session.last_record_at, session.lease_until > now() as is_alive, now() as now_at, expired.expired_before
      from sessions as session
      left join expirations as expired on expired.session_id = session.id
      where session.id = any(${uuids(sessions)})`,
    'Reading when sessions recorded',
  );
  return rows.map((row) => {
    const ended = row['status'] === 'active' ? null : `${textOf(row, 'status')}: ${textOf(row, 'end_reason')}`;
    return {
      session: textOf(row, 'id'),
      recorder: textOf(row, 'recorder'),
      ...spanOf(row),
      ended,
      expiredBeforeMs: row['expired_before'] === null ? null : timeOf(row, 'expired_before'),
    };
  });
}

function spanOf(row: Row): { fromMs: number; toMs: number } {
  const startedAtMs = timeOf(row, 'started_at');
  const lastRecordMs = row['last_record_at'] === null ? startedAtMs : timeOf(row, 'last_record_at');
  const untilLast = lastRecordMs + 1;
  if (lastRecordMs < startedAtMs) return { fromMs: Infinity, toMs: untilLast };
  if (row['status'] === 'active') {
    return {
      fromMs: startedAtMs,
      toMs: row['is_alive'] === true ? Math.max(timeOf(row, 'now_at'), untilLast) : untilLast,
    };
  }
  return { fromMs: startedAtMs, toMs: Math.max(timeOf(row, 'ended_at'), untilLast) };
}

/** The holes of some epochs of some sessions that had begun by a time: those that a market's book cannot be known across. */
export async function ledgers(
  read: Read,
  marketId: number,
  sessions: readonly SessionId[],
  epochs: readonly number[],
  atMs: number,
): Promise<ReadonlyMap<SessionId, readonly GapRecord[]>> {
  const rows = await read(
    sql`
      select ${gapColumns}
      where session_id = any(${uuids(sessions)}) and epoch = any(${integers([...new Set(epochs)])})
        and from_at <= ${moment(atMs)} and (market_id is null or market_id = ${marketId}::integer)
      order by session_id, ordinal`,
    'Reading the ledger',
  );
  const found = Map.groupBy(rows, (row) => textOf(row, 'session_id'));
  return new Map(sessions.map((session) => [session, (found.get(session) ?? []).map(gapOf)]));
}

/** The number of a market, `null` if it was never recorded. */
export async function marketNumber(read: Read, market: string): Promise<number | null> {
  const [row] = await read(sql`select id from markets where ticker = ${market}`, 'Looking up a market');
  return row ? numberOf(row, 'id') : null;
}

export const uuids = (values: readonly SessionId[]): SQL => sql`${texts(values)}::uuid[]`;
