// Records a simulated exchange for a long time while everything around the trader fails, and judges what is left.
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { createExchange, type Exchange } from '@trader/exchange-simulator';
import { createSessionStore } from '@trader/session-store';
import { seededRandom, temporaryFolder, type TestPostgres } from '@trader/testkit';
import { breachesOf, type Breaches } from '../../test/laws.ts';
import type { Status } from '../../src/status.ts';
import { startOwnServer } from '../../test/own-server.ts';
import { RunningTrader, type ChildOptions } from '../../test/running-trader.ts';
import {
  CALM_MS,
  explanationOf,
  faultsOf,
  mayShowThePast,
  soakScript,
  type SoakFault,
  type SoakStep,
} from './script.ts';
import { slopePerHour } from './slope.ts';
import { SyncedBooks } from './synced-books.ts';
import { Watch } from './watch.ts';

export type SoakOptions = {
  readonly durationMs: number;
  readonly seed: number;
  readonly markets: number;
  /** Deltas a second over all markets. */
  readonly rate: number;
  readonly holdDownMs: number;
  /** All of it is performed. @default seeded faults, as many as fit */
  readonly script?: readonly SoakStep[];
  /** Called with a line for people as things happen. */
  readonly onLine?: (line: string) => void;
};

export type SoakReport = {
  readonly seconds: number;
  readonly statesMs: Readonly<Record<string, number>>;
  readonly injected: Readonly<Partial<Record<SoakFault, number>>>;
  /** What the simulator counted, by its own kinds. */
  readonly hits: Readonly<Record<string, number>>;
  readonly departures: readonly {
    readonly atMs: number;
    readonly cause: string;
    readonly outageMs: number | null;
    readonly explainedBy: SoakFault | null;
  }[];
  readonly sessions: Readonly<Record<string, number>>;
  readonly breaches: Breaches;
  readonly ledgerRows: number;
  readonly audited: number;
  readonly auditsFailed: number;
  readonly unrecorded: number;
  /** Times that a book that was called synced was as the exchange's. */
  readonly comparedBooks: number;
  readonly wrongBooks: readonly string[];
  readonly takeoverHolesMs: readonly number[];
  readonly frames: number;
  readonly rss: {
    readonly lastBytes: number;
    readonly slopePerHour: number | null;
    readonly overSeconds: number;
  } | null;
  /** Of one core. */
  readonly cpu: number | null;
  readonly readyAtEnd: boolean;
  readonly exitCode: number | null;
  /** Why the soak has failed; empty when it has not. */
  readonly failures: readonly string[];
};

/** Part of the last process's life that is left out of the slope: buffers, code and caches grow into their size. */
const WARM_UP = 0.4;
const END_TIMEOUT_MS = 60_000;
const HEAL_TIMEOUT_MS = 60_000;
/** Until the spool is full. */
const FILL_TIMEOUT_MS = 900_000;
/** The wall clock's, forth and back. */
const JUMP_MS = 45_000;

export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const { durationMs, seed, markets, rate, holdDownMs, script, onLine = () => undefined } = options;
  using folder = temporaryFolder('trader-soak-', { inMemory: true });
  await using server = await startOwnServer();
  const url = await server.createDatabase();
  const key = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const keys = [{ keyId: 'soak', publicKeyPem: key.publicKey }];
  await using exchange = await createExchange({ seed, markets, deltasPerSecond: rate, keys });
  const trader: ChildOptions = {
    feed: {
      url: exchange.url,
      credentials: { keyId: 'soak', privateKeyPem: key.privateKey },
      markets: exchange.markets,
    },
    database: { url },
    recorder: 'soak',
    holdDownMs,
    drainMs: 10_000,
    // As small as it may be, so that a lock of the database fills it.
    store: { spool: { maxBytes: 2 ** 24 }, lease: { durationMs: 5_000, sweepEveryMs: 2_000 } },
  };
  const run = new SoakRun({ exchange, server, trader, folder: folder.path, onLine });
  try {
    if (script) await run.perform(script, durationMs);
    else await run.perform(soakScript(durationMs, seededRandom(seed)), durationMs, durationMs - CALM_MS);
    return await run.judge(url, holdDownMs);
  } finally {
    await run.end();
  }
}

type Parts = {
  readonly exchange: Exchange;
  readonly server: TestPostgres;
  readonly trader: ChildOptions;
  /** Of the spools. */
  readonly folder: string;
  readonly onLine: (line: string) => void;
};

