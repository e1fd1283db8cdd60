import type { GapEntry } from '../../batch/collector.ts';
import { enterGaps } from '../../batch/writing/name-lost.ts';
import type { Run } from '../../database/engines/engine.ts';
import { numberOf, textOf } from '../../database/rows.ts';
import { lockSession } from '../../ownership/lock-session.ts';
import type { SessionId } from '../../records.ts';

/**
 * Enters in the ledger of a session that is over what was set aside of it. Its batches count as seen from then on, so that
 * the same is not entered twice.
 */
export async function nameSetAside(
  run: Run,
  id: SessionId,
  gaps: readonly GapEntry[],
  throughBatch: number,
): Promise<void> {
  const session = await lockSession(run, id);
  if (!session || numberOf(session, 'last_batch') >= throughBatch) return;
  await enterGaps(run, { id, recorder: textOf(session, 'recorder') }, throughBatch, gaps);
}
