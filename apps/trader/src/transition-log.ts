// The latest changes of state: kept for `/status`, told to whoever listens, written to the log.
import type { CoordinatorTransition } from './core/coordinator.ts';
import type { EventLog } from './http/event-log.ts';
import type { Log } from './log.ts';

const TRANSITIONS_KEPT = 50;

export class TransitionLog {
  readonly #events: EventLog;
  readonly #log: Log;
  readonly #latest: CoordinatorTransition[] = [];

  constructor(events: EventLog, log: Log) {
    this.#events = events;
    this.#log = log;
  }

  /** Oldest first, at most 50. */
  get latest(): readonly CoordinatorTransition[] {
    return this.#latest;
  }

  add(transition: CoordinatorTransition): void {
    this.#latest.push(transition);
    if (this.#latest.length > TRANSITIONS_KEPT) this.#latest.shift();
    this.#events.add({ type: 'state', ...transition });
    const { from, to, cause } = transition;
    this.#log.info({ state: to, from, cause }, `${from} → ${to}: ${cause}`);
  }
}
