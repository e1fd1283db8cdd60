// What goes on by itself. In go jobs, each with its time; out goes a report of each run that failed. One job runs at a time. A job
// that fails is due again at its next time.
import type { SessionStoreError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { MaintenanceFailure } from '../events.ts';

export type Job = {
  /** For people: "dropping expired partitions". */
  readonly name: string;
  /** From the end of one run to the beginning of the next, in ms, less up to a fifth. */
  readonly everyMs: number;
  /** Until the first run, in ms, less up to a fifth. @default everyMs */
  readonly firstAfterMs?: number;
  /**
   * Waits twice as long after each failure in a row, at most an hour: for heavy work that fails again where it failed
   * before. @default false
   */
  readonly backsOff?: boolean;
  /** May take its time: nobody waits for it but the jobs that are due after it. Rejects with SessionStoreError only. */
  readonly run: () => Promise<unknown>;
};

const LONGEST_PAUSE_MS = 60 * 60_000;

type Entry = { readonly job: Job; dueMs: number; failures: number };

/**
 * Runs background jobs, one at a time whichever they are: a store has one connection for what nobody waits for, and two
 * heavy jobs at once would be felt by those who do wait. Each job's times are jittered, so that processes that started
 * together do not do the same thing together. A run that fails is reported and is due again at its next time.
 */
export class Maintenance {
  readonly #runtime: Runtime;
  readonly #entries: readonly Entry[];
  readonly #onFailure: (failure: MaintenanceFailure) => void;
  #cancel: (() => void) | null = null;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  /** @param onFailure what it throws surfaces as an uncaught exception */
  constructor(runtime: Runtime, jobs: readonly Job[], onFailure: (failure: MaintenanceFailure) => void) {
    this.#runtime = runtime;
    this.#onFailure = onFailure;
    this.#entries = jobs.map((job) => ({
      job,
      dueMs: this.#jittered(job.firstAfterMs ?? job.everyMs),
      failures: 0,
    }));
    this.#arm();
  }

  /** Nothing begins any more; resolves once what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    this.#cancel = null;
    await this.#running;
  }

  #arm(): void {
    const next = this.#entries.toSorted((one, other) => one.dueMs - other.dueMs)[0];
    if (!next || this.#stopped) return;
    const delayMs = Math.max(0, next.dueMs - this.#runtime.monotonicMs());
    this.#cancel = this.#runtime.setTimer(delayMs, () => {
      this.#cancel = null;
      this.#running = this.#run(next).finally(() => this.#arm());
    });
  }

  async #run(entry: Entry): Promise<void> {
    const { name, run, everyMs, backsOff = false } = entry.job;
    try {
      await run();
      entry.failures = 0;
    } catch (cause) {
      entry.failures++;
      this.#report({ job: name, error: cause as SessionStoreError, failures: entry.failures });
    }
    const longestMs = Math.max(everyMs, LONGEST_PAUSE_MS);
    entry.dueMs = this.#jittered(backsOff ? Math.min(everyMs * 2 ** entry.failures, longestMs) : everyMs);
  }

  #jittered(ms: number): number {
    return this.#runtime.monotonicMs() + ms * (1 - this.#runtime.random() / 5);
  }

  #report(failure: MaintenanceFailure): void {
    // The database is being closed under it, which is no news.
    if (this.#stopped) return;
    try {
      this.#onFailure(failure);
    } catch (error) {
      // The listener's failure is its owner's; maintenance must not stop for it.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
