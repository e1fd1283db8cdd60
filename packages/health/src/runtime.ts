/** What the outside world provides. Tests pass their own. */
export interface HealthRuntime {
  /**
   * Milliseconds on a clock that never goes back, from any origin. All times given to the tracker and all times it
   * gives are on this clock; the wall clock is never read.
   */
  monotonicMs(): number;
  /** Calls `fire` once after `delayMs`, and soon when that is not above 0; the function returned cancels it. */
  setTimer(delayMs: number, fire: () => void): () => void;
}

/** Longer delays overflow the 32 bits that timers keep and would fire at once; negative ones are refused with a warning. */
const longestDelayMs = 2 ** 31 - 1;

/** The default: `performance.now()` and `setTimeout`, which browsers, workers and Node programs all have. */
export const systemRuntime: HealthRuntime = {
  // The globals are looked up at each call, so that a test may replace them after this module was loaded.
  monotonicMs: () => performance.now(),
  setTimer: (delayMs, fire) => {
    const timer: unknown = setTimeout(fire, Math.max(0, Math.min(delayMs, longestDelayMs)));
    // In Node a pending timer keeps the process alive; watching the health of a program is no reason to keep it.
    (timer as { unref?: () => void }).unref?.();
    return () => clearTimeout(timer as number);
  },
};
