import { sql, type SQL } from 'drizzle-orm';
import { days, holds, overlap, withinStretch, type Span, type Stretch } from '../stretch.ts';
import type { Row } from '../../database/engines/engine.ts';
import { moment } from '../../database/moment.ts';
import type { RawRecord, SessionId } from '../../records.ts';
import { numberOf, textOf, timeOf } from '../../database/rows.ts';
import type { Read } from '../read.ts';

const pageRows = 1000;

/** A stretch's frames kept as text, by rising number. */
export async function* numberedRawPages(read: Read, stretch: Stretch): AsyncGenerator<readonly RawRecord[]> {
  for (let [seq, ordinal] = [-Infinity, -1]; ;) {
    const after =
      seq === -Infinity ? sql`` : sql`and (frame.seq, frame.ordinal) > (${seq}::bigint, ${ordinal}::bigint)`;
    const rows = await page(
      read,
      sql`${withinStretch('frame', stretch)} and frame.seq is not null ${after}`,
      sql`seq, ordinal`,
    );
    if (rows.length === 0) return;
    seq = numberOf(rows.at(-1)!, 'seq');
    ordinal = numberOf(rows.at(-1)!, 'ordinal');
    yield rows.map(rawOf).filter(({ receivedAtMs }) => holds(stretch.span, receivedAtMs));
    if (rows.length < pageRows) return;
  }
}

/** A session's frames that have no place among the numbers of a subscription, in order of arrival. */
export async function* looseRawPages(
  read: Read,
  { session, span, stored }: Pick<Stretch, 'session' | 'span' | 'stored'>,
): AsyncGenerator<readonly RawRecord[]> {
  for (let ordinal = -1; ;) {
    const condition = sql`
      ${inTime(session, overlap(span, stored))} and (frame.sid is null or frame.seq is null)
      and frame.ordinal > ${ordinal}::bigint`;
    const rows = await page(read, condition, sql`ordinal`);
    if (rows.length === 0) return;
    ordinal = numberOf(rows.at(-1)!, 'ordinal');
    yield rows.map(rawOf).filter(({ receivedAtMs }) => holds(span, receivedAtMs));
    if (rows.length < pageRows) return;
  }
}

const inTime = (session: SessionId, span: Span): SQL => {
  const { fromMs, toMs } = days(span);
  return sql`
    frame.session_id = ${session}::uuid
    and frame.received_at >= ${moment(fromMs)} and frame.received_at < ${moment(toMs)}`;
};

const page = async (read: Read, condition: SQL, order: SQL): Promise<readonly Row[]> =>
  read(
    sql`select * from raw_frames as frame where ${condition} order by ${order} limit ${sql.raw(String(pageRows))}`,
    'Reading frames kept as text',
  );

const rawOf = (row: Row): RawRecord => ({
  kind: 'raw',
  epoch: numberOf(row, 'epoch'),
  sid: row['sid'] === null ? null : numberOf(row, 'sid'),
  seq: row['seq'] === null ? null : numberOf(row, 'seq'),
  receivedAtMs: timeOf(row, 'received_at'),
  text: row['escaped'] === true ? (JSON.parse(textOf(row, 'text')) as string) : textOf(row, 'text'),
});
