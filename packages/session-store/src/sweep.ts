import type { SessionStoreError } from './errors.ts';
import type { Engine, Run } from './io/engine.ts';
import { reclaimNextActive, reclaimNextOrphan, type OrphanSearch } from './queries/orphans.ts';
import type { SessionId } from './records.ts';

/** Sessions that one sweep closes; the next one goes on. */
const maxPerSweep = 100;

/** Counting a session of months takes a while, and nobody waits for it. */
const sweepTimeoutMs = 60_000;

/**
 * Closes sessions whose owner let the lease run out, each in a transaction of its own.
 *
 * @param alive asked before each: sessions that the caller owns itself, whatever kept it from renewing them
 * @returns which were closed
 * @throws {SessionStoreError} why the database failed; what was closed before stays closed
 */
export async function sweepOrphans(
  engine: Engine,
  leaseMs: number,
  alive: () => readonly SessionId[],
): Promise<readonly SessionId[]> {
  const search = (recount: boolean): OrphanSearch => ({ leaseMs, alive: alive(), recount });
  return reclaimUntilNone(engine, async (run, recount) => reclaimNextOrphan(run, search(recount)));
}

/** Closes every active session: the caller's lock on the database proves that no owner lives. @throws as `sweepOrphans` */
export async function sweepAll(engine: Engine): Promise<void> {
  while ((await reclaimUntilNone(engine, async (run, recount) => reclaimNextActive(run, { recount }))).length > 0);
}

type ReclaimNext = (run: Run, recount: boolean) => Promise<SessionId | null>;

async function reclaimUntilNone(engine: Engine, next: ReclaimNext): Promise<readonly SessionId[]> {
  const reclaimed: SessionId[] = [];
  while (reclaimed.length < maxPerSweep) {
    const id = await reclaimOne(engine, next);
    if (id === null) break;
    reclaimed.push(id);
  }
  return reclaimed;
}

/** An orphan that cannot be counted in time is closed all the same: better counters that nobody checked than an orphan. */
async function reclaimOne(engine: Engine, next: ReclaimNext): Promise<SessionId | null> {
  const options = { doing: 'Closing an orphaned session', lane: 'background', timeoutMs: sweepTimeoutMs } as const;
  try {
    return await engine.transact(async (run) => next(run, true), options);
  } catch (cause) {
    if ((cause as SessionStoreError).code !== 'QUERY_TIMEOUT') throw cause;
    return engine.transact(async (run) => next(run, false), options);
  }
}
