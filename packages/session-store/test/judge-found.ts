import { createSessionStore, type SessionId, type SessionStoreOptions, type SpoolRecovery } from '../src/index.ts';
import type { Progress } from './crash-records.ts';
import { pause } from './crash-result.ts';
import { judgeStore, type Verdict } from './laws.ts';
import { listen } from './listen.ts';

/**
 * Opens an embedded store as it was found, and judges it once all that its spool had is in it.
 *
 * @param promised per session what was durable, at least
 * @returns with `written`, how many records the database alone would not have had
 */
export async function judgeFound(
  options: SessionStoreOptions,
  promised: ReadonlyMap<SessionId, Progress>,
): Promise<{ readonly verdict: Verdict; readonly problems: readonly string[]; readonly written: number }> {
  const problems: string[] = [];
  let written = 0;
  const onRecovery = (recovery: SpoolRecovery) => {
    written += recovery.written;
    if (recovery.outcome === 'set-aside') problems.push(`set aside: ${recovery.reason}`);
  };
  await using found = await createSessionStore({ ...options, on: listen({ onRecovery }) });
  const isBusy = async () =>
    (await found.query('select 1 from sessions where lease_until is not null')).length > 0 ||
    found.backlog().spooledRecords! > 0;
  for (const until = performance.now() + 60_000; (await isBusy()) && performance.now() < until;) await pause(20);
  return { verdict: await judgeStore(found, promised), problems, written };
}
