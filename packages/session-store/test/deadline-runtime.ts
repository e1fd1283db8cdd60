import type { Runtime } from '../src/runtime.ts';
import { systemRuntime } from '../src/runtime.ts';

/**
 * The system's clock, but for the deadlines of transactions: those pass when the test says so. So a database may take its time
 * on a busy machine, and one that will never answer is not waited for.
 */
export class DeadlineRuntime implements Runtime {
  /** For `queryTimeoutMs`: a number that no other timer has. */
  readonly queryTimeoutMs = 59_999;
  readonly #waiting = new Set<() => void>();

  readonly nowMs = (): number => systemRuntime.nowMs();
  readonly monotonicMs = (): number => systemRuntime.monotonicMs();
  readonly random = (): number => systemRuntime.random();

  readonly setTimer = (delayMs: number, fire: () => void): (() => void) => {
    if (delayMs !== this.queryTimeoutMs) return systemRuntime.setTimer(delayMs, fire);
    this.#waiting.add(fire);
    return () => void this.#waiting.delete(fire);
  };

  /** Lets the deadline pass of every transaction that is under way. */
  expire(): void {
    for (const fire of this.#waiting) {
      this.#waiting.delete(fire);
      fire();
    }
  }
}
