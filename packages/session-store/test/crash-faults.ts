// Faults that are not a kill of the writing process, each against a store of its own, and each judged by the same laws.
import { join } from 'node:path';
import { seededRandom, SmallDisk, temporaryFolder, type TemporaryFolder, type TestPostgres } from '@trader/testkit';
import { createSessionStore, type SessionStoreOptions } from '../src/index.ts';
import { pause, sumOf, type FaultResult } from './crash-result.ts';
import { newWitness, saysSoon, startCrashWriter, type Witness } from './crash-writer.ts';
import { copyDatabase } from './copied-database.ts';
import { startFaultyProxy, type FaultyProxy } from './faulty-proxy.ts';
import { finishRecovery } from './finish-recovery.ts';
import { judge, type Verdict } from './laws.ts';
import { watchOwners } from './owner-watch.ts';
import { killServer, stopServer } from './signal-server.ts';

const lease = { durationMs: 1000, renewalsPerLease: 3, sweepEveryMs: 200 };
const compaction = { afterMs: 0, everyMs: 50, targetRecords: 500 };

type Options = SessionStoreOptions & { readonly url: string };

/** What a fault may use. */
type Scene = {
  readonly runs: number;
  readonly seed: number;
  readonly random: () => number;
  readonly server: TestPostgres;
  readonly folder: TemporaryFolder;
  readonly witness: Witness;
  readonly options: Options;
  /** Stores whose spools have to be emptied at the end. */
  readonly spools: Set<Options>;
  /** Of what is not there any more at the end. */
  readonly verdicts: Verdict[];
  /** Called after each run, with its number. */
  readonly onRun: (run: number) => void;
};

async function staged(
  fault: string,
  server: TestPostgres,
  runs: number,
  seed: number,
  play: (scene: Scene) => Promise<void>,
  onRun: (run: number) => void,
): Promise<FaultResult> {
  using folder = temporaryFolder('crash-fault-');
  const url = await server.createDatabase();
  await watchOwners(url);
  const spool = { dir: join(folder.path, 'spool'), durableWithinMs: 20 };
  const options = { url, lease, compaction, queryTimeoutMs: 500, spool };
  const witness = newWitness();
  const spools = new Set<Options>([options]);
  const verdicts: Verdict[] = [];
  const random = seededRandom(seed);
  try {
    await play({ runs, seed, random, server, folder, witness, options, spools, verdicts, onRun });
  } catch (error) {
    // What came before is judged all the same.
    witness.problems.push(String(error));
  }
  // At once: each waits until nobody has anything left.
  await Promise.all([...spools].map(async (left) => finishRecovery({ ...left, url, queryTimeoutMs: 15_000 })));
  verdicts.push(await judge(url, witness.promised));
  return { fault, runs, verdict: sumOf(verdicts), problems: witness.problems };
}

/** A fault while the writer is in the middle of its work, which goes on afterwards. */
const inTheMiddle =
  (inflict: (scene: Scene, proxy: FaultyProxy) => Promise<void>) =>
  async (scene: Scene): Promise<void> => {
    await using proxy = await startFaultyProxy(scene.options.url);
    const writer = startCrashWriter({ ...scene.options, url: proxy.url }, 'faulted', scene.seed, scene.witness);
    for (let run = 0; run < scene.runs; run++) {
      await saysSoon(writer, 'durable', 'committed', 'closing', 'closed');
      await pause(scene.random() * 40);
      await inflict(scene, proxy);
      await saysSoon(writer, 'committed', 'closed');
      scene.onRun(run + 1);
    }
    await writer.kill();
  };

const killedServer = inTheMiddle(async ({ server, random }) => {
  await killServer(server);
  await pause(random() * 300);
  await server.start();
});

const restartedServer = inTheMiddle(async ({ server }) => {
  await server.halt();
  await server.start();
});

const stoppedServer = inTheMiddle(async ({ server, random }) => {
  const resume = await stopServer(server);
  // Longer than a query may take, so that it is given up, and its end still comes.
  await pause(600 + random() * 400);
  resume();
});

const lostCommits = inTheMiddle(async (_, proxy) => {
  const mode = (): FaultyProxy['mode'] => proxy.mode;
  proxy.mode = 'lose-commit';
  for (const until = performance.now() + 10_000; mode() !== 'pass' && performance.now() < until;) await pause(1);
});

const silentNetwork = inTheMiddle(async ({ random }, proxy) => {
  proxy.mode = 'swallow';
  await pause(random() * 800);
  proxy.mode = 'pass';
});