class SoakRun {
  readonly #parts: Parts;
  readonly #watch: Watch;
  readonly #books: SyncedBooks;
  readonly #injected: SoakStep[] = [];
  /** With the one that is under way. */
  #begun: readonly SoakStep[] = [];
  #trader: RunningTrader | null = null;
  /** Each process has the spool of the one before the last, as two machines have. */
  #machine = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#books = new SyncedBooks(parts.exchange);
    this.#watch = new Watch(({ books }, atMs) => this.#books.compare(books, atMs, mayShowThePast(atMs, this.#begun)));
  }

  async perform(script: readonly SoakStep[], durationMs: number, lastFromMs = Infinity): Promise<void> {
    await this.#start();
    for (const step of script) {
      await this.#until(step.fromMs);
      // A fault that meets a trader which is down already shows nothing; what no longer fits then is left out.
      await this.#untilReady();
      const fromMs = this.#watch.nowMs;
      if (fromMs > lastFromMs) break;
      this.#parts.onLine(`${seconds(fromMs)} ${step.fault}`);
      const lengthMs = step.untilMs - step.fromMs;
      this.#begun = [...this.#injected, { fault: step.fault, fromMs, untilMs: Infinity }];
      await this.#inject(step.fault, lengthMs);
      // A step that began late, or took longer than planned, explains for as long as it lasts.
      this.#injected.push({ fault: step.fault, fromMs, untilMs: Math.max(fromMs + lengthMs, this.#watch.nowMs) });
      this.#begun = [...this.#injected];
    }
    await this.#until(durationMs);
  }

  async judge(url: string, holdDownMs: number): Promise<SoakReport> {
    const { exchange } = this.#parts;
    exchange.control.faults.clear();
    const readyAtEnd = await this.#trader!.until(
      'ready at the end',
      ({ state, feed }) => state === 'ready' && feed!.synced === feed!.wanted,
      END_TIMEOUT_MS,
    ).then(
      () => true,
      () => false,
    );
    await this.#until(this.#watch.nowMs + 500);
    const departures = this.#watch.departures.map((departure) => ({
      ...departure,
      explainedBy: explanationOf(departure.atMs, this.#injected, holdDownMs)?.fault ?? null,
    }));
    this.#watch.stop();
    const exitCode = await this.#trader!.stop();
    const stored = await storedOf(url);
    const { memory, cpu, audited, auditsFailed, unrecorded, nowMs } = this.#watch;
    const warm = memory.slice(Math.floor(memory.length * WARM_UP));
    const [cpuFirst, cpuLast] = [cpu.at(0), cpu.at(-1)];
    const report = {
      seconds: Math.round(nowMs / 1000),
      statesMs: Object.fromEntries(this.#watch.states),
      injected: countBy(this.#injected.map(({ fault }) => fault)),
      hits: exchange.totals().faults,
      departures,
      ...stored,
      breaches: await breachesOf(url),
      audited,
      auditsFailed,
      unrecorded,
      comparedBooks: this.#books.compared,
      wrongBooks: this.#books.wrong,
      rss:
        warm.length === 0
          ? null
          : {
              lastBytes: warm.at(-1)![1],
              slopePerHour: slopePerHour(warm),
              overSeconds: Math.round((warm.at(-1)![0] - warm[0]![0]) / 1000),
            },
      cpu:
        cpuFirst && cpuLast && cpuLast[0] > cpuFirst[0]
          ? ((cpuLast[1] - cpuFirst[1]) * 1000) / (cpuLast[0] - cpuFirst[0])
          : null,
      readyAtEnd,
      exitCode,
    };
    return { ...report, failures: failuresOf(report) };
  }

  async end(): Promise<void> {
    this.#watch.stop();
    await this.#trader?.[Symbol.asyncDispose]();
  }

  async #start(): Promise<void> {
    this.#trader = await this.#startOn(this.#machine);
    this.#watch.follow(this.#trader);
  }

  async #startOn(machine: number): Promise<RunningTrader> {
    const { trader, folder } = this.#parts;
    const spool = { ...trader.store.spool, dir: join(folder, `spool-${machine}`) };
    return RunningTrader.start({ ...trader, store: { ...trader.store, spool } });
  }

  /** Another process stands by, and records once this one has ended. */
  async #replace(end: (old: RunningTrader) => Promise<unknown>): Promise<void> {
    const other = 1 - this.#machine;
    const next = await this.#startOn(other);
    try {
      await next.until('standby', ({ state, feed }) => state === 'standby' && feed!.synced === feed!.wanted);
      await end(this.#trader!);
      await next.until('taking over', ({ state }) => state === 'ready');
    } catch (error) {
      await next.kill();
      throw error;
    }
    this.#machine = other;
    this.#trader = next;
    this.#watch.follow(next);
  }

  /** Until the trader reads its feed no more, and then for as long as the step lasts. */
  async #lockDatabase(lengthMs: number): Promise<void> {
    const { server, trader } = this.#parts;
    const lock = 'begin; lock table delta_chunks in access exclusive mode; select pg_sleep(600)';
    const locked = server.execute(trader.database.url, lock).catch(() => undefined);
    await this.#trader!.until('pause of reading', ({ recorder }) => recorder?.reading === 'paused', FILL_TIMEOUT_MS);
    await this.#until(this.#watch.nowMs + lengthMs);
    const end = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%pg_sleep(600)'`;
    await server.execute(trader.database.url, end);
    await locked;
  }

  async #inject(fault: SoakFault, lengthMs: number): Promise<void> {
    const { exchange, server } = this.#parts;
    for (const each of faultsOf(fault, lengthMs)) exchange.control.faults.add(each);
    if (fault === 'quiet') {
      exchange.control.markets.pauseTrading();
      await this.#until(this.#watch.nowMs + lengthMs);
      exchange.control.markets.resumeTrading();
    }
    if (fault === 'database-crash') {
      await server.crash();
      await this.#until(this.#watch.nowMs + lengthMs / 2);
      await server.start();
    }
    if (fault === 'reading-pause') await this.#lockDatabase(lengthMs);
    if (fault === 'clock-jump') {
      for (const byMs of [JUMP_MS, -2 * JUMP_MS, JUMP_MS]) {
        this.#trader!.setClock(byMs);
        await this.#until(this.#watch.nowMs + lengthMs / 3);
      }
    }
    if (fault === 'sleep') {
      this.#trader!.child.kill('SIGSTOP');
      await this.#until(this.#watch.nowMs + lengthMs);
      this.#trader!.child.kill('SIGCONT');
    }
    if (fault === 'upgrade') await this.#replace(async (old) => old.stop());
    if (fault === 'takeover') await this.#replace(async (old) => old.kill());
    if (fault === 'kill') {
      await this.#trader!.kill();
      await this.#start();
    }
  }

  async #untilReady(): Promise<void> {
    const deadlineMs = this.#watch.nowMs + HEAL_TIMEOUT_MS;
    while (this.#watch.nowMs < deadlineMs && !isHealed(this.#watch.latest)) await this.#until(this.#watch.nowMs + 100);
  }

  /** Waits until then. A trader that ends by itself ends the soak. */
  async #until(atMs: number): Promise<void> {
    for (let leftMs = atMs - this.#watch.nowMs; leftMs > 0; leftMs = atMs - this.#watch.nowMs) {
      const { child, log } = this.#trader!;
      if (child.exitCode !== null)
        throw new Error(`The trader ended by itself, with ${child.exitCode}:\n${log.slice(-3_000)}`);
      await new Promise((resolve) => void setTimeout(resolve, Math.min(leftMs, 250)));
    }
  }
}

