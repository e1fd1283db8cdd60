// A primary that answers a commit when its standby has it. It dies in the midst of a writer's work, the standby takes over, and
// all that the writer was told is committed has to be there.
import { join } from 'node:path';
import { seededRandom, startPostgres, temporaryFolder, type TestPostgres } from '@trader/testkit';
import postgres from 'postgres';
import type { SessionStoreOptions } from '../src/index.ts';
import { pause, sumOf, type FaultResult } from './crash-result.ts';
import { newWitness, saysSoon, startCrashWriter, type Witness } from './crash-writer.ts';
import { startFaultyProxy } from './faulty-proxy.ts';
import { finishRecovery } from './finish-recovery.ts';
import { judge, type Verdict } from './laws.ts';
import { watchOwners } from './owner-watch.ts';
import { killServer } from './signal-server.ts';

const lease = { durationMs: 1000, renewalsPerLease: 3, sweepEveryMs: 200 };
const compaction = { afterMs: 0, everyMs: 50, targetRecords: 500 };

/**
 * What happens before the primary dies. `cut-off`: the standby hears nothing any more, so that what the primary has commits for
 * nobody. `restarted`: and the primary dies twice, so that it shows what it alone has. `called-off`: and whoever waits for the standby is
 * told to wait no more.
 */
type Before = 'nothing' | 'cut-off' | 'restarted' | 'called-off';

type Round = { readonly hasSpool: boolean; readonly isKilled: boolean; readonly before: Before };

const rounds: readonly Round[] = [
  { hasSpool: false, isKilled: false, before: 'called-off' },
  { hasSpool: true, isKilled: true, before: 'restarted' },
  { hasSpool: false, isKilled: true, before: 'nothing' },
  { hasSpool: true, isKilled: false, before: 'called-off' },
  { hasSpool: false, isKilled: false, before: 'restarted' },
  { hasSpool: true, isKilled: true, before: 'nothing' },
  { hasSpool: false, isKilled: true, before: 'cut-off' },
  { hasSpool: true, isKilled: false, before: 'cut-off' },
];

/**
 * Linux, for the signals. Each round has servers, a writer and a database of its own.
 *
 * @param onRound called after each, with its number
 */
export async function failovers(
  count: number,
  seed: number,
  onRound: (round: number) => void = () => undefined,
): Promise<FaultResult> {
  const random = seededRandom(seed);
  const problems: string[] = [];
  const verdicts: Verdict[] = [];
  for (let number = 1; number <= count; number++) {
    const witness = newWitness();
    const round = rounds[(seed + number - 2) % rounds.length]!;
    verdicts.push(await failover(round, witness, random, seed * 100 + number));
    problems.push(...witness.problems.map((problem) => `${JSON.stringify(round)}: ${problem}`));
    onRound(number);
  }
  return { fault: 'failover to a synchronous standby', runs: count, verdict: sumOf(verdicts), problems };
}

async function failover(
  { hasSpool, isKilled, before }: Round,
  witness: Witness,
  random: () => number,
  seed: number,
): Promise<Verdict> {
  using folder = temporaryFolder('crash-failover-');
  await using primary = await startPostgres({ isSynced: false });
  await watchOwners(await primary.createDatabase('books'));
  await using link = await startFaultyProxy(primary.url);
  await using standby = await primary.standby({ through: Number(new URL(link.url).port), isSynchronous: true });
  const promoted = new URL('/books', standby.url).href;
  const hosts = `127.0.0.1:${primary.port},127.0.0.1:${standby.port}`;
  const options: SessionStoreOptions = {
    url: `postgres://postgres@${hosts}/books?target_session_attrs=read-write`,
    lease,
    compaction,
    queryTimeoutMs: 1000,
    spool: hasSpool && { dir: join(folder.path, 'spool'), durableWithinMs: 20 },
  };
  const start = (life: number) => startCrashWriter(options, 'failing-over', seed * 10 + life, witness);
  let writer = start(0);
  try {
    for (let left = 1 + Math.floor(random() * 4); left > 0; left--) await saysSoon(writer, 'committed', 'closed');
    await pause(random() * 100);
    if (before !== 'nothing') link.mode = 'swallow';
    if (before === 'cut-off') await pause(random() * 2500);
    if (before === 'called-off') await callOff(primary, 300 + random() * 1000);
    if (before === 'restarted') {
      await pause(random() * 100);
      await killServer(primary);
      await primary.start();
      await pause(random() * 2500);
    }
    await killServer(primary);
    const isEarly = random() < 0.5;
    if (isKilled && isEarly) await writer.kill();
    if (isKilled && isEarly && random() < 0.5) writer = start(1);
    await pause(random() * 300);
    await standby.execute(standby.url, 'select pg_promote()');
    if (isKilled && !isEarly) {
      await pause(random() * 300);
      await writer.kill();
    }
    if (isKilled && writer.isGone()) writer = start(2);
    await saysSoon(writer, 'committed', 'closed');
    await oneActive(promoted, witness);
  } catch (error) {
    // What came before is judged all the same.
    witness.problems.push(String(error));
    await standby.execute(standby.url, 'select pg_promote()').catch(() => undefined);
  } finally {
    if (!writer.isGone()) await writer.kill();
  }
  await finishRecovery({ ...options, url: promoted, queryTimeoutMs: 15_000 });
  const verdict = await judge(promoted, witness.promised);
  return verdict;
}

/** Tells each commit that waits for the standby to wait no more, for so long. */
async function callOff(primary: TestPostgres, ms: number): Promise<void> {
  const sql = postgres(primary.url, { max: 1 });
  for (const untilMs = performance.now() + ms; performance.now() < untilMs; await pause(5))
    await sql`select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'`;
  await sql.end({ timeout: 1 });
}

/** Between two sessions there is none for a moment; of an earlier process there is one until its lease has run out. */
async function oneActive(url: string, witness: Witness): Promise<void> {
  const sql = postgres(url, { max: 1 });
  let active = -1;
  for (const untilMs = performance.now() + 60_000; active !== 1 && performance.now() < untilMs; await pause(5)) {
    const [row] = await sql<{ n: number }[]>`select count(*)::int as n from sessions where status = 'active'`;
    active = row!.n;
  }
  if (active !== 1) witness.problems.push(`${active} sessions of one recorder are active.`);
  await sql.end({ timeout: 1 });
}
