import { sql } from 'drizzle-orm';
import { lockOf } from '../database/advisory-lock.ts';
import type { Run } from '../database/engines/engine.ts';

/** Any number will do, as long as nothing else in the database locks it. */
const advisoryLock = 7_402_118_658;

/**
 * One transaction at a time compacts, in the whole database: two would take the same chunks.
 *
 * @param wait for the others to finish, instead of leaving it to them
 * @returns whether it is the caller's turn, until its transaction ends
 */
export async function takeTurn(run: Run, wait: boolean): Promise<boolean> {
  // A step sorts some ten megabytes; and compiling its statements would take longer than running them.
  await run(sql`select set_config('work_mem', '32MB', true), set_config('jit', 'off', true)`);
  if (wait) {
    await run(sql`select pg_advisory_xact_lock(${lockOf(advisoryLock)})`);
    return true;
  }
  const [turn] = await run(sql`select pg_try_advisory_xact_lock(${lockOf(advisoryLock)}) as mine`);
  return turn?.['mine'] === true;
}
