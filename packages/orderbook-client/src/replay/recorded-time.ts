// The time of a recording, as the clock and the timers of a client. It stands still between two records.
import type { Runtime } from '../io/runtime.ts';

type Timer = { dueMs: number; readonly fire: () => void };

export class RecordedTime implements Runtime {
  #nowMs: number | null = null;
  /** In the order in which they were set, which decides between those that are due together. */
  readonly #timers = new Set<Timer>();

  /** 0 before the first record. */
  nowMs(): number {
    return this.#nowMs ?? 0;
  }

  monotonicMs(): number {
    return this.nowMs();
  }

  /** The same in each run. Nothing of a replay asks for it. */
  random(): number {
    return 0.5;
  }

  /** Before the first record, whose time nobody knows, a delay counts from that. */
  setTimer(delayMs: number, fire: () => void): () => void {
    const timer = { dueMs: this.nowMs() + delayMs, fire };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** When the next timer is due; `Infinity` if there is none, or time has not begun. */
  get nextDueMs(): number {
    return this.#nowMs === null ? Infinity : (this.#next(Infinity)?.dueMs ?? Infinity);
  }

  /** Time passes up to here, never back, and each timer fires at its own moment. */
  advanceTo(atMs: number): void {
    if (this.#nowMs === null) {
      for (const timer of this.#timers) timer.dueMs += atMs;
      this.#nowMs = atMs;
    }
    if (this.#timers.size > 0) this.#fireUpTo(atMs);
    if (atMs > this.#nowMs) this.#nowMs = atMs;
  }

  #fireUpTo(atMs: number): void {
    for (let timer = this.#next(atMs); timer; timer = this.#next(atMs)) {
      this.#timers.delete(timer);
      this.#nowMs = Math.max(this.nowMs(), timer.dueMs);
      timer.fire();
    }
  }

  #next(untilMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= untilMs && (!next || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }
}
