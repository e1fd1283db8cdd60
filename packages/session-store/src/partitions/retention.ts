import { sql, type SQL } from 'drizzle-orm';
import { dayMs, dayOf } from '../database/day.ts';
import type { Run } from '../database/engines/engine.ts';
import { moment } from '../database/moment.ts';
import {
  beginPartitioning,
  databaseNowMs,
  defaultPartitionOf,
  listPartitions,
  partitionedTables,
  type PartitionedTable,
} from './create-partitions.ts';
import { lieIn, type Days } from './session-days.ts';

/** Per table: the counter that its records are counted in, and how many a row holds; null where it holds none of its own. */
const counted: Readonly<Record<PartitionedTable, { readonly counter: SQL; readonly records: SQL } | null>> = {
  delta_chunks: { counter: sql.raw('deltas'), records: sql.raw('records') },
  snapshot_records: { counter: sql.raw('snapshots'), records: sql.raw('1') },
  trade_chunks: { counter: sql.raw('trades'), records: sql.raw('records') },
  raw_frames: { counter: sql.raw('raw'), records: sql.raw('1') },
  fact_records: { counter: sql.raw('facts'), records: sql.raw('1') },
  market_chunks: { counter: sql.raw('deltas'), records: sql.raw('records') },
  keyframes: null,
};

/**
 * Drops one partition all of whose records are older than `maxAgeMs` by the database's clock, the oldest first; when none is
 * left, deletes what is as old in the default partitions. What a session lost by it is entered in `expirations`. A partition
 * goes when its last record is that old, so its first ones are kept for up to a day, or a week, longer.
 *
 * @returns what was dropped, `null` when nothing is that old
 */
export async function dropExpired(run: Run, maxAgeMs: number): Promise<string | null> {
  await beginPartitioning(run);
  const cutoffMs = dayOf((await databaseNowMs(run)) - maxAgeMs) * dayMs;
  for (const { table, name, fromMs, untilMs } of await listPartitions(run)) {
    if (untilMs > cutoffMs) break;
    // A record that came after the counting would be dropped without being named. Whoever writes to other days goes on;
    // only the drop itself needs the whole table for a moment.
    await run(sql`lock table ${sql.raw(name)} in share mode`);
    await expire(run, table, sql.raw(name), { fromMs, untilMs });
    await run(sql`drop table ${sql.raw(name)}`);
    return name;
  }
  for (const table of partitionedTables) {
    const source = defaultPartitionOf(table);
    const [old] = await run(sql`select from ${source} where received_at < ${moment(cutoffMs)} limit 1`);
    if (!old) continue;
    await run(sql`lock table ${source} in share row exclusive mode`);
    await expire(run, table, sql`(select * from ${source} where received_at < ${moment(cutoffMs)})`, {
      fromMs: -Infinity,
      untilMs: cutoffMs,
    });
    await run(sql`delete from ${source} where received_at < ${moment(cutoffMs)}`);
    return `${table}_default`;
  }
  return null;
}

async function expire(run: Run, table: PartitionedTable, source: SQL, { fromMs, untilMs }: Days): Promise<void> {
  if (table === 'snapshot_records') await settleOpenGaps(run, source, fromMs);
  if (!counted[table]) return;
  const { counter, records } = counted[table];
  await run(sql`
    insert into expirations (session_id, expired_from, expired_before, expired_at, ${counter})
    select session_id, min(received_at), ${moment(untilMs)}, now(), sum(${records})
    from ${source} as expired
    group by session_id
    on conflict (session_id) do update set
      expired_from = least(expirations.expired_from, excluded.expired_from),
      expired_before = greatest(expirations.expired_before, excluded.expired_before),
      expired_at = excluded.expired_at,
      ${counter} = expirations.${counter} + excluded.${counter}`);
}

/** An open hole ends with a snapshot (see the view `gaps`), which is written down before that snapshot goes. */
async function settleOpenGaps(run: Run, source: SQL, fromMs: number): Promise<void> {
  await run(sql`
    update gap_records as gap
    set to_at = (
      select record.received_at
      from snapshot_records as record
      where record.session_id = gap.session_id and record.epoch > gap.epoch
        and (gap.market_id is null or gap.market_id = record.market_id)
        and ${lieIn({ fromMs, untilMs: Infinity })}
      order by record.epoch, record.sid, record.seq
      limit 1
    )
    where gap.to_at is null and gap.session_id in (select session_id from ${source} as expired)`);
}
