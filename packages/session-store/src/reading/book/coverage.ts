import { sql } from 'drizzle-orm';
import { coverageIntervals, type CoverageInterval } from './coverage-intervals.ts';
import { append } from '../../batch/append.ts';
import type { Row } from '../../database/engines/engine.ts';
import { lieIn } from '../../partitions/session-days.ts';
import { numberOf, textOf, timeOf } from '../../database/rows.ts';
import { ledgers, marketNumber, sessionTimes } from '../market-sessions.ts';
import type { Read } from '../read.ts';
import { spansFrom, type Span } from '../stretch.ts';

/**
 * When a market's book can be rebuilt and when it cannot, over all sessions and recorders. Memory grows with the market's
 * snapshots and the holes of the sessions that recorded it, not with its deltas.
 */
export async function coverage(read: Read, market: string, span: Span): Promise<readonly CoverageInterval[]> {
  const id = await marketNumber(read, market);
  if (id === null) return coverageIntervals([], span);
  // No book is kept across a hole of the feed. So of keyframes the first of a stream says all that they can, what came before being
  // gone, and the first behind each hole: what the store lost itself had been folded.
  const rows: Row[] = [];
  for (const { fromMs, toMs } of spansFrom(span.toMs, 'past')) {
    const lies = lieIn({ fromMs, untilMs: toMs });
    const found = await read(
      sql`
        select session_id, epoch, sid, seq, received_at from snapshot_records
        where market_id = ${id}::integer and ${lies}
        union all
        select * from (
          select distinct on (session_id, epoch, sid, holes) session_id, epoch, sid, seq, received_at
          from keyframes as keyframe
          cross join lateral (
            select count(*) as holes from gap_records as gap
            where gap.session_id = keyframe.session_id and gap.epoch = keyframe.epoch and gap.from_at <= keyframe.received_at
              and (gap.market_id is null or gap.market_id = keyframe.market_id)
          ) as before
          where market_id = ${id}::integer and ${lies}
          order by session_id, epoch, sid, holes, received_at, seq
        ) as keyframe`,
      'Reading when a market was recorded',
    );
    append(rows, found);
  }
  const books = Map.groupBy(rows, (row) => textOf(row, 'session_id'));
  const ids = [...books.keys()];
  const epochs = rows.map((row) => numberOf(row, 'epoch'));
  const [times, gaps] = await Promise.all([sessionTimes(read, ids), ledgers(read, id, ids, epochs, span.toMs)]);
  const sessions = times.map((session) => ({
    ...session,
    gaps: gaps.get(session.session)!,
    books: books.get(session.session)!.map((row) => ({
      epoch: numberOf(row, 'epoch'),
      sid: numberOf(row, 'sid'),
      seq: numberOf(row, 'seq'),
      receivedAtMs: timeOf(row, 'received_at'),
    })),
  }));
  return coverageIntervals(sessions, span);
}
