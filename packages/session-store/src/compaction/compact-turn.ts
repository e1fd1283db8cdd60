import { sql } from 'drizzle-orm';
import type { Run } from '../database/engines/engine.ts';
import { partitionedTables } from '../partitions/create-partitions.ts';

/** Any number will do, as long as nothing else in the database locks it. */
const advisoryLock = 7_402_118_658;

/** What a step reads or writes of what is partitioned. */
const tables = partitionedTables.filter((table) => table !== 'trade_chunks' && table !== 'raw_frames');

/**
 * One transaction at a time compacts, in the whole database: two would take the same chunks.
 *
 * @param wait for the others to finish, instead of leaving it to them
 * @returns whether it is the caller's turn, until its transaction ends
 */
export async function takeTurn(run: Run, wait: boolean): Promise<boolean> {
  // A step sorts some ten megabytes; and compiling its statements would take longer than running them. The planner knows little
  // of a partition that is being filled, and takes ten thousand rows for one: what it would then join in loops, each row with
  // all of the others, takes minutes. Where a loop is meant, the statements say so.
  await run(sql`
    select set_config('work_mem', '32MB', true), set_config('jit', 'off', true), set_config('enable_nestloop', 'off', true)`);
  if (wait) {
    await run(sql`select pg_advisory_xact_lock(${advisoryLock}::bigint)`);
  } else {
    const [turn] = await run(sql`select pg_try_advisory_xact_lock(${advisoryLock}::bigint) as mine`);
    if (turn?.['mine'] !== true) return false;
  }
  // In the order in which partitions are made: a step that met the tables in another one could deadlock with that.
  await run(sql.raw(`lock table ${tables.join(', ')} in access share mode`));
  return true;
}
