import type { StoreStatus } from './options.ts';

/** What can fail, the worst first: with a full spool, records are about to be lost. */
const sources = ['spool', 'database', 'recovery'] as const;

export type StatusSource = (typeof sources)[number];

/** Makes one status of several: failing as long as one of them is, with the error of the worst. */
export class StatusSources {
  readonly #onStatus: (status: StoreStatus) => void;
  readonly #failing = new Map<StatusSource, StoreStatus>();
  #reported: StoreStatus = { state: 'writing' };

  /** @param onStatus what it throws surfaces as an uncaught exception */
  constructor(onStatus: (status: StoreStatus) => void) {
    this.#onStatus = onStatus;
  }

  of(source: StatusSource): (status: StoreStatus) => void {
    return (status) => {
      if (status.state === 'writing') this.#failing.delete(source);
      else if (!this.#failing.has(source)) this.#failing.set(source, status);
      this.#report();
    };
  }

  #report(): void {
    const worst = sources.find((source) => this.#failing.has(source));
    const status: StoreStatus = worst ? this.#failing.get(worst)! : { state: 'writing' };
    if (status === this.#reported || status.state + this.#reported.state === 'writingwriting') return;
    this.#reported = status;
    try {
      this.#onStatus(status);
    } catch (error) {
      // The listener's failure is its owner's; writing must not stop for it.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
