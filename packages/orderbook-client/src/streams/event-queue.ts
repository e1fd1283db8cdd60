// Events between the feed, which pushes, and a `for await`, which pulls at its own pace. Bounded: what happens when the
// reader falls behind is the caller's choice, and none of the choices drops an event in silence.
import { OrderbookClientError } from '../errors.ts';
import type { OrderbookEvent } from '../events.ts';
import type { ReadSource } from './reader-handle.ts';
import { Ring } from './ring.ts';

export interface EventStreamOptions<T extends OrderbookEvent['type'] = OrderbookEvent['type']> {
  /** Only events of these types. @default all */
  readonly types?: readonly T[];
  /**
   * Of the events that belong to markets, only those of these. Events that belong to none (`status`, `control`, a `gap`
   * of a whole subscription, …) come all the same; `types` leaves them out.
   *
   * @default all
   */
  readonly markets?: readonly string[];
  /** Ends the iteration by throwing its reason. */
  readonly signal?: AbortSignal;
  /** Most events that wait for the reader. @default 10000 */
  readonly maxQueued?: number;
  /**
   * What happens when they are more. `error`: the iteration ends with `QUEUE_OVERFLOW`, after the events that were queued.
   * `pause`: the client reads no further until the reader has caught up to half; a reader that stays slow will be cut
   * off by the exchange. @default 'error'
   */
  readonly overflow?: 'error' | 'pause';
}

type QueueOptions = Required<Pick<EventStreamOptions, 'maxQueued' | 'overflow'>> & {
  readonly signal: AbortSignal | undefined;
  readonly onPause: () => void;
  readonly onResume: () => void;
  /** The reader waits for the next event, or is gone. */
  readonly onRead: () => void;
  /** Called once, when nothing more will be taken. */
  readonly onEnd: () => void;
};

type Reader = PromiseWithResolvers<IteratorResult<OrderbookEvent, undefined>> & { readonly reader: object };

export class EventQueue implements ReadSource<OrderbookEvent> {
  readonly #options: QueueOptions;
  readonly #queued = new Ring<OrderbookEvent>();
  readonly #readers = new Ring<Reader>();
  readonly #onAbort = (): void => this.#end(this.#options.signal?.reason, { drop: true });
  /** Why no more events come; `null` while they do. */
  #ended: { readonly error: unknown } | null = null;
  #paused = false;
  #isRead = false;

  constructor(options: QueueOptions) {
    this.#options = options;
    if (options.signal?.aborted) this.#ended = { error: options.signal.reason };
    else options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Takes an event of the feed. */
  push(event: OrderbookEvent): void {
    if (this.#ended) return;
    const reader = this.#readers.shift();
    if (reader) return reader.resolve({ done: false, value: event });
    const { maxQueued, overflow } = this.#options;
    if (overflow === 'error' && this.#queued.size >= maxQueued) {
      const text = `More than ${maxQueued} events waited for their reader. Read faster, raise maxQueued, or choose overflow: 'pause'.`;
      this.#end(new OrderbookClientError('QUEUE_OVERFLOW', text));
      return;
    }
    this.#queued.push(event);
    if (overflow === 'pause' && this.#queued.size >= maxQueued) this.#setPaused(true);
  }

  /** Its reader has something to do before it takes more: whoever reads has not come back, or as much is queued as may be. */
  get isBehind(): boolean {
    if (this.#ended) return false;
    return this.#isRead ? this.#readers.size === 0 : this.#queued.size >= this.#options.maxQueued;
  }

  /** No more events come, and why; those that are queued can still be read. */
  finish(error?: unknown): void {
    this.#end(error);
  }

  next(reader: object): Promise<IteratorResult<OrderbookEvent, undefined>> {
    this.#isRead = true;
    const value = this.#queued.shift();
    if (value) {
      if (this.#queued.size <= this.#options.maxQueued / 2) this.#setPaused(false);
      return Promise.resolve({ done: false, value });
    }
    const waiting: Reader = { ...Promise.withResolvers<IteratorResult<OrderbookEvent, undefined>>(), reader };
    if (this.#ended) this.#dismiss(waiting, this.#ended.error);
    else this.#readers.push(waiting);
    this.#options.onRead();
    return waiting.promise;
  }

  /** The reader has left the loop. */
  return(): Promise<IteratorResult<OrderbookEvent, undefined>> {
    this.#end(undefined, { drop: true });
    return Promise.resolve({ done: true, value: undefined });
  }

  #end(error: unknown, { drop = false } = {}): void {
    if (drop) this.#queued.clear();
    if (this.#ended) return;
    this.#ended = { error };
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#setPaused(false);
    for (let reader = this.#readers.shift(); reader; reader = this.#readers.shift())
      this.#dismiss(reader, this.#ended.error);
    this.#options.onEnd();
    this.#options.onRead();
  }

  /** An error is thrown once; after it the iteration is simply over. */
  #dismiss(reader: Reader, error: unknown): void {
    this.#ended = { error: undefined };
    if (error === undefined) reader.resolve({ done: true, value: undefined });
    else reader.reject(error);
  }

  #setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.#options.onPause();
    else this.#options.onResume();
  }
}
