// Calls that wait for something: each looks at once, then at each event, until it finds it, or its time, its signal or the
// client ends it. Nothing of it is left after that.
import type { EventType, WaitOptions } from './client-api.ts';
import { OrderbookClientError } from './errors.ts';
import type { OrderbookEvent } from './events.ts';
import type { Runtime } from './io/runtime.ts';
import type { Listeners } from './listeners.ts';
import { objectWith, signalOf, timeoutOf } from './option-checks.ts';

type Wait<T> = {
  /** What the caller has called. */
  readonly name: string;
  readonly options: WaitOptions;
  /** The events that are looked at. */
  readonly types: readonly EventType[];
  /** Looks at an event; at `null` first, and whenever something has changed that no event tells. What it throws ends the wait. */
  readonly look: (event: OrderbookEvent | null, found: (value: T) => void) => void;
  /** What the wait ends with when its time is over. */
  readonly late: (timeoutMs: number) => OrderbookClientError;
};

export class Waiting {
  readonly #listeners: Listeners;
  readonly #setTimer: Runtime['setTimer'];
  readonly #isClosed: () => boolean;
  readonly #onWait: () => void;
  readonly #looks = new Set<() => void>();
  #ended = 0;

  /** @param onWait a call has begun to wait */
  constructor(
    listeners: Listeners,
    { setTimer }: Pick<Runtime, 'setTimer'>,
    isClosed: () => boolean,
    onWait: () => void,
  ) {
    this.#listeners = listeners;
    this.#setTimer = setTimer;
    this.#isClosed = isClosed;
    this.#onWait = onWait;
  }

  /** Calls that wait now. */
  get size(): number {
    return this.#looks.size;
  }

  /** Calls that have found what they waited for, or have failed: their callers go on once promises have run. */
  get ended(): number {
    return this.#ended;
  }

  /** Something has changed that no event tells. */
  lookAgain(): void {
    for (const look of this.#looks) look();
  }

  async wait<T>({ name, options, types, look, late }: Wait<T>): Promise<T> {
    const given = objectWith(name, options, ['signal', 'timeoutMs']);
    const signal = signalOf(given['signal']);
    const timeoutMs = timeoutOf(given['timeoutMs'] ?? Infinity);
    signal?.throwIfAborted();
    const { promise, ...settle } = Promise.withResolvers<T>();
    const resolve = (value: T): void => {
      this.#ended++;
      settle.resolve(value);
    };
    const reject = (error: unknown): void => {
      this.#ended++;
      settle.reject(error);
    };
    const take = (event: OrderbookEvent | null): void => {
      try {
        look(event, resolve);
      } catch (error) {
        reject(error);
      }
      if (this.#isClosed()) reject(new OrderbookClientError('CLOSED', 'The client is closed.'));
    };
    const lookAgain = (): void => take(null);
    const onAbort = (): void => reject(signal?.reason);
    const offs = types.map((type) => this.#listeners.add(type, take, true));
    offs.push(this.#setTimer(timeoutMs, () => reject(late(timeoutMs))));
    signal?.addEventListener('abort', onAbort);
    this.#looks.add(lookAgain);
    lookAgain();
    this.#onWait();
    try {
      return await promise;
    } finally {
      this.#looks.delete(lookAgain);
      signal?.removeEventListener('abort', onAbort);
      for (const off of offs) off();
    }
  }
}
