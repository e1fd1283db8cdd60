import type { SessionStoreError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import { spoolFailure } from './spool-failure.ts';
import { everything } from './spool-row.ts';
import type { Group, SpoolThread } from './spool-thread.ts';

/** Pause before a commit that failed is tried again by itself. */
const retryAfterMs = 1000;
/** One group, about: the next one waits as long as this takes. */
const maxGroupBytes = 2 ** 20;

type Item = Group['items'][number];
/** Its place says after what it came. */
type Queued = { readonly place: number; readonly bytes: number; readonly item: Item };
type Waiter = PromiseWithResolvers<void> & { readonly place: number };

/** What is asked of a {@link SpoolThread}. */
export type SpoolThreadLike = Pick<SpoolThread, 'ask' | 'end'>;

/**
 * What waits for the disk. A pump hands it to the thread: one group at a time, made safe by one commit, with all that has come
 * meanwhile in the next one. What was not confirmed stays here and is handed over again.
 */
export class CommitQueue {
  readonly #thread: SpoolThreadLike;
  readonly #runtime: Runtime;
  readonly #onFailure: () => void;
  #queue: Queued[] = [];
  /** How many from the front of the queue the thread has at the moment. */
  #writing = 0;
  #bytes = 0;
  #places = 0;
  /** By session the batch up to which the thread may free everything. */
  #released = new Map<number, number>();
  #mayFree = true;
  #waiters: Waiter[] = [];
  #failure: SessionStoreError | null = null;
  #pumping: Promise<void> | null = null;
  #cancelRetry: (() => void) | null = null;
  #isClosing = false;

  /** @param onFailure called each time that a commit failed */
  constructor(thread: SpoolThreadLike, runtime: Runtime, onFailure: () => void) {
    this.#thread = thread;
    this.#runtime = runtime;
    this.#onFailure = onFailure;
    this.#wake();
  }

  /** Why nothing can be taken, until a try has worked. */
  get failure(): SessionStoreError | null {
    return this.#failure;
  }

  /** What waits, by the size of its texts. */
  get bytes(): number {
    return this.#bytes;
  }

  add(item: Item): void {
    const bytes = ('payload' in item ? item.payload : item.text).length;
    this.#queue.push({ place: ++this.#places, bytes, item });
    this.#bytes += bytes;
    this.#wake();
  }

  /** Of a session nothing is needed any more up to this batch; of what waits it need not be written. */
  release(number: number, throughBatch: number): void {
    this.#released.set(number, Math.max(throughBatch, this.#released.get(number) ?? 0));
    this.#dropReleased();
    this.#wake();
  }

  /** @throws {SessionStoreError} SPOOL_FULL or SPOOL_FAILED */
  async durable(): Promise<void> {
    if (this.#queue.length === 0) return;
    if (this.#failure) throw this.#failure;
    const waiter = { ...Promise.withResolvers<void>(), place: this.#places };
    this.#waiters.push(waiter);
    await waiter.promise;
  }

  /** Makes all safe, with one more try. What is not needed may stay: the next opening frees it. @throws as {@link durable} */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#pumping;
    this.#cancelRetry?.();
    this.#wake();
    await this.#pumping;
    if (this.#queue.length > 0) throw this.#failure!;
  }

  #wake(): void {
    this.#pumping ??= this.#pump();
  }

  /** Never rejects: what goes wrong becomes the failure that callers see. */
  async #pump(): Promise<void> {
    // After the caller's turn: what comes together is written together.
    await Promise.resolve();
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    try {
      // What makes room goes first: a full disk takes nothing new, and yet lets go of what it has.
      while (this.#failure && this.#hasToFree) await this.#commit(0);
      while (this.#queue.length > 0 || this.#hasToFree) await this.#commit(this.#groupLength());
      this.#failure = null;
    } catch (cause) {
      this.#fail(spoolFailure('Writing to the spool', cause));
    }
    this.#pumping = null;
    if (this.#failure && !this.#isClosing) {
      this.#cancelRetry = this.#runtime.setTimer(retryAfterMs, () => this.#wake());
    }
  }

  get #hasToFree(): boolean {
    return this.#released.size > 0 || (this.#mayFree && !this.#isClosing);
  }

  /** How many from the front of the queue make a group: one at least. */
  #groupLength(): number {
    let size = 0;
    const length = this.#queue.findIndex(({ bytes }) => (size += bytes) > maxGroupBytes);
    return length < 0 ? this.#queue.length : Math.max(1, length);
  }

  async #commit(length: number): Promise<void> {
    const released = this.#released;
    const items = this.#queue.slice(0, length).map(({ item }) => item);
    this.#released = new Map();
    this.#writing = length;
    try {
      this.#mayFree = await this.#thread.ask('commit', { items, released });
      for (const { bytes } of this.#queue.splice(0, length)) this.#bytes -= bytes;
    } catch (cause) {
      for (const [number, through] of released) {
        this.#released.set(number, Math.max(through, this.#released.get(number) ?? 0));
      }
      throw cause;
    } finally {
      this.#writing = 0;
      this.#dropReleased();
    }
    this.#settle();
  }

  #dropReleased(): void {
    this.#queue = this.#queue.filter(({ item, bytes }, index) => {
      const through = this.#released.get(item.number) ?? 0;
      const isNeeded = 'payload' in item ? item.batch > through : through < everything;
      // What the thread has is dropped only where it comes back.
      if (isNeeded || index < this.#writing) return true;
      this.#bytes -= bytes;
      return false;
    });
  }

  #settle(): void {
    const next = this.#queue[0]?.place ?? Infinity;
    this.#waiters = this.#waiters.filter((waiter) => {
      if (waiter.place < next) waiter.resolve();
      return waiter.place >= next;
    });
  }

  #fail(error: SessionStoreError): void {
    this.#failure = error;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
    this.#onFailure();
  }
}
