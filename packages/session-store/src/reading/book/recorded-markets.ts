// Which markets the sessions of a stretch recorded: out of their snapshots, as each session's book of a market begins with one.
import { sql } from 'drizzle-orm';
import { moment } from '../../database/moment.ts';
import { textOf, timeOf } from '../../database/rows.ts';
import { lieIn, sessionDays } from '../../partitions/session-days.ts';
import type { SessionId } from '../../records.ts';
import { sessionTimes, uuids } from '../market-sessions.ts';
import type { Read } from '../read.ts';
import type { Span } from '../stretch.ts';
import type { RecordedMarket } from './gap-rates.ts';

/** The newest; each costs a statement or two. */
const MOST_SESSIONS = 500;

/** Which recordings are looked at. Times are ms since the epoch. */
export interface RecordedMarketsOptions {
  /** Included. */
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
  /** @default the newest 500 of the stretch */
  readonly sessions?: readonly SessionId[];
}

/** In the order of their first snapshots. */
export async function recordedMarkets(
  read: Read,
  { fromMs, toMs, sessions }: RecordedMarketsOptions,
): Promise<readonly RecordedMarket[]> {
  const among = await sessionTimes(read, await sessionsOf(read, { fromMs, toMs }, sessions));
  const found = new Map<string, { fromMs: number; toMs: number; sessions: SessionId[] }>();
  for (const times of among.toSorted((one, other) => one.fromMs - other.fromMs)) {
    const endMs = Math.min(times.toMs, toMs);
    if (times.toMs <= fromMs) continue;
    const days = await sessionDays(async (query) => read(query, 'Looking for a session'), times.session);
    const rows = await read(
      sql`
        select market.ticker, first.at from (
          select market_id, min(received_at) as at from snapshot_records
          where session_id = ${times.session}::uuid
            and ${lieIn({ fromMs: days.fromMs, untilMs: Math.min(days.untilMs, toMs) })}
          group by market_id
        ) as first
        join markets as market on market.id = first.market_id
        order by first.at, market.id`,
      'Looking for the markets of a session',
    );
    for (const row of rows) {
      const firstMs = Math.max(timeOf(row, 'at'), fromMs);
      if (firstMs >= endMs) continue;
      const market = textOf(row, 'ticker');
      const of = found.get(market) ?? { fromMs: firstMs, toMs: endMs, sessions: [] };
      of.fromMs = Math.min(of.fromMs, firstMs);
      of.toMs = Math.max(of.toMs, endMs);
      of.sessions.push(times.session);
      found.set(market, of);
    }
  }
  return [...found].map(([market, of]) => ({ market, ...of }));
}

async function sessionsOf(
  read: Read,
  { fromMs, toMs }: Span,
  sessions: readonly SessionId[] | undefined,
): Promise<readonly SessionId[]> {
  const rows = await read(
    sql`
      select id from sessions
      where least(started_at, last_record_at) < ${moment(toMs)} and (ended_at is null or ended_at >= ${moment(fromMs)})
        and ${sessions ? sql`id = any(${uuids(sessions)})` : sql`true`}
      order by ordinal desc limit ${MOST_SESSIONS}::integer`,
    'Looking for the sessions of a stretch',
  );
  return rows.map((row) => textOf(row, 'id'));
}
