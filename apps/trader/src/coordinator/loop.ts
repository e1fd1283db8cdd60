// Drives the coordinator: one input after the other, the effects of each in order, and its alarm clock. What is to be done
// is decided in coordinator/step.ts, and done by whoever made this.
import type { CoordinatorLimits } from './state.ts';
import {
  initialCoordinator,
  step,
  type CoordinatorEffect,
  type CoordinatorFact,
  type CoordinatorInput,
  type CoordinatorState,
} from './step.ts';
import { systemRuntime, type Runtime } from '../runtime/system-runtime.ts';
import { WakeTimer } from './wake-timer.ts';
import type { WallTimes } from '../runtime/wall-times.ts';

export type CoordinatorLoopOptions = {
  readonly limits: Partial<CoordinatorLimits>;
  readonly perform: (effect: CoordinatorEffect) => void;
  /** `perform` threw. Whatever that was about has a time limit, and is tried again. */
  readonly onFailure: (failed: CoordinatorEffect['type'], error: unknown) => void;
  /** @default the system's */
  readonly runtime?: Omit<Runtime, 'nowMs'>;
};

export class CoordinatorLoop {
  readonly #options: CoordinatorLoopOptions;
  readonly #runtime: Omit<Runtime, 'nowMs'>;
  readonly #inputs: CoordinatorInput[] = [];
  readonly #timer: WakeTimer;
  #state: CoordinatorState;
  #isStepping = false;

  constructor(options: CoordinatorLoopOptions) {
    this.#options = options;
    this.#runtime = options.runtime ?? systemRuntime;
    this.#timer = new WakeTimer(this.#runtime, () => this.take({ type: 'woke' }));
    this.#state = initialCoordinator(this.#nowMs(), options.limits);
  }

  /** Its times are of the monotonic clock. */
  get state(): CoordinatorState {
    return this.#state;
  }

  /** What an effect tells waits here until all effects of its own input are done. */
  take(fact: CoordinatorFact): void {
    this.#inputs.push({ ...fact, atMs: this.#nowMs() });
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) this.#step(next);
    } finally {
      this.#isStepping = false;
      this.#timer.set(this.#state.wait);
    }
  }

  /** Time limits are looked at no more. */
  end(): void {
    this.#timer.stop();
  }

  #step(input: CoordinatorInput): void {
    const { state, effects } = step(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  /** One effect that cannot be performed keeps none of the others, and no later input, from its turn. */
  #perform(effect: CoordinatorEffect): void {
    try {
      this.#options.perform(effect);
    } catch (error) {
      this.#options.onFailure(effect.type, error);
    }
  }

  /** Whole, as durations are told. */
  #nowMs(): number {
    return Math.floor(this.#runtime.monotonicMs());
  }
}

/** The same state for people. */
export function inWallTime(state: CoordinatorState, times: WallTimes): CoordinatorState {
  const { wait, refusal, sinceMs, readyLeftAtMs } = state;
  return {
    ...state,
    sinceMs: times.of(sinceMs),
    readyLeftAtMs: readyLeftAtMs === null ? null : times.of(readyLeftAtMs),
    wait: wait && { ...wait, sinceMs: times.of(wait.sinceMs), untilMs: times.of(wait.untilMs) },
    refusal: refusal && { ...refusal, sinceMs: times.of(refusal.sinceMs) },
  };
}
