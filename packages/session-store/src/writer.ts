import { backoffMs } from './core/backoff.ts';
import type { SessionStoreError } from './errors.ts';
import type { Runtime } from './io/runtime.ts';
import type { StoreStatus } from './options.ts';

/**
 * Does writes one after the other, each again and again until it works: the database may be away for as long as it likes.
 * A write ends without success only when it is itself at fault, or when it is called off.
 */
export class Writer {
  readonly #runtime: Runtime;
  readonly #onStatus: (status: StoreStatus) => void;
  #last: Promise<unknown> = Promise.resolve();
  #status: StoreStatus = { state: 'writing' };

  constructor(runtime: Runtime, onStatus: (status: StoreStatus) => void) {
    this.#runtime = runtime;
    this.#onStatus = onStatus;
  }

  /**
   * @param attempt harmless when repeated; rejects with SessionStoreError only
   * @param signal calls it off, with the error that the caller then gets; an attempt under way is waited for
   */
  write<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const result = this.#last.then(async () => this.#persist(attempt, signal));
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Tells the status listener, unless it has been told already that writing fails. */
  report(error: SessionStoreError): void {
    this.#report({ state: 'failing', error, sinceMs: this.#runtime.nowMs() });
  }

  async #persist<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let failures = 0; ;) {
      signal.throwIfAborted();
      try {
        const value = await attempt();
        this.#report({ state: 'writing' });
        return value;
      } catch (cause) {
        const error = cause as SessionStoreError;
        this.report(error);
        if (!error.retryable) throw error;
        failures++;
        await this.#pause(backoffMs(failures, this.#runtime.random()), signal);
      }
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    const cancel = this.#runtime.setTimer(ms, wake);
    signal.addEventListener('abort', wake);
    await promise;
    // A session can be retried for days: what each pause attaches, it takes away.
    signal.removeEventListener('abort', wake);
    cancel();
  }

  #report(status: StoreStatus): void {
    if (status.state === this.#status.state) return;
    this.#status = status;
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
