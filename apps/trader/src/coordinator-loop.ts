// Drives the coordinator: one input after the other, the effects of each in order, and its alarm clock. What is to be done
// is decided in core/coordinator.ts, and done by whoever made this.
import type { CoordinatorLimits, SessionCount } from './core/coordinator-state.ts';
import {
  initialCoordinator,
  step,
  type CoordinatorEffect,
  type CoordinatorInput,
  type CoordinatorState,
} from './core/coordinator.ts';
import { WakeTimer } from './wake-timer.ts';

export type CoordinatorLoopOptions = {
  readonly limits: Partial<CoordinatorLimits>;
  /** Of the open session, at the time of an input; `null` without one. */
  readonly counters: () => SessionCount | null;
  readonly perform: (effect: CoordinatorEffect) => void;
};

export class CoordinatorLoop {
  readonly #options: CoordinatorLoopOptions;
  readonly #inputs: CoordinatorInput[] = [];
  readonly #timer = new WakeTimer((atMs) => this.take({ type: 'woke', atMs }));
  #state: CoordinatorState;
  #isStepping = false;

  constructor(options: CoordinatorLoopOptions) {
    this.#options = options;
    this.#state = initialCoordinator(Date.now(), options.limits);
  }

  get state(): CoordinatorState {
    return this.#state;
  }

  /** What an effect tells waits here until all effects of its own input are done. */
  take(input: CoordinatorInput): void {
    this.#inputs.push(input);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) this.#step(next);
    } finally {
      this.#isStepping = false;
    }
    this.#timer.set(this.#state.wait);
  }

  /** Time limits are looked at no more. */
  end(): void {
    this.#timer.stop();
  }

  #step(input: CoordinatorInput): void {
    const { state, effects } = step(this.#state, { ...input, counters: this.#options.counters() });
    this.#state = state;
    for (const effect of effects) this.#options.perform(effect);
  }
}
