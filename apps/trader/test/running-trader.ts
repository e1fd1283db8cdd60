// Starts the trader as a process of its own, asks it over HTTP, and stops or kills it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CoordinatorTransition } from '../src/coordinator/step.ts';
import type { StoreTuning } from '../src/store/open-store.ts';
import type { Status } from '../src/status.ts';
import type { TraderOptions } from '../src/trader.ts';
import { childEnvironment } from './child-process.ts';

export type ChildOptions = {
  readonly feed: TraderOptions['feed'];
  readonly database: { readonly url: string };
  readonly recorder: string;
  readonly holdDownMs: number;
  readonly drainMs: number;
  readonly store: StoreTuning;
};

const PROGRAM = fileURLToPath(new URL('trader-child.ts', import.meta.url));
const LOG_KEPT = 200_000;

export class RunningTrader implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  #log = '';

  private constructor(options: ChildOptions) {
    this.child = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], {
      env: childEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.child
      .stderr!.setEncoding('utf8')
      .on('data', (text: string) => (this.#log = (this.#log + text).slice(-LOG_KEPT)));
    this.exited = once(this.child, 'close').then(([code]) => code as number | null);
  }

  /** Resolves once it answers `/status`. */
  static async start(options: ChildOptions): Promise<RunningTrader> {
    const trader = new RunningTrader(options);
    await trader.until('an answer', () => true);
    return trader;
  }

  get pid(): number {
    return this.child.pid!;
  }

  get log(): string {
    return this.#log;
  }

  /** Of the HTTP side, or `null` before it is known. */
  get origin(): string | null {
    const url = /Status: (http:[^\s"]+)/.exec(this.#log)?.[1];
    this.#origin ??= url ? new URL(url).origin : null;
    return this.#origin;
  }
  #origin: string | null = null;

  /** `null` while it cannot be asked. */
  async status(): Promise<Status | null> {
    if (!this.origin) return null;
    try {
      const response = await fetch(`${this.origin}/status`, { signal: AbortSignal.timeout(10_000) });
      return response.ok ? ((await response.json()) as Status) : null;
    } catch {
      return null;
    }
  }

  /** The status code of one path, or `null` while it cannot be asked. */
  async answer(path: string): Promise<number | null> {
    try {
      return (await fetch(`${this.origin}${path}`, { signal: AbortSignal.timeout(5_000) })).status;
    } catch {
      return null;
    }
  }

  /** Asks until the status is as wanted. @throws after `timeoutMs`, with the latest status and the end of the log */
  async until(what: string, wanted: (status: Status) => boolean, timeoutMs = 60_000): Promise<Status> {
    const deadline = performance.now() + timeoutMs;
    let latest: Status | null = null;
    while (performance.now() < deadline && this.child.exitCode === null && this.child.signalCode === null) {
      const status = await this.status();
      if (status && wanted(status)) return status;
      latest = status ?? latest;
      await new Promise((resolve) => void setTimeout(resolve, 100));
    }
    const { state, cause } = latest ?? { state: 'not answering', cause: '' };
    throw new Error(`No ${what} after ${timeoutMs} ms: ${state} (${cause})\n${this.#log.slice(-3_000)}`);
  }

  ready(deltas = 1): Promise<Status> {
    return this.until('ready', ({ state, session }) => state === 'ready' && Number(session?.['deltas']) >= deltas);
  }

  /** Sets its wall clock, and that of nobody else. */
  setClock(byMs: number): void {
    this.child.send({ byMs });
  }

  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.exited;
  }

  /** As a machine does it: no last word. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.kill();
  }
}

/** What happened, without times: `ready>error`. */
export const steps = (transitions: readonly CoordinatorTransition[]): readonly string[] =>
  transitions.map(({ from, to }) => `${from}>${to}`);