/** The database is away, and the spool's disk is full: what was promised until then is kept, and after a kill too. */
async function fullDisk(scene: Scene, disk: FullDisk): Promise<void> {
  const spool = { dir: join(disk.folder, 'spool'), durableWithinMs: 20, ...disk.tuning };
  const options: Options = { ...scene.options, spool };
  scene.spools.add(options);
  await using proxy = await startFaultyProxy(scene.options.url);
  for (let run = 0; run < scene.runs; run++) {
    const seed = scene.seed + run;
    const writer = startCrashWriter({ ...options, url: proxy.url }, 'full', seed, scene.witness, 'spooling');
    await saysSoon(writer, 'durable');
    proxy.mode = 'swallow';
    await saysSoon(writer, 'full');
    await pause(scene.random() * 200);
    // One that is not killed goes on when the database takes what is in memory and on the disk.
    if (run % 2 === 0) await writer.kill();
    proxy.mode = 'pass';
    if (run % 2 === 1) {
      await saysSoon(writer, 'durable');
      await writer.kill();
    }
    await finishRecovery({ ...options, queryTimeoutMs: 15_000 });
    scene.onRun(run + 1);
  }
}

type FullDisk = Disposable & { readonly folder: string; readonly tuning: object };

/** A disk of its own where that may be mounted, otherwise a quota of the spool's own. */
function smallDisk(): FullDisk {
  const disk = SmallDisk.mount(6 * 2 ** 20);
  if (typeof disk !== 'string')
    return { folder: disk.path, tuning: {}, [Symbol.dispose]: () => disk[Symbol.dispose]() };
  const folder = temporaryFolder('crash-disk-');
  return { folder: folder.path, tuning: { maxBytes: 16 * 2 ** 20 }, [Symbol.dispose]: () => folder.remove() };
}

const diskKind = ((): string => {
  using disk = smallDisk();
  return 'maxBytes' in disk.tuning ? 'quota of 16 MiB' : 'tmpfs of 6 MiB';
})();

/** Stopped until its session was reclaimed and its recorder was somebody else's, and then let go on. */
async function stoppedWriter(scene: Scene): Promise<void> {
  const { options, witness, seed } = scene;
  const { spool: _, ...other } = options;
  const writer = startCrashWriter(options, 'stopped', seed, witness);
  for (let run = 0; run < scene.runs; run++) {
    await saysSoon(writer, 'durable');
    await pause(scene.random() * 30);
    writer.signal('SIGSTOP');
    const store = await createSessionStore({ ...other, queryTimeoutMs: 15_000 });
    const isActive = async () => (await store.sessions({ status: 'active' })).length > 0;
    for (const until = performance.now() + 20_000; (await isActive()) && performance.now() < until;) await pause(20);
    const taken = await store.openSession({ recorder: 'stopped' });
    await taken.close({ status: 'closed', reason: 'for a while' });
    await store.close();
    writer.signal('SIGCONT');
    await saysSoon(writer, 'committed', 'closed');
    scene.onRun(run + 1);
  }
  await writer.kill();
}

/** Two processes that both want to record; each is killed in turn, and comes back. */
async function twoClaimants(scene: Scene): Promise<void> {
  const { options, witness, spools, folder } = scene;
  const other: Options = { ...options, spool: { dir: join(folder.path, 'other'), durableWithinMs: 20 } };
  spools.add(other);
  const start = (index: number, run: number) =>
    startCrashWriter(index === 0 ? options : other, 'wanted', scene.seed * 100 + run * 2 + index, witness);
  const writers = [start(0, 0), start(1, 0)];
  for (let run = 0; run < scene.runs; run++) {
    // One has the recorder, and the other may have to wait for long: whoever has it opens again at once.
    await Promise.race(writers.map(async (writer) => saysSoon(writer, 'durable', 'committed')));
    await pause(scene.random() * 50);
    const index = run % 2;
    await writers[index]!.kill();
    writers[index] = start(index, run + 1);
    scene.onRun(run + 1);
  }
  await Promise.all(writers.map(async (writer) => writer.kill()));
}

/** The server does not run when the writer starts, which is killed before it does, or goes on then. */
async function serverAwayAtStart(scene: Scene): Promise<void> {
  const { options, server, seed, witness } = scene;
  for (let run = 0; run < scene.runs; run++) {
    await server.halt();
    const writer = startCrashWriter(options, 'early', seed * 100 + run, witness, 'spooling');
    await saysSoon(writer, 'durable');
    await pause(scene.random() * 200);
    if (run % 2 === 0) await writer.kill();
    await server.start();
    if (run % 2 === 1) {
      await saysSoon(writer, 'durable');
      await pause(scene.random() * 500);
      await writer.kill();
    }
    await finishRecovery({ ...options, queryTimeoutMs: 15_000 });
    scene.onRun(run + 1);
  }
}

