import { sql, type SQL } from 'drizzle-orm';
import type { Row } from '../../database/engines/engine.ts';
import { bigints, integers } from '../../database/array-parameters.ts';
import { dayMs } from '../../database/day.ts';
import { moment } from '../../database/moment.ts';
import { numberOf, timeOf } from '../../database/rows.ts';
import type { Read } from '../read.ts';
import { ofMarkets, withinStretch, type Stretch } from '../stretch.ts';

/** One chunk of either level, without its columns. */
export type ChunkKey = {
  /** `null`: a fresh one, of all markets. */
  readonly marketId: number | null;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly records: number;
  readonly receivedAtMs: number;
};

export type ChunkList = {
  /** By first number. */
  readonly keys: readonly ChunkKey[];
  /** What is not in the list begins at this number or later; `null`: the list is complete. */
  readonly nextFirstSeq: number | null;
};

/**
 * The chunks that hold anything of a stretch after a number, at one moment: a delta is in one chunk then, of one level.
 *
 * @param most keys in the list; chunks of one first number are all in it or none
 */
export async function listChunks(read: Read, stretch: Stretch, after: number, most: number): Promise<ChunkList> {
  const condition = sql`${withinStretch('chunk', stretch)} ${behind(after)} ${arrivedIn(stretch)}`;
  const rows = await read(
    sql`
      select null::integer as market_id, first_seq, last_seq, records, received_at from delta_chunks as chunk
      where ${condition} ${ofMarkets(stretch, (ids) => sql`market_ids && ${ids}`)}
      union all
      select market_id, first_seq, last_seq, records, received_at from market_chunks as chunk
      where ${condition} ${ofMarkets(stretch, (ids) => sql`market_id = any(${ids})`)}
      order by first_seq
      fetch first ${sql.raw(String(most + 1))} rows with ties`,
    'Looking for deltas',
  );
  const keys = rows.map((row): ChunkKey => ({
    marketId: row['market_id'] === null ? null : numberOf(row, 'market_id'),
    firstSeq: numberOf(row, 'first_seq'),
    lastSeq: numberOf(row, 'last_seq'),
    records: numberOf(row, 'records'),
    receivedAtMs: timeOf(row, 'received_at'),
  }));
  const nextFirstSeq = keys[most]?.firstSeq ?? null;
  if (nextFirstSeq === null || nextFirstSeq === keys[0]!.firstSeq) return { keys, nextFirstSeq: null };
  return { keys: keys.filter(({ firstSeq }) => firstSeq < nextFirstSeq), nextFirstSeq };
}

/** @returns the rows of these chunks as `deltaChunkOf` reads them; `null` when one of them was rewritten meanwhile */
export async function fetchChunks(
  read: Read,
  stretch: Stretch,
  keys: readonly ChunkKey[],
): Promise<readonly Row[] | null> {
  const fresh = keys.filter(({ marketId }) => marketId === null);
  const ofMarket = keys.filter(({ marketId }) => marketId !== null);
  const selects: SQL[] = [];
  if (fresh.length > 0) {
    selects.push(sql`
      select ${columns}, null::integer as market_id, market_ids::text as market_ids from delta_chunks as chunk
      where ${withinStretch('chunk', { ...stretch, stored: daysOf(fresh) })} and first_seq = any(${firstSeqs(fresh)})`);
  }
  if (ofMarket.length > 0) {
    selects.push(sql`
      select ${columns}, market_id, null as market_ids from market_chunks as chunk
      where ${withinStretch('chunk', { ...stretch, stored: daysOf(ofMarket) })}
        and (market_id, first_seq) in (
          select * from unnest(${integers(ofMarket.map(({ marketId }) => marketId))}, ${firstSeqs(ofMarket)})
        )`);
  }
  const rows = await read(sql.join(selects, sql` union all `), 'Reading deltas');
  const found = new Set(rows.map((row) => nameOf(row['market_id'], row['first_seq'], row['last_seq'])));
  const isThere = ({ marketId, firstSeq, lastSeq }: ChunkKey) => found.has(nameOf(marketId, firstSeq, lastSeq));
  return rows.length === keys.length && keys.every(isThere) ? rows : null;
}

const columns = sql`
  epoch, sid, first_seq, last_seq, records, received_at, skipped::text as skipped, yes::text as yes,
  prices::text as prices, deltas::text as deltas, received_offsets::text as received_offsets, delays::text as delays,
  micros::text as micros`;

const nameOf = (marketId: unknown, firstSeq: unknown, lastSeq: unknown) =>
  `${String(marketId)} ${String(firstSeq)} ${String(lastSeq)}`;

const firstSeqs = (keys: readonly ChunkKey[]) => bigints(keys.map(({ firstSeq }) => firstSeq));

const behind = (after: number) => (after === -Infinity ? sql`` : sql`and last_seq > ${after}::bigint`);

const daysOf = (keys: readonly ChunkKey[]) => ({
  fromMs: Math.min(...keys.map(({ receivedAtMs }) => receivedAtMs)),
  toMs: Math.max(...keys.map(({ receivedAtMs }) => receivedAtMs)) + 1,
});

/**
 * Looks into the one column of arrivals, so that the others of a day's chunks need not be sent for an hour of it. A chunk ends with its
 * day, so that nothing has to be looked at for whole days.
 */
function arrivedIn({ span: { fromMs, toMs } }: Stretch): SQL {
  const beginsADay = (ms: number) => !Number.isFinite(ms) || ms % dayMs === 0;
  const bounds = [
    beginsADay(fromMs) ? null : sql`received_at + arrival.after * interval '1 millisecond' >= ${moment(fromMs)}`,
    beginsADay(toMs) ? null : sql`received_at + arrival.after * interval '1 millisecond' < ${moment(toMs)}`,
  ].filter((bound) => bound !== null);
  if (bounds.length === 0) return sql``;
  return sql`and exists (select from unnest(received_offsets) as arrival (after) where ${sql.join(bounds, sql` and `)})`;
}
