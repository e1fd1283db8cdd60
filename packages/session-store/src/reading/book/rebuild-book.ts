import { sql, type SQL } from 'drizzle-orm';
import { BookFold } from '../../batch/book-fold.ts';
import { brokenFromMs, type BookPlace } from './holes.ts';
import { parseBooleans, parseIntegers } from '../pages/parse-columns.ts';
import { moment } from '../../database/moment.ts';
import type { GapRecord, SessionId, StoredLevel } from '../../records.ts';
import { numberOf, textOf, timeOf } from '../../database/rows.ts';
import { damagedChunk, refuseDamage } from '../damage.ts';
import type { Read } from '../read.ts';
import { levelColumns, levelsOf } from '../pages/snapshot-pages.ts';
import { days } from '../stretch.ts';

/** Where a book was rebuilt from. */
export interface BookBase extends BookPlace {
  /** As it was recorded, or computed by the store from one that was. */
  readonly kind: 'snapshot' | 'keyframe';
  readonly session: SessionId;
  readonly recorder: string;
}

type Folded = {
  readonly yes: readonly StoredLevel[];
  readonly no: readonly StoredLevel[];
  readonly lastSeq: number;
  readonly lastReceivedAtMs: number;
};

/**
 * The base and the changes after it that had arrived by then. A level's size is the sum of its changes, so they need no order,
 * and only what decides whether a delta belongs there is read besides its change.
 *
 * @returns `null` when the base has been dropped meanwhile
 */
export async function rebuildBook(
  read: Read,
  id: number,
  base: BookBase,
  atMs: number,
  gap: GapRecord | null,
): Promise<Folded | null> {
  const table = sql.raw(base.kind === 'snapshot' ? 'snapshot_records' : 'keyframes');
  const untilMs = gap ? Math.min(atMs, brokenFromMs(gap, base)) : atMs;
  const untilSeq = gap && gap.sid !== null && gap.firstSeq !== null ? gap.firstSeq - 1 : Infinity;
  const { fromMs } = days({ fromMs: base.receivedAtMs, toMs: base.receivedAtMs });
  const ofStream = (row: string) => sql`
    ${sql.raw(row)}.session_id = ${base.session}::uuid and ${sql.raw(row)}.epoch = ${base.epoch}::integer
    and ${sql.raw(row)}.sid = ${base.sid}::bigint`;
  // From the chunk that holds the base's number, which is the last one to begin at or before it, to the last one that begins
  // by then: not to the end of the day.
  const between = (table: string, ofMarket: SQL) => sql`
    ${ofStream('chunk')} ${ofMarket} and chunk.last_seq > ${base.seq}::bigint
    and chunk.received_at >= ${moment(fromMs)} and chunk.received_at <= ${moment(untilMs)}
    and chunk.first_seq >= coalesce((
      select max(first_seq) from ${sql.raw(table)} as chunk
      where ${ofStream('chunk')} ${ofMarket} and chunk.first_seq <= ${base.seq}::bigint
        and chunk.received_at >= ${moment(fromMs)} and chunk.received_at <= ${moment(untilMs)}
    ), ${base.seq}::bigint)`;
  const columns = sql`
    epoch, sid, first_seq, records, received_at, skipped::text as skipped, yes::text as yes,
    prices::text as prices, deltas::text as deltas, received_offsets::text as received_offsets`;
  const [[levels], chunks] = await Promise.all([
    read(
      sql`
        select ${levelColumns} from ${table} as record
        where ${ofStream('record')} and record.market_id = ${id}::integer and record.seq = ${base.seq}::bigint
          and record.received_at = ${moment(base.receivedAtMs)}`,
      'Reading a book',
    ),
    // One statement, so that a delta that is being rewritten is in one of the two.
    read(
      sql`
        select ${columns}, market_ids::text as market_ids from delta_chunks as chunk
        where ${between('delta_chunks', sql``)} and market_ids && array[${id}::integer]
        union all
        select ${columns}, null from market_chunks as chunk
        where ${between('market_chunks', sql`and chunk.market_id = ${id}::integer`)}`,
      'Reading the changes of a book',
    ),
  ]);
  if (!levels) return null;
  const book = new BookFold();
  book.set(levelsOf(levels, 'yes'), levelsOf(levels, 'no'));
  const last = { lastSeq: base.seq, lastReceivedAtMs: base.receivedAtMs };
  for (const row of chunks) {
    const length = numberOf(row, 'records');
    const skipped = parseIntegers(textOf(row, 'skipped'), length);
    const marketIds = row['market_ids'] === null ? null : parseIntegers(textOf(row, 'market_ids'), length);
    const yes = parseBooleans(textOf(row, 'yes'), length);
    const prices = parseIntegers(textOf(row, 'prices'), length);
    const changes = parseIntegers(textOf(row, 'deltas'), length);
    const offsets = parseIntegers(textOf(row, 'received_offsets'), length);
    if (!(skipped && yes && prices && changes && offsets)) return refuseDamage(damagedChunk('deltas', row));
    const firstSeq = numberOf(row, 'first_seq');
    const receivedAtMs = timeOf(row, 'received_at');
    for (let index = 0; index < length; index++) {
      if (marketIds !== null && marketIds[index] !== id) continue;
      const seq = firstSeq + index + skipped[index]!;
      const at = receivedAtMs + offsets[index]!;
      if (seq <= base.seq || seq > untilSeq || at > untilMs) continue;
      book.change(yes[index] === 1 ? 'yes' : 'no', prices[index]!, changes[index]!);
      if (seq > last.lastSeq) Object.assign(last, { lastSeq: seq, lastReceivedAtMs: at });
    }
  }
  return { yes: book.levels('yes'), no: book.levels('no'), ...last };
}
