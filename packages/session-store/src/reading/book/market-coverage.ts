// The coverage of many markets in a few statements: what `coverage` says of each, for those whose sessions are known.
import { sql } from 'drizzle-orm';
import { integers } from '../../database/array-parameters.ts';
import type { Row } from '../../database/engines/engine.ts';
import { moment } from '../../database/moment.ts';
import { numberOf, textOf, timeOf } from '../../database/rows.ts';
import { lieIn, type Days } from '../../partitions/session-days.ts';
import type { SessionId } from '../../records.ts';
import { uuids, type SessionTimes } from '../market-sessions.ts';
import { gapColumns, gapOf } from '../pages/gap-pages.ts';
import type { Read } from '../read.ts';
import type { Span } from '../stretch.ts';
import { coverageIntervals, type CoverageInterval } from './coverage-intervals.ts';
import type { BookPlace } from './holes.ts';

export type RecordedIn = {
  readonly sessions: readonly SessionTimes[];
  /** Where what is looked at of their records lies. */
  readonly days: Days;
  /** Whether keyframes count: a book can begin with one for those who have the store. */
  readonly keyframes: boolean;
};

/**
 * @param wanted the database's numbers of markets, each with its span
 * @returns by number
 */
export async function marketCoverage(
  read: Read,
  wanted: ReadonlyMap<number, Span>,
  { sessions, days, keyframes }: RecordedIn,
): Promise<ReadonlyMap<number, readonly CoverageInterval[]>> {
  const spans = [...wanted.values()];
  const span = {
    fromMs: Math.max(Math.min(...spans.map(({ fromMs }) => fromMs)), days.fromMs),
    toMs: Math.min(Math.max(...spans.map(({ toMs }) => toMs)), days.untilMs),
  };
  const ids = [...wanted.keys()];
  const among = sessions.map(({ session }) => session);
  const rows = await booksOf(read, ids, among, days, span, keyframes);
  const gaps = await read(
    sql`
      select ${gapColumns}
      where session_id = any(${uuids(among)}) and epoch = any(${integers([...new Set(rows.map((row) => numberOf(row, 'epoch')))])})
        and from_at <= ${moment(span.toMs)}
        and (market_id is null or market_id = any(${integers(ids)}))
      order by session_id, ordinal`,
    'Reading the ledger',
  );
  const booksBy = Map.groupBy(rows, keyOf);
  const gapsBy = Map.groupBy(gaps, keyOf);
  return new Map(
    ids.map((id) => {
      const of = sessions.flatMap((session) => {
        const books = booksBy.get(`${session.session}/${id}`)?.map(placeOf);
        if (!books) return [];
        const mine = [
          ...(gapsBy.get(`${session.session}/null`) ?? []),
          ...(gapsBy.get(`${session.session}/${id}`) ?? []),
        ];
        return [{ ...session, books, gaps: mine.map(gapOf) }];
      });
      return [id, coverageIntervals(of, wanted.get(id)!)];
    }),
  );
}

/** Of each market and session the newest book before the span, and those in it: what an older one says, that one says, too. */
async function booksOf(
  read: Read,
  ids: readonly number[],
  among: readonly SessionId[],
  days: Days,
  span: Span,
  keyframes: boolean,
): Promise<readonly Row[]> {
  const before = { fromMs: days.fromMs, untilMs: span.fromMs };
  const within = { fromMs: span.fromMs, untilMs: span.toMs };
  const columns = sql`market_id, session_id, epoch, sid, seq, received_at`;
  const ofThese = sql`market_id = any(${integers(ids)}) and session_id = any(${uuids(among)})`;
  const newest = (table: string) => sql`
    select * from (
      select distinct on (market_id, session_id) ${columns} from ${sql.raw(table)}
      where ${ofThese} and ${lieIn(before)} order by market_id, session_id, received_at desc, epoch desc, seq desc
    ) as newest`;
  const snapshots = sql`
    ${newest('snapshot_records')} union all select ${columns} from snapshot_records where ${ofThese} and ${lieIn(within)}`;
  // No book is kept across a hole of the feed. So of keyframes the first of a stream says all that they can, what came before being
  // gone, and the first behind each hole: what the store lost itself had been folded.
  const query = keyframes
    ? sql`
        ${snapshots} union all ${newest('keyframes')} union all
        select * from (
          select distinct on (market_id, session_id, epoch, sid, holes) ${columns}
          from keyframes as keyframe
          cross join lateral (
            select count(*) as holes from gap_records as gap
            where gap.session_id = keyframe.session_id and gap.epoch = keyframe.epoch and gap.from_at <= keyframe.received_at
              and (gap.market_id is null or gap.market_id = keyframe.market_id)
          ) as before
          where ${ofThese} and ${lieIn(within)}
          order by market_id, session_id, epoch, sid, holes, received_at, seq
        ) as keyframe`
    : snapshots;
  return read(query, 'Reading when markets were recorded');
}

const keyOf = (row: Row): string => `${textOf(row, 'session_id')}/${String(row['market_id'])}`;

const placeOf = (row: Row): BookPlace => ({
  epoch: numberOf(row, 'epoch'),
  sid: numberOf(row, 'sid'),
  seq: numberOf(row, 'seq'),
  receivedAtMs: timeOf(row, 'received_at'),
});
