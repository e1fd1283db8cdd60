// Records that have a row each, numbered by us: frames kept as text, and facts.
import { sql, type SQL } from 'drizzle-orm';
import { days, holds, ofMarkets, overlap, withinStretch, type Span, type Stretch } from '../stretch.ts';
import { factOfEntry, storedData } from '../../batch/fact-entry.ts';
import type { FactKind } from '../../batch/fact-fields.ts';
import type { Row } from '../../database/engines/engine.ts';
import { texts } from '../../database/array-parameters.ts';
import { moment } from '../../database/moment.ts';
import type { FactRecord, RawRecord, SessionId } from '../../records.ts';
import { numberOf, textOf, timeOf } from '../../database/rows.ts';
import type { Read } from '../read.ts';

const pageRows = 1000;

type Loose = Pick<Stretch, 'session' | 'span' | 'markets' | 'stored'>;

/** How the rows of one table, called `stored`, become records. */
export type OrdinalTable<T> = {
  readonly rows: SQL;
  /** Of the markets wanted. */
  readonly wanted: (of: Pick<Stretch, 'markets'>) => SQL;
  readonly doing: string;
  readonly recordOf: (row: Row) => T;
};

/** A stretch's records of such a table, by rising number. */
export async function* numberedPages<T extends { readonly receivedAtMs: number }>(
  read: Read,
  table: OrdinalTable<T>,
  stretch: Stretch,
): AsyncGenerator<readonly T[]> {
  for (let [seq, ordinal] = [-Infinity, -1]; ;) {
    const after =
      seq === -Infinity ? sql`` : sql`and (stored.seq, stored.ordinal) > (${seq}::bigint, ${ordinal}::bigint)`;
    const condition = sql`${withinStretch('stored', stretch)} and stored.seq is not null ${after}`;
    const rows = await page(read, table, stretch, condition, sql`seq, ordinal`);
    if (rows.length === 0) return;
    seq = numberOf(rows.at(-1)!, 'seq');
    ordinal = numberOf(rows.at(-1)!, 'ordinal');
    yield rows.map(table.recordOf).filter(({ receivedAtMs }) => holds(stretch.span, receivedAtMs));
    if (rows.length < pageRows) return;
  }
}

/** A session's records of such a table that have no place among the numbers of a subscription, in order of arrival. */
export async function* loosePages<T extends { readonly receivedAtMs: number }>(
  read: Read,
  table: OrdinalTable<T>,
  of: Loose,
): AsyncGenerator<readonly T[]> {
  const { session, span, stored } = of;
  for (let ordinal = -1; ;) {
    const condition = sql`
      ${inTime(session, overlap(span, stored))} and (stored.sid is null or stored.seq is null)
      and stored.ordinal > ${ordinal}::bigint`;
    const rows = await page(read, table, of, condition, sql`ordinal`);
    if (rows.length === 0) return;
    ordinal = numberOf(rows.at(-1)!, 'ordinal');
    yield rows.map(table.recordOf).filter(({ receivedAtMs }) => holds(span, receivedAtMs));
    if (rows.length < pageRows) return;
  }
}

const inTime = (session: SessionId, span: Span): SQL => {
  const { fromMs, toMs } = days(span);
  return sql`
    stored.session_id = ${session}::uuid
    and stored.received_at >= ${moment(fromMs)} and stored.received_at < ${moment(toMs)}`;
};

const page = async (
  read: Read,
  { rows, wanted, doing }: OrdinalTable<unknown>,
  of: Pick<Stretch, 'markets'>,
  condition: SQL,
  order: SQL,
): Promise<readonly Row[]> =>
  read(sql`${rows} where ${condition} ${wanted(of)} order by ${order} limit ${sql.raw(String(pageRows))}`, doing);

const numberOrNull = (row: Row, column: string) => (row[column] === null ? null : numberOf(row, column));

export const rawTable: OrdinalTable<RawRecord> = {
  rows: sql`select * from raw_frames as stored`,
  wanted: () => sql``,
  doing: 'Reading frames kept as text',
  recordOf: (row) => ({
    kind: 'raw',
    epoch: numberOf(row, 'epoch'),
    sid: numberOrNull(row, 'sid'),
    seq: numberOrNull(row, 'seq'),
    receivedAtMs: timeOf(row, 'received_at'),
    text: row['escaped'] === true ? (JSON.parse(textOf(row, 'text')) as string) : textOf(row, 'text'),
  }),
};

/** The row of a fact, as {@link factOf} reads it, from the table called `stored`. */
export const factRows = sql`
  select stored.ordinal, stored.kind, stored.epoch, stored.sid, stored.seq, market.ticker, stored.exchange_at, stored.received_at,
    stored.data::text as data
  from fact_records as stored left join markets as market on market.id = stored.market_id`;

export const factOf = (row: Row): FactRecord =>
  factOfEntry({
    ordinal: numberOf(row, 'ordinal'),
    kind: textOf(row, 'kind') as FactKind,
    epoch: numberOf(row, 'epoch'),
    sid: numberOrNull(row, 'sid'),
    seq: numberOrNull(row, 'seq'),
    market: row['ticker'] === null ? null : textOf(row, 'ticker'),
    exchangeAtMs: row['exchange_at'] === null ? null : timeOf(row, 'exchange_at'),
    receivedAtMs: timeOf(row, 'received_at'),
    data: storedData(textOf(row, 'data')),
  });

/** @param kinds only these; `null`: all */
export const factTable = (kinds: readonly FactKind[] | null = null): OrdinalTable<FactRecord> => ({
  rows: factRows,
  wanted: (of) => sql`
    ${kinds === null ? sql`` : sql`and stored.kind = any(${texts(kinds)})`}
    ${ofMarkets(of, (ids) => sql`(stored.market_id is null or stored.market_id = any(${ids}))`)}`,
  doing: 'Reading facts',
  recordOf: factOf,
});
