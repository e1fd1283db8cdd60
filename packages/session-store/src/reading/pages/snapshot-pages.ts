import { sql } from 'drizzle-orm';
import { parseIntegers } from './parse-columns.ts';
import type { Row } from '../../database/engines/engine.ts';
import type { SnapshotRecord, StoredLevel } from '../../records.ts';
import { numberOf, textOf, timeOf } from '../../database/rows.ts';
import type { Read } from '../read.ts';
import { holds, ofMarkets, withinStretch, type Stretch } from '../stretch.ts';

const pageRows = 200;

/** A stretch's snapshots by rising number. */
export async function* snapshotPages(read: Read, stretch: Stretch): AsyncGenerator<readonly SnapshotRecord[]> {
  for (let after = -Infinity; ;) {
    const rows = await read(
      sql`
        select record.epoch, record.sid, record.seq, market.ticker, record.received_at, ${levelColumns}
        from snapshot_records as record
        join markets as market on market.id = record.market_id
        where ${withinStretch('record', stretch)} ${after === -Infinity ? sql`` : sql`and record.seq > ${after}::bigint`}
          ${ofMarkets(stretch, (ids) => sql`record.market_id = any(${ids})`)}
        order by record.seq fetch first ${sql.raw(String(pageRows))} rows with ties`,
      'Reading snapshots',
    );
    if (rows.length === 0) return;
    after = numberOf(rows.at(-1)!, 'seq');
    yield rows.map(snapshotOf).filter(({ receivedAtMs }) => holds(stretch.span, receivedAtMs));
    if (rows.length < pageRows) return;
  }
}

/** The levels of a row called `record`, as {@link levelsOf} reads them. */
export const levelColumns = sql`
  record.yes_prices::text as yes_prices, record.yes_sizes::text as yes_sizes,
  record.no_prices::text as no_prices, record.no_sizes::text as no_sizes,
  cardinality(record.yes_prices) as yes_levels, cardinality(record.no_prices) as no_levels`;

/** Where prices and sizes are not of one number, which is damage, the side is empty. */
export function levelsOf(row: Row, side: 'yes' | 'no'): readonly StoredLevel[] {
  const length = numberOf(row, `${side}_levels`);
  const prices = parseIntegers(textOf(row, `${side}_prices`), length);
  const sizes = parseIntegers(textOf(row, `${side}_sizes`), length);
  return prices && sizes ? Array.from(prices, (price, index): StoredLevel => [price, sizes[index]!]) : [];
}

const snapshotOf = (row: Row): SnapshotRecord => ({
  kind: 'snapshot',
  epoch: numberOf(row, 'epoch'),
  sid: numberOf(row, 'sid'),
  seq: numberOf(row, 'seq'),
  market: textOf(row, 'ticker'),
  receivedAtMs: timeOf(row, 'received_at'),
  yes: levelsOf(row, 'yes'),
  no: levelsOf(row, 'no'),
});
