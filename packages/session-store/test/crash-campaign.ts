// Kills a recording process at seeded instants, again and again. A few kills are a part of the tests, many are a campaign.
import { join } from 'node:path';
import { seededRandom, temporaryFolder, type TestDatabases } from '@trader/testkit';
import { createSessionStore } from '../src/index.ts';
import { pause, type FaultResult } from './crash-result.ts';
import { newWitness, startCrashWriter, type Witness } from './crash-writer.ts';
import { finishRecovery } from './finish-recovery.ts';
import { judge } from './laws.ts';
import { watchOwners } from './owner-watch.ts';

export type CampaignResult = FaultResult & {
  readonly witness: Witness;
  /** From the kill until the session had no owner any more, in ms, where the same recorder was started again at once. */
  readonly restartMs: readonly number[];
  /** The same where nobody was started: another process's sweep, after the lease. */
  readonly sweepMs: readonly number[];
};

export const crashLease = { durationMs: 1000, renewalsPerLease: 3, sweepEveryMs: 200 };
const spoolTuning = { durableWithinMs: 20 };
// As often as it can be, so that kills find it at work.
const compaction = { afterMs: 0, everyMs: 50, targetRecords: 500 };

/**
 * One recorder, one spool, one database; `kills` processes one after the other, each killed at an instant of its own.
 *
 * @param onKill called after each, with its number
 */
export async function crashCampaign(
  server: TestDatabases,
  kills: number,
  seed: number,
  onKill: (kill: number) => void = () => undefined,
): Promise<CampaignResult> {
  using folder = temporaryFolder('crash-campaign-');
  const random = seededRandom(seed);
  const url = await server.createDatabase();
  await watchOwners(url);
  const options = { url, lease: crashLease, compaction, spool: { ...spoolTuning, dir: join(folder.path, 'spool') } };
  const witness = newWitness();
  const restartMs: number[] = [];
  const sweepMs: number[] = [];
  // Looks on, and sweeps once, at its start.
  const bystander = await createSessionStore({ url, lease: { ...crashLease, sweepEveryMs: 86_400_000 } });
  const gone = async (id: string) =>
    (await bystander.query(`select 1 from sessions where id = $1 and status = 'active'`, [id])).length === 0;

  const watches: Promise<void>[] = [];
  const watch = async (id: string, killedAtMs: number, into: number[]) => {
    while (!(await gone(id))) await pause(10);
    into.push(performance.now() - killedAtMs);
  };
  for (let kill = 1; kill <= kills; kill++) {
    const writer = startCrashWriter(options, 'crashing', seed * 100_000 + kill, witness);
    await writer.says('started');
    if (kill < kills && random() < 0.35) {
      // Opening, recovering and reclaiming are over soon: instants on the clock find those.
      await pause(random() * 400);
    } else {
      // And instants in its work: the n-th thing of a kind that it says, and a moment more. At the last one there are records.
      const kinds = ['store-open', 'open', 'durable', 'committed', 'closing', 'closed'];
      const what = kill === kills ? 'durable' : kinds[Math.floor(random() * kinds.length)]!;
      const times = 1 + Math.floor(random() ** 2 * 4);
      for (let left = times; left > 0; left--) await Promise.race([writer.says(what).catch(() => null), pause(5000)]);
      await pause(random() ** 2 * 30);
    }
    const killed = writer.kill();
    const killedAtMs = performance.now();
    await killed;
    onKill(kill);
    const id = writer.session();
    const isSwept = random() < 0.1;
    if (id !== null && !isSwept) watches.push(watch(id, killedAtMs, restartMs));
    if (id === null || !isSwept) continue;
    const sweeper = await createSessionStore({ url, lease: crashLease });
    await watch(id, killedAtMs, sweepMs);
    await sweeper.close();
  }
  await finishRecovery(options);
  await Promise.all(watches);
  await bystander.close();
  const verdict = await judge(url, witness.promised);
  return { fault: 'writer killed (-9)', runs: kills, verdict, problems: witness.problems, witness, restartMs, sweepMs };
}
