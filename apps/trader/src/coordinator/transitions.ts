// The latest changes of state: kept for `/status`, told to whoever listens, written to the log.
import type { CoordinatorTransition } from './step.ts';
import type { EventLog, LoggedTransition } from '../event-log.ts';
import type { Log } from '../log/log.ts';
import { systemRuntime } from '../runtime/system-runtime.ts';

const TRANSITIONS_KEPT = 50;

export class TransitionLog {
  readonly #events: EventLog;
  readonly #log: Log;
  readonly #latest: LoggedTransition[] = [];

  constructor(events: EventLog, log: Log) {
    this.#events = events;
    this.#log = log;
  }

  /** Oldest first, at most 50. */
  get latest(): readonly LoggedTransition[] {
    return this.#latest;
  }

  add(transition: CoordinatorTransition): void {
    const logged = { ...transition, atMs: systemRuntime.nowMs() };
    this.#latest.push(logged);
    if (this.#latest.length > TRANSITIONS_KEPT) this.#latest.shift();
    this.#events.add({ type: 'state', ...logged });
    const { from, to, cause } = transition;
    this.#log.info({ state: to, from, cause }, `${from} → ${to}: ${cause}`);
  }
}
