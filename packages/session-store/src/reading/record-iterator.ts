import type { Runtime } from '../runtime.ts';

export type Pace<T> = {
  readonly runtime: Runtime;
  /** Undefined: no pace. */
  readonly speed: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** ms since the epoch. */
  readonly timeOf: (item: T) => number;
};

/** A timer takes no longer delays; a longer one is waited for in parts. */
const maxDelayMs = 2 ** 31 - 1;

/**
 * Gives pages item by item. Written out, because an async generator takes several turns of the microtask queue for each
 * item, which for millions of small ones is most of the time.
 */
export class RecordIterator<T> implements AsyncIterableIterator<T> {
  readonly #pages: AsyncGenerator<readonly T[], void, undefined>;
  readonly #pace: Pace<T>;
  readonly #ended = new AbortController();
  #page: readonly T[] = [];
  #at = 0;
  /** The latest call that did not find its item at hand, while it is under way. */
  #busy: Promise<unknown> | null = null;
  /** When the first item came and what its time was; null before. */
  #began: { readonly monotonicMs: number; readonly itemMs: number } | null = null;
  #over = false;

  constructor(pages: AsyncGenerator<readonly T[], void, undefined>, pace: Pace<T>) {
    this.#pages = pages;
    this.#pace = pace;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#busy === null && this.#pace.speed === undefined && this.#at < this.#page.length && !this.#aborted()) {
      return Promise.resolve({ done: false, value: this.#page[this.#at++]! });
    }
    const result = (this.#busy ?? Promise.resolve()).then(async () => this.#next());
    const settled: Promise<unknown> = result.then(
      () => this.#free(settled),
      () => this.#free(settled),
    );
    this.#busy = settled;
    return result;
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#end();
    await this.#pages.return();
    return { done: true, value: undefined };
  }

  async #next(): Promise<IteratorResult<T, undefined>> {
    if (this.#over) return { done: true, value: undefined };
    try {
      this.#pace.signal?.throwIfAborted();
      while (this.#at >= this.#page.length) {
        const { done, value } = await this.#pages.next();
        if (done === true || this.#isOver()) return await this.return();
        this.#page = value;
        this.#at = 0;
      }
      await this.#due(this.#page[this.#at]!);
      this.#pace.signal?.throwIfAborted();
      if (this.#isOver()) return { done: true, value: undefined };
      return { done: false, value: this.#page[this.#at++]! };
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  /** Resolves when it is the item's time, or nobody waits any more. */
  async #due(item: T): Promise<void> {
    const { runtime, speed, timeOf } = this.#pace;
    if (speed === undefined) return;
    const itemMs = timeOf(item);
    this.#began ??= { monotonicMs: runtime.monotonicMs(), itemMs };
    const dueMs = this.#began.monotonicMs + (itemMs - this.#began.itemMs) / speed;
    for (;;) {
      const leftMs = dueMs - runtime.monotonicMs();
      if (leftMs <= 0 || this.#over || this.#aborted()) return;
      await this.#sleep(Math.min(leftMs, maxDelayMs));
    }
  }

  async #sleep(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    const cancel = this.#pace.runtime.setTimer(ms, wake);
    const signals = [this.#ended.signal, this.#pace.signal];
    for (const signal of signals) signal?.addEventListener('abort', wake);
    await promise;
    for (const signal of signals) signal?.removeEventListener('abort', wake);
    cancel();
  }

  #end(): void {
    this.#over = true;
    this.#page = [];
    this.#at = 0;
    this.#ended.abort();
  }

  #free(settled: Promise<unknown>): void {
    if (this.#busy === settled) this.#busy = null;
  }

  #aborted(): boolean {
    return this.#pace.signal?.aborted ?? false;
  }

  /** As a function, because an await may have changed it. */
  #isOver(): boolean {
    return this.#over;
  }
}
