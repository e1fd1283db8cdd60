// The coordinator's alarm clock: it rings when somebody's time is up.
import type { Wait } from './core/coordinator-state.ts';

/** `setTimeout` takes no longer delays; what rings too early is set again. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class WakeTimer {
  readonly #ring: (atMs: number) => void;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** @param ring gets the time, ms since the Unix epoch: that of the limit, or later */
  constructor(ring: (atMs: number) => void) {
    this.#ring = ring;
  }

  /** In place of whatever it was set to; `null`: nobody is waited for. */
  set(wait: Wait | null): void {
    clearTimeout(this.#timer);
    if (!wait || this.#isOver) return;
    // Many traders may wait for one database.
    const jitter = wait.owner === 'coordinator' ? 1 + Math.random() / 4 : 1;
    const delayMs = Math.max(0, wait.untilMs - Date.now()) * jitter;
    // The timer knows better than a wall clock that was set back meanwhile.
    const ring = (): void => this.#ring(Math.max(Date.now(), wait.untilMs));
    this.#timer = setTimeout(ring, Math.min(delayMs, LONGEST_TIMER_MS));
  }

  /** For good. */
  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}