async function storedOf(
  url: string,
): Promise<Pick<SoakReport, 'sessions' | 'frames' | 'ledgerRows' | 'takeoverHolesMs'>> {
  await using store = await createSessionStore({ url, spool: false, compaction: false });
  const sessions = await store.sessions({ limit: 1_000_000 });
  const holes = await store.query<{ ms: number }>(
    `select round(extract(epoch from to_at - from_at) * 1000)::int as ms from gaps where cause = 'takeover' order by from_at`,
  );
  return {
    takeoverHolesMs: holes.map(({ ms }) => ms),
    sessions: countBy(sessions.map(({ status }) => status)),
    frames: sessions.reduce((sum, { messages }) => sum + messages, 0),
    ledgerRows: sessions.reduce((sum, { gaps }) => sum + gaps, 0),
  };
}

function failuresOf(report: Omit<SoakReport, 'failures'>): readonly string[] {
  const failures: string[] = [];
  for (const { atMs, cause, explainedBy } of report.departures) {
    if (explainedBy === null) failures.push(`left ready at ${seconds(atMs)} for no injected fault: ${cause}`);
  }
  for (const [law, breaches] of Object.entries(report.breaches)) {
    if (breaches.length > 0) failures.push(`${law}: ${breaches.length}, the first is ${breaches[0]}`);
  }
  if (report.auditsFailed > 0) failures.push(`${report.auditsFailed} audits found a wrong book`);
  for (const wrong of report.wrongBooks) failures.push(`a synced book is wrong: ${wrong}`);
  for (const status of ['active', 'error']) {
    const count = report.sessions[status] ?? 0;
    if (count > 0) failures.push(`${count} sessions are ${status} at the end`);
  }
  if (!report.readyAtEnd) failures.push('it was not ready after the last fault');
  if (report.exitCode !== 0) failures.push(`the trader ended with ${report.exitCode}`);
  if (report.frames === 0) failures.push('nothing was recorded');
  return failures;
}

const isHealed = (status: Status | null): boolean => status?.state === 'ready' && status.feed?.phase === 'live';

function countBy<T extends string>(items: readonly T[]): Record<T, number> {
  const counts = {} as Record<T, number>;
  for (const item of items) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
