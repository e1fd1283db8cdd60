// The large tables' partitions, one per day or week, as the database knows them. An operator may have made wider ones by hand:
// bounds are read from the catalogue, never guessed from names.
import { sql, type SQL } from 'drizzle-orm';
import { lockOf } from '../database/advisory-lock.ts';
import { dayMs, dayOf } from '../database/day.ts';
import type { Query, Row, Run } from '../database/engines/engine.ts';
import { numberOf, textOf } from '../database/rows.ts';

/** What a batch is written to, in that order. */
export const recordTables = ['delta_chunks', 'snapshot_records', 'trade_chunks', 'raw_frames', 'fact_records'] as const;

/** And what compaction makes of it. */
export const partitionedTables = [...recordTables, 'market_chunks', 'keyframes'] as const;
export type PartitionedTable = (typeof partitionedTables)[number];

/** It holds the rows whose `received_at` is at or after `fromMs` and before `untilMs`. */
export type Partition = {
  readonly table: PartitionedTable;
  /** As SQL: quoted, and with its schema if it needs one. */
  readonly name: string;
  readonly fromMs: number;
  readonly untilMs: number;
};

/** What lies at a time that has no partition. */
export const defaultPartitionOf = (table: PartitionedTable): SQL => sql.raw(`${table}_default`);

/** Any number will do, as long as nothing else in the database locks it. */
const advisoryLock = 7_402_118_656;

/**
 * Attaching and dropping wait for those who read the whole table, and whoever comes meanwhile waits behind them; so they
 * give up soon. There is always another try, or the default partition. (To wait for one's turn holds up nobody.)
 */
const lockTimeoutMs = 2000;

/** Within this many days of today a partition is made however many there are. */
const nearDays = 3;

/** For a transaction that changes partitions: one at a time in the whole database, and none that waits for long. */
export async function beginPartitioning(run: Run): Promise<void> {
  await run(sql`select pg_advisory_xact_lock(${lockOf(advisoryLock)})`);
  await run(sql`select set_config('lock_timeout', ${String(lockTimeoutMs)}, true)`);
}

export async function listPartitions(run: (query: Query) => Promise<readonly Row[]>): Promise<readonly Partition[]> {
  const rows = await run(sql`
    select
      parent.relname::text as "table",
      child.oid::regclass::text as name,
      (extract(epoch from bounds[1]::timestamptz) * 1000)::bigint as from_ms,
      (extract(epoch from bounds[2]::timestamptz) * 1000)::bigint as until_ms
    from unnest(${`{${partitionedTables.join()}}`}::text::text[]) as mine (name)
    join pg_class as parent on parent.oid = to_regclass(mine.name)
    join pg_inherits as inherits on inherits.inhparent = parent.oid
    join pg_class as child on child.oid = inherits.inhrelid
    cross join lateral regexp_match(
      pg_get_expr(child.relpartbound, child.oid), 'FROM \\(''([^'']+)''\\) TO \\(''([^'']+)''\\)'
    ) as bounds
    where bounds is not null
    order by until_ms, array_position(${`{${partitionedTables.join()}}`}::text::text[], parent.relname::text)`);
  return rows.map((row) => ({
    table: textOf(row, 'table') as PartitionedTable,
    name: textOf(row, 'name'),
    fromMs: numberOf(row, 'from_ms'),
    untilMs: numberOf(row, 'until_ms'),
  }));
}

/** The database's clock. */
export async function databaseNowMs(run: Run): Promise<number> {
  const [row] = await run(sql`select (extract(epoch from now()) * 1000)::bigint as now_ms`);
  return numberOf(row!, 'now_ms');
}

/**
 * Gives each table a partition for each of `days` that has none, unless there are `most` already and the day is not near
 * today, or the default partition holds some of the day: then that is where the rest of it goes too. It is a week's, from Monday
 * on, if `wide` and nothing of the week lies elsewhere.
 */
export async function createPartitions(
  run: Run,
  days: readonly number[],
  { most, wide }: { readonly most: number; readonly wide: boolean },
): Promise<void> {
  await beginPartitioning(run);
  const there = await listPartitions(run);
  const today = dayOf(await databaseNowMs(run));
  for (const table of partitionedTables) {
    const mine: Bounds[] = there.filter((partition) => partition.table === table);
    const isFree = async ({ fromMs, untilMs }: Bounds) => {
      if (mine.some((partition) => partition.fromMs < untilMs && fromMs < partition.untilMs)) return false;
      const [elsewhere] = await run(sql`
        select from ${defaultPartitionOf(table)}
        where received_at >= ${literal(fromMs)} and received_at < ${literal(untilMs)} limit 1`);
      return !elsewhere;
    };
    for (const day of days) {
      const ofDay = { fromMs: day * dayMs, untilMs: (day + 1) * dayMs };
      if (mine.length >= most && Math.abs(day - today) > nearDays) continue;
      if (!(await isFree(ofDay))) continue;
      const bounds = wide && (await isFree(weekOf(day))) ? weekOf(day) : ofDay;
      await attach(run, table, bounds);
      mine.push(bounds);
    }
  }
}

type Bounds = { readonly fromMs: number; readonly untilMs: number };

/** From Monday on. */
export function weekOf(day: number): Bounds {
  // 1970-01-01 was a Thursday.
  const monday = day - ((((day + 3) % 7) + 7) % 7);
  return { fromMs: monday * dayMs, untilMs: (monday + 7) * dayMs };
}

const literal = (ms: number): SQL => sql.raw(`'${new Date(ms).toISOString()}'`);

async function attach(run: Run, table: PartitionedTable, { fromMs, untilMs }: Bounds): Promise<void> {
  const name = sql.raw(`${table}_${new Date(fromMs).toISOString().slice(0, 10).replaceAll('-', '')}`);
  // Made apart and attached, because `create table … partition of` would lock out everybody who reads or writes.
  await run(sql`
    create table ${name} (like ${sql.raw(table)} including constraints including storage including compression)`);
  await run(sql`
    alter table ${sql.raw(table)} attach partition ${name} for values from (${literal(fromMs)}) to (${literal(untilMs)})`);
}
