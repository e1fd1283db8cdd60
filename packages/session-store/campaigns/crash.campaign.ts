// Kills a recording process at seeded instants, again and again, does all else that can be done to it, its disk and its
// database, and asks the database afterwards, law by law.
import {
  campaignProgress,
  campaignRounds,
  SmallDisk,
  startPostgres,
  testSeed,
  type TestPostgres,
} from '@trader/testkit';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createSessionStore } from '../src/index.ts';
import { startChildOwner } from '../test/child-owner.ts';
import { crashCampaign, crashLease } from '../test/crash-campaign.ts';
import { failovers } from '../test/crash-failover.ts';
import { faultNames, playFault, runsOf } from '../test/crash-faults.ts';
import { fullDisks } from '../test/crash-full-disk.ts';
import { powerCuts } from '../test/crash-power.ts';
import { pause, table, type FaultResult } from '../test/crash-result.ts';
import { lawful } from '../test/laws.ts';

const kills = campaignRounds(14);
const seed = testSeed();
const say = (line: string) => void process.stdout.write(`${line}\n`);

const results: FaultResult[] = [];
let server: TestPostgres;
beforeAll(async () => void (server = await startPostgres()));
afterAll(async () => {
  await server?.stop();
  say(`seed ${seed}`);
  for (const line of table(results)) say(line);
});

/** Nothing was wrong, and it was looked for. */
const asItShould = { ...lawful, problems: [], hasRecords: true, hasBooks: true };
const judged = ({ verdict, problems }: FaultResult) => ({
  ...verdict,
  problems,
  hasRecords: verdict.records > 0,
  hasBooks: verdict.books > 0,
});

test(`${kills} kills of a writer break no law`, async () => {
  const [campaign, defaultsMs] = await Promise.all([
    crashCampaign(server, kills, seed, campaignProgress('kill', kills)),
    reclaimedAfterMs(),
  ]);
  results.push(campaign);
  sayMore(campaign, defaultsMs);
  expect(judged(campaign)).toMatchObject(asItShould);
});

test.each(faultNames)('%s: no law is broken', async (fault) => {
  const runs = runsOf(fault, kills);
  say(`${fault}: ${runs}`);
  const result = await playFault(server, fault, runs, seed, campaignProgress('run', runs));
  results.push(result);
  expect(judged(result)).toMatchObject(asItShould);
  expect(result.verdict.watchedWrites).toBeGreaterThan(0);
});

test('failovers to a synchronous standby: no law is broken', async () => {
  const rounds = Math.max(1, Math.round(kills / 25));
  say(`failovers: ${rounds}`);
  const result = await failovers(rounds, seed, campaignProgress('failover', rounds));
  results.push(result);
  expect(judged(result)).toMatchObject(asItShould);
  expect(result.verdict.watchedWrites).toBeGreaterThan(0);
});

test.runIf(process.platform === 'linux')('power cuts, of an embedded store: no law is broken', async () => {
  const cuts = Math.max(3, Math.round(kills / 20));
  say(`power cuts: ${cuts}`);
  const progress = campaignProgress('cut', cuts);
  let broughtIn = 0;
  // More of them where the database alone would have done: when a cut comes is a matter of how busy the machine is.
  for (let tries = 0; broughtIn === 0; tries++) {
    const result = await powerCuts(inject('prepared').embedded.migrated, cuts, seed + tries, progress);
    results.push(result);
    expect(judged(result)).toMatchObject(asItShould);
    expect(tries, 'cuts of which none found anything in the spool').toBeLessThan(10);
    broughtIn = result.broughtIn;
  }
});

const noDisk = SmallDisk.refusal();

test.skipIf(noDisk)(
  `full disks, of an embedded store: no law is broken${noDisk ? ` (skipped: ${noDisk})` : ''}`,
  async () => {
    const fills = Math.max(2, Math.round(kills / 8));
    say(`full disks: ${fills}`);
    const result = await fullDisks(inject('prepared').embedded.migrated, fills, seed, campaignProgress('fill', fills));
    results.push(result);
    expect(judged(result)).toMatchObject(asItShould);
    say(`went on by themselves once there was room: ${result.goneOn}`);
  },
);

/** How long a session stays without an owner at default settings, where nobody but a sweep comes upon it. */
async function reclaimedAfterMs(): Promise<number> {
  const url = await server.createDatabase();
  await using _ = await createSessionStore({ url });
  const owner = await startChildOwner({ url });
  const sql = postgres(url, { max: 1 });
  await owner.kill();
  const killedAtMs = performance.now();
  const isActive = async () => (await sql`select 1 from sessions where status = 'active'`).length > 0;
  while (await isActive()) await pause(100);
  await sql.end({ timeout: 1 });
  return performance.now() - killedAtMs;
}

const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((one, other) => one - other);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
};

function sayMore({ witness, restartMs, sweepMs }: Awaited<ReturnType<typeof crashCampaign>>, defaultsMs: number): void {
  const promised = [...witness.promised.values()].reduce(
    (sum, { deltas, trades, raw }) => sum + deltas + trades + raw,
    0,
  );
  const { durationMs, sweepEveryMs } = crashLease;
  const spread = (ms: readonly number[]) => `p50 ${percentile(ms, 0.5)} ms, max ${percentile(ms, 1)} ms (${ms.length})`;
  say(`killed after it said: ${[...witness.killedAt].map(([said, count]) => `${said} ${count}`).join(', ')}`);
  say(`${promised} of the records of the killed writers were promised as durable`);
  say(`reclaimed by the restarted recorder: ${spread(restartMs)}`);
  say(`reclaimed by another process: ${spread(sweepMs)}; lease ${durationMs} ms, sweep every ${sweepEveryMs} ms`);
  say(`the same at default settings: ${(defaultsMs / 1000).toFixed(1)} s`);
}
