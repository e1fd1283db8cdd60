// Moments of the monotonic clock as times of the wall clock, for people. Inside the app they are not used.
import { systemRuntime, type Runtime } from './system-runtime.ts';

/** Two clocks that are read one after the other differ by a little each time, and what is told must not waver with it. */
const WAVERING_MS = 100;

export class WallTimes {
  readonly #runtime: Pick<Runtime, 'nowMs' | 'monotonicMs'>;
  #offsetMs = Number.NaN;

  constructor(runtime: Pick<Runtime, 'nowMs' | 'monotonicMs'> = systemRuntime) {
    this.#runtime = runtime;
  }

  /** Ms since the Unix epoch, by the wall clock as it is set now. */
  of(monotonicMs: number): number {
    const offsetMs = this.#runtime.nowMs() - this.#runtime.monotonicMs();
    if (!(Math.abs(offsetMs - this.#offsetMs) <= WAVERING_MS)) this.#offsetMs = offsetMs;
    return Math.round(monotonicMs + this.#offsetMs);
  }
}
