import type { StoreFailure, StoreStatus } from '../events.ts';

/** What can fail, the worst first: with a full spool, records are about to be lost. */
const sources = ['spool', 'database', 'recovery'] as const;

/** Of one source. */
export type SourceStatus =
  | { readonly state: 'writing' }
  | ({ readonly state: 'failing' } & Omit<StoreFailure, 'source'>);

/** Makes one status of several: failing as long as one of them is, with all that fails. */
export class StatusSources {
  readonly #onStatus: (status: StoreStatus) => void;
  readonly #failing = new Map<StoreFailure['source'], StoreFailure>();

  /** @param onStatus what it throws surfaces as an uncaught exception */
  constructor(onStatus: (status: StoreStatus) => void) {
    this.#onStatus = onStatus;
  }

  of(source: StoreFailure['source']): (status: SourceStatus) => void {
    return (status) => {
      if ((status.state === 'failing') === this.#failing.has(source)) return;
      if (status.state === 'writing') this.#failing.delete(source);
      else this.#failing.set(source, { source, error: status.error, sinceMs: status.sinceMs });
      this.#report();
    };
  }

  #report(): void {
    const failures = sources.flatMap((source) => this.#failing.get(source) ?? []);
    const [worst] = failures;
    try {
      this.#onStatus(
        worst ? { state: 'failing', error: worst.error, sinceMs: worst.sinceMs, failures } : { state: 'writing' },
      );
    } catch (error) {
      // The listener's failure is its owner's; writing must not stop for it.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
