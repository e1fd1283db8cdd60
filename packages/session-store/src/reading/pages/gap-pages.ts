import { sql, type SQL } from 'drizzle-orm';
import type { Row } from '../../database/engines/engine.ts';
import type { GapRecord, SessionId } from '../../records.ts';
import { numberOf, textOf, timeOf } from '../../database/rows.ts';
import type { Read } from '../read.ts';
import type { Span, Stretch } from '../stretch.ts';

const pageRows = 1000;

type Of = Pick<Stretch, 'session' | 'span'>;

/** The ledger of a stretch by the number at which each hole begins. */
export async function* numberedGapPages(read: Read, stretch: Stretch): AsyncGenerator<readonly GapRecord[]> {
  for (let [seq, ordinal] = [-Infinity, -1]; ;) {
    const { session, epoch, sid, span } = stretch;
    const after = seq === -Infinity ? sql`` : sql`and (first_seq, ordinal) > (${seq}::bigint, ${ordinal}::bigint)`;
    const condition = sql`epoch = ${epoch}::integer and sid = ${sid}::bigint and first_seq is not null ${after}`;
    const rows = await page(read, session, condition, sql`first_seq, ordinal`);
    if (rows.length === 0) return;
    seq = numberOf(rows.at(-1)!, 'first_seq');
    ordinal = numberOf(rows.at(-1)!, 'ordinal');
    yield rows.map(gapOf).filter((gap) => touches(gap, span));
    if (rows.length < pageRows) return;
  }
}

/** A session's holes that name no number, in the order in which they were entered. */
export async function* looseGapPages(read: Read, { session, span }: Of): AsyncGenerator<readonly GapRecord[]> {
  for (let ordinal = -1; ;) {
    const condition = sql`(sid is null or first_seq is null) and ordinal > ${ordinal}::bigint`;
    const rows = await page(read, session, condition, sql`ordinal`);
    if (rows.length === 0) return;
    ordinal = numberOf(rows.at(-1)!, 'ordinal');
    yield rows.map(gapOf).filter((gap) => touches(gap, span));
    if (rows.length < pageRows) return;
  }
}

const page = async (read: Read, session: SessionId, condition: SQL, order: SQL): Promise<readonly Row[]> =>
  read(
    sql`
      select * from gap_records where session_id = ${session}::uuid and ${condition}
      order by ${order} limit ${sql.raw(String(pageRows))}`,
    'Reading the ledger',
  );

/** A hole without an end belongs to the moment at which it begins. */
const touches = ({ fromAtMs, toAtMs }: GapRecord, { fromMs, toMs }: Span) =>
  fromAtMs < toMs && (toAtMs ?? fromAtMs) >= fromMs;

export const gapOf = (row: Row): GapRecord => ({
  kind: 'gap',
  epoch: numberOf(row, 'epoch'),
  sid: row['sid'] === null ? null : numberOf(row, 'sid'),
  firstSeq: row['first_seq'] === null ? null : numberOf(row, 'first_seq'),
  lastSeq: row['last_seq'] === null ? null : numberOf(row, 'last_seq'),
  fromAtMs: timeOf(row, 'from_at'),
  toAtMs: row['to_at'] === null ? null : timeOf(row, 'to_at'),
  cause: textOf(row, 'cause'),
});
