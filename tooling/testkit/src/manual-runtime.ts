import { seededRandom } from './seeded-random.ts';

type Timer = { readonly dueMs: number; readonly order: number; readonly fire: () => void };

/**
 * A world in which time passes only when the test says so: clock, timers and seeded randomness in the shape that the
 * packages' `runtime` option takes.
 */
export class ManualRuntime {
  #elapsedMs = 0;
  #order = 0;
  readonly #startMs: number;
  readonly #timers = new Set<Timer>();
  readonly random: () => number;

  constructor({ startMs = 1_800_000_000_000, seed = 1 } = {}) {
    this.#startMs = startMs;
    this.random = seededRandom(seed);
  }

  readonly nowMs = (): number => this.#startMs + this.#elapsedMs;
  readonly monotonicMs = (): number => this.#elapsedMs;

  readonly setTimer = (delayMs: number, fire: () => void): (() => void) => {
    const timer = { dueMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#order++, fire };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  /** How many timers are armed: none may be left after a `close()`. */
  get armedTimers(): number {
    return this.#timers.size;
  }

  /** Lets `ms` pass, firing every timer that falls due, in order, at its own moment. */
  advance(ms: number): void {
    const untilMs = this.#elapsedMs + ms;
    for (let timer = this.#nextDue(untilMs); timer; timer = this.#nextDue(untilMs)) {
      this.#timers.delete(timer);
      this.#elapsedMs = Math.max(this.#elapsedMs, timer.dueMs);
      timer.fire();
    }
    this.#elapsedMs = untilMs;
  }

  #nextDue(untilMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs > untilMs) continue;
      if (!next || timer.dueMs < next.dueMs || (timer.dueMs === next.dueMs && timer.order < next.order)) next = timer;
    }
    return next;
  }
}
