// How long the trader has been in each of its states. Transitions are bounded to the latest; these sums are not. They are
// measured on the monotonic clock: the wall clock may be set back, and a counter must not.
import type { CoordinatorState } from '../../coordinator/step.ts';
import { systemRuntime } from '../../runtime/system-runtime.ts';
import type { EventLog } from '../../event-log.ts';

type State = CoordinatorState['phase'];

export class StateTimes {
  readonly #monotonicMs: () => number;
  readonly #spentMs = new Map<State, number>();
  readonly #entered = new Map<State, number>();
  #present: State;
  #sinceMs: number;

  /** @param first the state from which the log's events go on */
  constructor(first: State, events: EventLog, monotonicMs: () => number = () => systemRuntime.monotonicMs()) {
    this.#monotonicMs = monotonicMs;
    this.#present = first;
    this.#sinceMs = monotonicMs();
    this.#entered.set(first, 1);
    events.on((event) => {
      if (event.type === 'state') this.#enter(event.to);
    });
  }

  /** In all, the present stay included. */
  spentMs(state: State): number {
    const present = state === this.#present ? this.#monotonicMs() - this.#sinceMs : 0;
    return (this.#spentMs.get(state) ?? 0) + present;
  }

  entered(state: State): number {
    return this.#entered.get(state) ?? 0;
  }

  #enter(state: State): void {
    this.#spentMs.set(this.#present, this.spentMs(this.#present));
    this.#entered.set(state, this.entered(state) + 1);
    this.#present = state;
    this.#sinceMs = this.#monotonicMs();
  }
}
