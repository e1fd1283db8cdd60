// Who listens to what. One that throws, or returns a promise that rejects, stops neither the others nor the feed.
import { OrderbookClientError } from './errors.ts';
import { isPromise } from './io/is-promise.ts';
import type { OrderbookEvent, ProblemEvent } from './events.ts';
import type { EventType, Listener } from './client-api.ts';

type Entry = (event: never) => unknown;

/** Problems that no retry heals by itself: somebody has to hear of them. */
const WANTS_A_PERSON: ReadonlySet<string> = new Set([
  'AUTH_REJECTED',
  'ACCESS_DENIED',
  'HANDSHAKE_REJECTED',
  'SIGNER_FAILED',
  'RUNTIME_FAILED',
  'LISTENER_FAILED',
  'RECORD_UNREADABLE',
  'REPLAY_SOURCE_FAILED',
]);

export class Listeners {
  readonly #byType = new Map<EventType, Set<Entry>>();
  readonly #nowMs: () => number;
  readonly #printed = new Set<string>();
  readonly #bystanders = new WeakSet<Entry>();
  #failures = 0;

  /** @param nowMs wall clock, for the problems that listeners make */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Times that a listener failed. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * @param isBystander it waits for something else: what only bystanders hear counts as heard by nobody
   * @returns removes the listener again; harmless twice
   */
  add<T extends EventType>(type: T, listener: Listener<T>, isBystander = false): () => void {
    const listeners = this.#byType.get(type) ?? new Set();
    this.#byType.set(type, listeners);
    // Wrapped, so that the same function registered twice is two registrations.
    const entry: Entry = (event) => listener(event);
    listeners.add(entry);
    if (isBystander) this.#bystanders.add(entry);
    return () => void listeners.delete(entry);
  }

  emit(event: OrderbookEvent): void {
    if (event.type === 'problem') this.#tell(event, NOBODY);
    else for (const entry of this.#byType.get(event.type) ?? NOBODY) this.#call(entry, event, NOBODY);
  }

  /** @param except listeners that have failed at this already: told of it, they would be told of that failure for ever */
  #tell(problem: ProblemEvent, except: ReadonlySet<Entry>): void {
    let heard = false;
    for (const entry of this.#byType.get('problem') ?? NOBODY) {
      if (except.has(entry)) continue;
      heard ||= !this.#bystanders.has(entry);
      this.#call(entry, problem, except);
    }
    if (!heard) this.#printOnce(problem);
  }

  #call(entry: Entry, event: OrderbookEvent, except: ReadonlySet<Entry>): void {
    try {
      const result = entry(event as never);
      if (result !== undefined) this.#follow(result, entry, event, except);
    } catch (cause) {
      this.#failed(entry, event, cause, except);
    }
  }

  /** Apart from {@link #call}, which would make a place for what the closure holds at each event. */
  #follow(result: unknown, entry: Entry, event: OrderbookEvent, except: ReadonlySet<Entry>): void {
    if (isPromise(result)) result.then(undefined, (cause: unknown) => this.#failed(entry, event, cause, except));
  }

  #failed(entry: Entry, event: OrderbookEvent, cause: unknown, except: ReadonlySet<Entry>): void {
    this.#failures++;
    const error = new OrderbookClientError('LISTENER_FAILED', `A listener of "${event.type}" threw.`, { cause });
    const without = event.type === 'problem' ? new Set([...except, entry]) : NOBODY;
    this.#tell({ type: 'problem', error, retryInMs: null, atMs: this.#nowMs() }, without);
  }

  /** Without a listener of problems a key that is rejected would look like a quiet market. Each code is printed once. */
  #printOnce({ error: { code, message } }: ProblemEvent): void {
    if (!WANTS_A_PERSON.has(code) || this.#printed.has(code)) return;
    this.#printed.add(code);
    const advice = 'Listen to "problem" events to be told of every one; this code is printed once.';
    // oxlint-disable-next-line no-console -- nobody else would hear of it
    console.error(`@trader/orderbook-client: ${code}: ${message} ${advice}`);
  }
}

const NOBODY: ReadonlySet<Entry> = new Set();
