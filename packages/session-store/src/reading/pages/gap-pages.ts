import { sql, type SQL } from 'drizzle-orm';
import type { Row } from '../../database/engines/engine.ts';
import type { GapRecord } from '../../records.ts';
import { numberOf, textOf, timeOf } from '../../database/rows.ts';
import type { Read } from '../read.ts';
import { ofMarkets, type Span, type Stretch } from '../stretch.ts';

const pageRows = 1000;

type Of = Pick<Stretch, 'session' | 'span' | 'markets'>;

/** The ledger of a stretch by the number at which each hole begins. Those of one market come only where it is wanted. */
export async function* numberedGapPages(read: Read, stretch: Stretch): AsyncGenerator<readonly GapRecord[]> {
  for (let [seq, ordinal] = [-Infinity, -1]; ;) {
    const { epoch, sid, span } = stretch;
    const after = seq === -Infinity ? sql`` : sql`and (first_seq, ordinal) > (${seq}::bigint, ${ordinal}::bigint)`;
    const condition = sql`epoch = ${epoch}::integer and sid = ${sid}::bigint and first_seq is not null ${after}`;
    const rows = await page(read, stretch, condition, sql`first_seq, ordinal`);
    if (rows.length === 0) return;
    seq = numberOf(rows.at(-1)!, 'first_seq');
    ordinal = numberOf(rows.at(-1)!, 'ordinal');
    yield rows.map(gapOf).filter((gap) => touches(gap, span));
    if (rows.length < pageRows) return;
  }
}

/** A session's holes that name no number, in the order in which they were entered. */
export async function* looseGapPages(read: Read, of: Of): AsyncGenerator<readonly GapRecord[]> {
  for (let ordinal = -1; ;) {
    const condition = sql`(sid is null or first_seq is null) and ordinal > ${ordinal}::bigint`;
    const rows = await page(read, of, condition, sql`ordinal`);
    if (rows.length === 0) return;
    ordinal = numberOf(rows.at(-1)!, 'ordinal');
    yield rows.map(gapOf).filter((gap) => touches(gap, of.span));
    if (rows.length < pageRows) return;
  }
}

const page = async (read: Read, of: Of, condition: SQL, order: SQL): Promise<readonly Row[]> =>
  read(
    sql`
      select ${gapColumns} where session_id = ${of.session}::uuid and ${condition}
        ${ofMarkets(of, (ids) => sql`(market_id is null or market_id = any(${ids}))`)}
      order by ${order} limit ${sql.raw(String(pageRows))}`,
    'Reading the ledger',
  );

/** Rows of the ledger as {@link gapOf} reads them. */
export const gapColumns = sql`gap.*, market.ticker from gap_records as gap left join markets as market on market.id = market_id`;

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
  ...(row['ticker'] !== null && { market: textOf(row, 'ticker') }),
});
