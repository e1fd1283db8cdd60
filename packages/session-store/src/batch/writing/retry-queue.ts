import { backoffMs } from '../../background/backoff.ts';
import type { SessionStoreError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import type { StoreWrite } from '../../events.ts';
import type { SourceStatus } from '../../background/status-sources.ts';

/** A batch, as far as it is reported. */
type WriteContent = Omit<StoreWrite, 'elapsedMs'>;

/**
 * Does writes, each again and again until it works: the database may be away for as long as it likes. They take turns, try by try,
 * so that no two ask the database at once, and one that fails holds up none of the others. A write ends without success only
 * when it is itself at fault, or when it is called off.
 */
export class RetryQueue {
  readonly #runtime: Runtime;
  readonly #onStatus: (status: SourceStatus) => void;
  readonly #onWrite: (write: StoreWrite) => void;
  #lastTurn: Promise<unknown> = Promise.resolve();
  /** Writes that failed and are tried again. */
  readonly #failing = new Set<() => Promise<unknown>>();
  #status: SourceStatus = { state: 'writing' };

  constructor(
    runtime: Runtime,
    onStatus: (status: SourceStatus) => void,
    onWrite: (write: StoreWrite) => void = () => undefined,
  ) {
    this.#runtime = runtime;
    this.#onStatus = onStatus;
    this.#onWrite = onWrite;
  }

  /**
   * @param attempt harmless when repeated; rejects with SessionStoreError only
   * @param signal calls it off, with the error that the caller then gets; an attempt under way is waited for
   * @param content what is committed with it, which is reported then
   */
  async write<T>(attempt: () => Promise<T>, signal: AbortSignal, content: WriteContent | null = null): Promise<T> {
    let startedMs: number | null = null;
    for (let failures = 0; ;) {
      try {
        signal.throwIfAborted();
        const value = await this.#inTurn(async () => {
          startedMs ??= this.#runtime.monotonicMs();
          return attempt();
        }, signal);
        this.#failing.delete(attempt);
        this.answered();
        if (content) this.#wrote(content, this.#runtime.monotonicMs() - startedMs!);
        return value;
      } catch (cause) {
        this.#failing.delete(attempt);
        // Called off, which is no failure.
        if (cause === signal.reason) throw cause;
        const error = cause as SessionStoreError;
        this.report(error);
        if (!error.retryable) throw error;
        this.#failing.add(attempt);
        failures++;
        await this.#pause(backoffMs(failures, this.#runtime.random()), signal);
      }
    }
  }

  /** Tells the status listener, unless it has been told already that writing fails. */
  report(error: SessionStoreError): void {
    this.#report({ state: 'failing', error, sinceMs: this.#runtime.nowMs() });
  }

  /** The database has done, or refused, what was asked of it: unless a write is tried again, nothing fails. */
  answered(): void {
    if (this.#failing.size === 0) this.#report({ state: 'writing' });
  }

  #inTurn<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const turn = this.#lastTurn.then(async () => {
      signal.throwIfAborted();
      return attempt();
    });
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
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

  #report(status: SourceStatus): void {
    if (status.state === this.#status.state) return;
    this.#status = status;
    tell(() => this.#onStatus(status));
  }

  #wrote({ records, bytes, lastRecordAtMs }: WriteContent, elapsedMs: number): void {
    tell(() => this.#onWrite({ records, bytes, lastRecordAtMs, elapsedMs }));
  }
}

/** A listener's failure is its owner's; writing must not stop for it. */
function tell(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
