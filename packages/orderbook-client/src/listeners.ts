// Who listens to what. One that throws stops neither the others nor the feed.
import { OrderbookClientError } from './errors.ts';
import type { OrderbookEvent } from './events.ts';
import type { EventType, Listener } from './client-api.ts';

export class Listeners {
  readonly #byType = new Map<EventType, Set<(event: never) => void>>();
  readonly #nowMs: () => number;
  #failures = 0;

  /** @param nowMs wall clock, for the problems that listeners make */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Times that a listener threw. */
  get failures(): number {
    return this.#failures;
  }

  /** @returns removes the listener again; harmless twice */
  add<T extends EventType>(type: T, listener: Listener<T>): () => void {
    const listeners = this.#byType.get(type) ?? new Set();
    this.#byType.set(type, listeners);
    // Wrapped, so that the same function registered twice is two registrations.
    const entry = (event: never): void => listener(event);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  emit(event: OrderbookEvent): void {
    const listeners = this.#byType.get(event.type);
    if (!listeners) return;
    for (const listener of listeners) {
      try {
        listener(event as never);
      } catch (cause) {
        this.#failed(event, cause);
      }
    }
  }

  #failed(event: OrderbookEvent, cause: unknown): void {
    this.#failures++;
    // A listener of problems that throws at one would be told of its own failure for ever.
    if (event.type === 'problem') return;
    const error = new OrderbookClientError('LISTENER_FAILED', `A listener of "${event.type}" threw.`, { cause });
    this.emit({ type: 'problem', error, retryInMs: null, atMs: this.#nowMs() });
  }
}
