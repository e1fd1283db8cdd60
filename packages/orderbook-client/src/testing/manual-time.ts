// Time that passes only when a test says so, and randomness that is the same in each run.
import type { Runtime } from '../io/runtime.ts';

type Timer = { readonly dueMs: number; readonly fire: () => void };

/** Turns that promises get after each timer: a handshake takes about five, and six hours have 30,000 timers. */
const TURNS_AFTER_A_TIMER = 50;
/** And when all the time has passed: a `for await` takes up to three for each event that waits for it. */
const TURNS_AT_THE_END = 1000;

export class ManualTime implements Runtime {
  readonly random: () => number;
  #nowMs: number;
  /** In the order in which they were set, which decides between those that are due together. */
  readonly #timers = new Set<Timer>();

  constructor(startMs: number, seed: number) {
    this.#nowMs = startMs;
    this.random = mulberry32(seed);
  }

  nowMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, fire: () => void): () => void {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), fire };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  get armedTimers(): number {
    return this.#timers.size;
  }

  async advance(ms: number): Promise<void> {
    if (!(ms >= 0 && ms < Infinity)) throw new RangeError(`time can pass by 0 ms or more, not by ${ms}`);
    const untilMs = this.#nowMs + ms;
    await letPromisesRun(TURNS_AFTER_A_TIMER);
    for (let timer = this.#nextDue(untilMs); timer; timer = this.#nextDue(untilMs)) {
      this.#timers.delete(timer);
      this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
      timer.fire();
      await letPromisesRun(TURNS_AFTER_A_TIMER);
    }
    this.#nowMs = untilMs;
    await letPromisesRun(TURNS_AT_THE_END);
  }

  #nextDue(untilMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= untilMs && (!next || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }
}

async function letPromisesRun(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
}

/** Uniform numbers in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
