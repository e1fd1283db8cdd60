// Looks at the trader from the outside, four times a second: its state, its transitions, what it costs the machine.
import { readFileSync } from 'node:fs';
import type { RunningTrader } from '../../test/running-trader.ts';
import type { Status } from '../../src/status.ts';
import type { LoggedTransition } from '../../src/event-log.ts';
import type { Sample } from './slope.ts';

const EVERY_MS = 250;
/** Of the kernel's clock in `/proc`; 100 on every Linux that runs Node. */
const TICKS_PER_SECOND = 100;

type Departure = { readonly atMs: number; readonly cause: string; readonly outageMs: number | null };

/** What one process of the trader cost; `null` where there is no `/proc`. */
type Cost = { readonly rssBytes: number; readonly cpuSeconds: number } | null;

export class Watch {
  /** Ms by state; `down` while it does not answer. */
  readonly states = new Map<string, number>();
  /** Of the latest process. */
  memory: Sample[] = [];
  cpu: Sample[] = [];
  /** Most desyncs that any process counted, summed over processes. */
  auditsFailed = 0;
  audited = 0;
  /** Times that the recorder's counters say what no session took. */
  unrecorded = 0;
  /** Lifetime counters of the sessions that went back. */
  latest: Status | null = null;
  readonly #onStatus: (status: Status, atMs: number) => void;
  readonly #departures = new Map<string, Departure>();
  readonly #startedAtMs = Date.now();
  #last = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #trader: RunningTrader | null = null;
  #stopped = false;

  constructor(onStatus: (status: Status, atMs: number) => void) {
    this.#onStatus = onStatus;
  }

  /** ms since the start of the soak. */
  get nowMs(): number {
    return Date.now() - this.#startedAtMs;
  }

  get departures(): readonly Departure[] {
    return [...this.#departures.values()].toSorted((a, b) => a.atMs - b.atMs);
  }

  /** From now on this process is looked at. */
  follow(trader: RunningTrader): void {
    this.#sum();
    this.#trader = trader;
    this.memory = [];
    this.cpu = [];
    this.#timer ??= setTimeout(() => void this.#look(), 0);
  }

  stop(): void {
    this.#sum();
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const trader = this.#trader!;
    const status = await trader.status();
    const nowMs = performance.now();
    const state = status?.state ?? 'down';
    this.states.set(state, (this.states.get(state) ?? 0) + nowMs - this.#last);
    this.#last = nowMs;
    if (status && trader === this.#trader) this.#take(trader, status);
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#look(), EVERY_MS);
  }

  #take(trader: RunningTrader, status: Status): void {
    this.latest = status;
    this.#onStatus(status, this.nowMs);
    for (const [index, transition] of status.transitions.entries()) {
      this.#note(transition, status.transitions.slice(index + 1), trader.pid);
    }
    const cost = costOf(trader.pid);
    if (!cost) return;
    this.memory.push([this.nowMs, cost.rssBytes]);
    this.cpu.push([this.nowMs, cost.cpuSeconds]);
  }

  #note(transition: LoggedTransition, later: readonly LoggedTransition[], pid: number): void {
    const { from, to, atMs, cause } = transition;
    if (from !== 'ready' || to === 'shutdown') return;
    const outageMs = later.find((each) => each.to === 'ready')?.outageMs ?? null;
    this.#departures.set(`${pid} ${atMs}`, { atMs: atMs - this.#startedAtMs, cause, outageMs });
  }

  #sum(): void {
    const counters = this.latest?.feed?.counters;
    this.auditsFailed += counters?.desyncs ?? 0;
    this.audited += counters?.audited ?? 0;
    this.unrecorded += this.latest?.recorder?.unrecorded ?? 0;
    this.latest = null;
  }
}

function costOf(pid: number): Cost {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const rssBytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
    // The name, in parentheses, may hold spaces; user and system time are the 14th and 15th field.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return { rssBytes, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND };
  } catch {
    return null;
  }
}