/**
 * An older copy is put in the database's place, after a kill or under a writer that goes on: one of a moment ago, or of the beginning,
 * when it had neither sessions nor markets. Others have the markets' numbers then.
 */
async function restoredDatabase(scene: Scene): Promise<void> {
  const { options, server, witness, random } = scene;
  const pristine = await copyDatabase(server, options.url);
  for (let run = 0; run < scene.runs; run++) {
    const [isKilled, isPristine] = [run % 2 === 1, run % 4 < 2];
    // All of earlier runs is in the database, so that a copy of now has it.
    await finishRecovery({ ...options, queryTimeoutMs: 15_000 });
    if (isPristine && run > 0) {
      scene.verdicts.push(await judge(options.url, witness.promised));
      witness.promised.clear();
    }
    const writer = startCrashWriter(options, 'restored', scene.seed * 100 + run, witness);
    await saysSoon(writer, 'durable', 'committed');
    await pause(random() * 100);
    const over = () => [...witness.promised.keys()].filter((id) => id !== writer.session());
    const inCopy = new Set(isPristine ? [] : over());
    const copy = isPristine ? pristine : await copyDatabase(server, options.url);
    if (!isPristine) await saysSoon(writer, 'committed', 'closed');
    await pause(random() * 100);
    if (isKilled) await writer.kill();
    const [ended, open] = [over(), writer.session()];
    await copy.restore();
    // Neither database nor spool knows any more of what ended since the copy.
    for (const id of [...ended, open!]) {
      if (!inCopy.has(id) && (id !== open || witness.closed.has(id))) witness.promised.delete(id);
    }
    const strangers = ['one', 'two', 'three'].map((which) => `('stranger ${run} ${which}')`);
    await server.execute(options.url, `insert into markets (ticker) values ${strangers.join()}`);
    if (!isKilled) {
      await saysSoon(writer, 'fenced', 'open');
      await saysSoon(writer, 'committed', 'closed');
      await pause(random() * 50);
      await writer.kill();
    }
    if (!isPristine) await copy.drop();
    scene.onRun(run + 1);
  }
  await pristine.drop();
}

/** Its clock jumps back and forth by hours, several times a second, over kills too. */
async function jumpingClock(scene: Scene): Promise<void> {
  for (let run = 0; run < scene.runs; run++) {
    const writer = startCrashWriter(scene.options, 'jumping', scene.seed * 100 + run, scene.witness, 'jumping');
    await saysSoon(writer, 'closed');
    await saysSoon(writer, 'durable', 'committed');
    await pause(scene.random() * 30);
    await writer.kill();
    scene.onRun(run + 1);
  }
}

type Play = (scene: Scene) => Promise<void>;

const onFullDisk: Play = async (scene) => {
  using disk = smallDisk();
  await fullDisk(scene, disk);
};

/** By name, with how often each happens for every 70 kills. */
const plays: ReadonlyMap<string, readonly [times: number, play: Play]> = new Map([
  ['PostgreSQL killed (-9)', [2, killedServer]],
  ['PostgreSQL stopped, continued', [2, stoppedServer]],
  ['PostgreSQL restarted', [2, restartedServer]],
  ['connection cut mid-COMMIT', [5, lostCommits]],
  ['network silent', [2, silentNetwork]],
  [`spool's disk full (${diskKind})`, [2, onFullDisk]],
  ['writer stopped past its lease', [1, stoppedWriter]],
  ['two claimants', [3, twoClaimants]],
  ['clock jumps by hours', [1, jumpingClock]],
  ['PostgreSQL away at the start', [2, serverAwayAtStart]],
  ['older copy restored', [4, restoredDatabase]],
]);

export const faultNames: readonly string[] = [...plays.keys()];

/** How often a fault goes with so many kills: at least once. */
export const runsOf = (fault: string, kills: number): number =>
  Math.max(1, Math.round((plays.get(fault)![0] * kills) / 70));

/**
 * Linux, for the signals.
 *
 * @param fault one of `faultNames`
 * @param onRun called after each, with its number
 */
export async function playFault(
  server: TestPostgres,
  fault: string,
  runs: number,
  seed: number,
  onRun: (run: number) => void = () => undefined,
): Promise<FaultResult> {
  return staged(fault, server, runs, seed, plays.get(fault)![1], onRun);
}
