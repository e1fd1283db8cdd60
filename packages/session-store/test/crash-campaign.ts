// Kills a recording process at seeded instants, again and again, does all else that can be done to it, its disk and its
// database, and asks that afterwards. By itself: `pnpm --filter @trader/session-store crash [kills] [seed]`. A short one is part
// of the tests.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom, startPostgres, temporaryFolder } from '@trader/testkit';
import { createSessionStore } from '../src/index.ts';
import { faults } from './crash-faults.ts';
import { powerCuts } from './crash-power.ts';
import { failuresOf, pause, table, type FaultResult } from './crash-result.ts';
import { finishRecovery } from './finish-recovery.ts';
import { newWitness, startCrashWriter, type Witness } from './crash-writer.ts';
import { judge } from './laws.ts';
import { watchOwners } from './owner-watch.ts';

export type CampaignResult = FaultResult & {
  readonly witness: Witness;
  /** From the kill until the session had no owner any more, in ms, where the same recorder was started again at once. */
  readonly restartMs: readonly number[];
  /** The same where nobody was started: another process's sweep, after the lease. */
  readonly sweepMs: readonly number[];
};

const lease = { durationMs: 1000, renewalsPerLease: 3, sweepEveryMs: 200 };
const spoolTuning = { durableWithinMs: 20 };
// As often as it can be, so that kills find it at work.
const compaction = { afterMs: 0, everyMs: 50, targetRecords: 500 };

/** One recorder, one spool, one database; `kills` processes one after the other, each killed at an instant of its own. */
export async function crashCampaign(kills: number, seed: number): Promise<CampaignResult> {
  await using server = await startPostgres();
  using folder = temporaryFolder('crash-campaign-');
  const random = seededRandom(seed);
  const url = await server.createDatabase();
  await watchOwners(url);
  const options = { url, lease, compaction, spool: { ...spoolTuning, dir: join(folder.path, 'spool') } };
  const witness = newWitness();
  const restartMs: number[] = [];
  const sweepMs: number[] = [];
  // Looks on, and sweeps once, at its start.
  const bystander = await createSessionStore({ url, lease: { ...lease, sweepEveryMs: 86_400_000 } });
  const gone = async (id: string) =>
    (await bystander.query(`select 1 from sessions where id = $1 and status = 'active'`, [id])).length === 0;

  const watches: Promise<void>[] = [];
  const watch = async (id: string, killedAtMs: number, into: number[]) => {
    while (!(await gone(id))) await pause(10);
    into.push(performance.now() - killedAtMs);
  };
  for (let kill = 1; kill <= kills; kill++) {
    const writer = startCrashWriter(options, 'crashing', seed * 100_000 + kill, witness);
    if (random() < 0.35) {
      // Opening, recovering and reclaiming are over soon: instants on the clock find those.
      await pause(random() * 700);
    } else {
      // And instants in its work: the n-th thing of a kind that it says, and a moment more.
      const what = ['store-open', 'open', 'durable', 'committed', 'closing', 'closed'][Math.floor(random() * 6)]!;
      const times = 1 + Math.floor(random() ** 2 * 4);
      for (let left = times; left > 0; left--) await Promise.race([writer.says(what).catch(() => null), pause(5000)]);
      await pause(random() ** 2 * 30);
    }
    const killed = writer.kill();
    const killedAtMs = performance.now();
    await killed;
    const id = writer.session();
    const isSwept = random() < 0.1;
    if (id !== null && !isSwept) watches.push(watch(id, killedAtMs, restartMs));
    if (id === null || !isSwept) continue;
    const sweeper = await createSessionStore({ url, lease });
    await watch(id, killedAtMs, sweepMs);
    await sweeper.close();
  }
  await finishRecovery(options);
  await Promise.all(watches);
  await bystander.close();
  const verdict = await judge(url, witness.promised);
  return { fault: 'writer killed (-9)', runs: kills, verdict, problems: witness.problems, witness, restartMs, sweepMs };
}

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((one, other) => one - other);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const [kills = 250, seed = 1] = process.argv.slice(2).map(Number);
  const startedAtMs = performance.now();
  const campaign = await crashCampaign(kills, seed);
  const results: FaultResult[] = [campaign];
  {
    await using server = await startPostgres();
    for await (const result of faults(server, Math.max(1, Math.round(kills / 70)), seed)) results.push(result);
  }
  if (process.platform === 'linux') results.push(await powerCuts(Math.max(3, Math.round(kills / 20)), seed));
  say(`seed ${seed}, ${Math.round((performance.now() - startedAtMs) / 1000)} s`);
  for (const line of table(results)) say(line);
  const { witness, restartMs, sweepMs } = campaign;
  const promised = [...witness.promised.values()].reduce(
    (sum, { deltas, trades, raw }) => sum + deltas + trades + raw,
    0,
  );
  say(`killed after it said: ${[...witness.killedAt].map(([said, count]) => `${said} ${count}`).join(', ')}`);
  say(`${promised} of the records of the killed writers were promised as durable`);
  say(
    `reclaimed after kill: by the restarted recorder p50 ${percentile(restartMs, 0.5)} ms, max ${percentile(restartMs, 1)} ms ` +
      `(${restartMs.length}); by another process's sweep p50 ${percentile(sweepMs, 0.5)} ms, max ${percentile(sweepMs, 1)} ms ` +
      `(${sweepMs.length}; lease ${lease.durationMs} ms, sweep every ${lease.sweepEveryMs} ms)`,
  );
  for (const { fault, problems } of results) for (const problem of problems) say(`problem, ${fault}: ${problem}`);
  const failures = results.reduce((sum, result) => sum + failuresOf(result), 0);
  say(failures === 0 ? 'every law held' : `${failures} laws broken`);
  process.exitCode = failures === 0 ? 0 : 1;
}
