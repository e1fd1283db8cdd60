import type { SessionStoreError } from '../errors.ts';
import type { Engine, Run } from '../database/engines/engine.ts';
import { reclaimNextActive, reclaimNextOrphan, type Reclaiming } from './close-next-orphan.ts';
import type { SessionId } from '../records.ts';

/** Sessions that one sweep closes; the next one goes on. */
const maxPerSweep = 100;

/** Counting a session of months takes a while, and nobody waits for it. */
const sweepTimeoutMs = 60_000;

/**
 * Closes sessions whose owner let the lease run out, each in a transaction of its own. One that cannot be closed keeps none of
 * the others from it.
 *
 * @param alive asked before each: sessions that the caller owns itself, whatever kept it from renewing them
 * @returns which were closed
 * @throws {SessionStoreError} why the database failed, or why the first that could not be closed was not; what was closed stays
 *   closed
 */
export async function sweepOrphans(
  engine: Engine,
  leaseMs: number,
  alive: () => readonly SessionId[],
): Promise<readonly SessionId[]> {
  const { reclaimed, failure } = await reclaimUntilNone(engine, maxPerSweep, async (run, step) =>
    reclaimNextOrphan(run, { leaseMs, alive: alive() }, step),
  );
  if (failure) throw failure;
  return reclaimed;
}

/**
 * Closes every active session: the caller's lock on the database proves that no owner lives. One that cannot be closed is left to
 * the sweeps to come, which say why.
 *
 * @throws {SessionStoreError} why the database failed
 */
export async function sweepAll(engine: Engine): Promise<void> {
  await reclaimUntilNone(engine, Infinity, reclaimNextActive);
}

type ReclaimNext = (run: Run, step: Reclaiming) => Promise<SessionId | null>;

type Swept = { readonly reclaimed: readonly SessionId[]; readonly failure: SessionStoreError | null };

async function reclaimUntilNone(engine: Engine, most: number, next: ReclaimNext): Promise<Swept> {
  const reclaimed: SessionId[] = [];
  const stuck: SessionId[] = [];
  let failure: SessionStoreError | null = null;
  while (reclaimed.length < most) {
    let found: SessionId | null = null;
    try {
      const id = await reclaimOne(engine, next, stuck, (each) => (found = each));
      if (id === null) break;
      reclaimed.push(id);
    } catch (cause) {
      const error = cause as SessionStoreError;
      // Without a session it is the database's failure, and it is no session's that nobody answers.
      if (found === null || error.code.startsWith('DATABASE_') || error.code === 'STORE_CLOSED') throw error;
      stuck.push(found);
      failure ??= error;
    }
  }
  return { reclaimed, failure };
}

/** An orphan that cannot be counted in time is closed all the same: better counters that nobody checked than an orphan. */
async function reclaimOne(
  engine: Engine,
  next: ReclaimNext,
  stuck: readonly SessionId[],
  onFound: (id: SessionId) => void,
): Promise<SessionId | null> {
  const options = { doing: 'Closing an orphaned session', lane: 'background', timeoutMs: sweepTimeoutMs } as const;
  try {
    return await engine.transact(async (run) => next(run, { recount: true, stuck, onFound }), options);
  } catch (cause) {
    if ((cause as SessionStoreError).code !== 'QUERY_TIMEOUT') throw cause;
    return engine.transact(async (run) => next(run, { recount: false, stuck, onFound }), options);
  }
}
