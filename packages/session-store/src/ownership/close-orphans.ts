import type { SessionStoreError } from '../errors.ts';
import type { Engine, Run } from '../database/engines/engine.ts';
import { closeNextActive, closeNextOrphan, type ClosingStep } from './close-next-orphan.ts';
import { mayBeCounting } from './reclaim-session.ts';
import type { SessionId } from '../records.ts';

/** Sessions that one call closes; the next one goes on. */
const maxAtOnce = 100;

/** Counting a session of months takes a while, and nobody waits for it. */
const closeTimeoutMs = 60_000;

/**
 * Closes sessions whose owner let the lease run out, each in a transaction of its own. One that cannot be closed keeps none of
 * the others from it.
 *
 * @param alive asked before each: sessions that the caller owns itself, whatever kept it from renewing them
 * @returns which were closed
 * @throws {SessionStoreError} why the database failed, or why the first that could not be closed was not; what was closed stays
 *   closed
 */
export async function closeOrphans(
  engine: Engine,
  leaseMs: number,
  alive: () => readonly SessionId[],
): Promise<readonly SessionId[]> {
  const { reclaimed, failure } = await closeUntilNone(engine, maxAtOnce, async (run, step) =>
    closeNextOrphan(run, { leaseMs, alive: alive() }, step),
  );
  if (failure) throw failure;
  return reclaimed;
}

/**
 * Closes every active session: the caller's lock on the database proves that no owner lives. One that cannot be closed is left to * the calls of `closeOrphans` to come, which say why.
 *
 * @throws {SessionStoreError} why the database failed
 */
export async function closeAllActive(engine: Engine): Promise<void> {
  await closeUntilNone(engine, Infinity, closeNextActive);
}

type CloseNext = (run: Run, step: ClosingStep) => Promise<SessionId | null>;

type Closed = { readonly reclaimed: readonly SessionId[]; readonly failure: SessionStoreError | null };

async function closeUntilNone(engine: Engine, most: number, next: CloseNext): Promise<Closed> {
  const reclaimed: SessionId[] = [];
  const stuck: SessionId[] = [];
  let failure: SessionStoreError | null = null;
  while (reclaimed.length < most) {
    let found: SessionId | null = null;
    try {
      const id = await closeOne(engine, next, stuck, (each) => (found = each));
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

/** An orphan that cannot be counted is closed all the same: better counters that nobody checked than an orphan. */
async function closeOne(
  engine: Engine,
  next: CloseNext,
  stuck: readonly SessionId[],
  onFound: (id: SessionId) => void,
): Promise<SessionId | null> {
  const options = { doing: 'Closing an orphaned session', lane: 'background', timeoutMs: closeTimeoutMs } as const;
  try {
    return await engine.transact(async (run) => next(run, { recount: true, stuck, onFound }), options);
  } catch (cause) {
    if (!mayBeCounting(cause as SessionStoreError)) throw cause;
    return engine.transact(async (run) => next(run, { recount: false, stuck, onFound }), options);
  }
}
