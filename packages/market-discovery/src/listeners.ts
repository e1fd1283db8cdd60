import { MarketDiscoveryError } from './errors.ts';
import type { MarketDiscoveryEvent, MarketDiscoveryEvents } from './events.ts';

type Entry = { readonly type: string; readonly listener: (event: never) => unknown };

/** Who listens to what. One that fails stops neither the others nor the search. */
export class Listeners {
  readonly #entries = new Set<Entry>();
  readonly #waiting: MarketDiscoveryEvent[] = [];
  #isTelling = false;
  /** Times that a listener failed. */
  failures = 0;

  /** @returns removes the listener; harmless twice */
  add<T extends keyof MarketDiscoveryEvents>(
    type: T,
    listener: (event: MarketDiscoveryEvents[T]) => unknown,
  ): () => void {
    const entry: Entry = { type, listener };
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  /** In the order in which they came about: what a listener causes is told after everybody has heard of the present one. */
  tell(event: MarketDiscoveryEvent): void {
    this.#waiting.push(event);
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      // Over a copy: whoever registers while an event is told gets the next one first.
      for (const entry of Array.from(this.#entries)) if (entry.type === next.type) this.#call(entry, next);
    }
    this.#isTelling = false;
  }

  #call({ listener }: Entry, event: MarketDiscoveryEvent): void {
    try {
      const result = listener(event as never) as PromiseLike<unknown> | undefined;
      if (typeof result?.then === 'function') result.then(undefined, (cause: unknown) => this.#failed(event, cause));
    } catch (cause) {
      this.#failed(event, cause);
    }
  }

  #failed({ type }: MarketDiscoveryEvent, cause: unknown): void {
    this.failures++;
    // A listener of failures that fails is only counted: to tell it again would never end.
    if (type === 'listener-failed') return;
    const error = new MarketDiscoveryError('LISTENER_FAILED', `A listener of "${type}" failed`, null, cause);
    this.tell({ type: 'listener-failed', error });
  }
}
