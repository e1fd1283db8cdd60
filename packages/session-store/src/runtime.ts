/** What the outside world provides. Tests pass their own. */
export interface Runtime {
  /** Wall clock, whole ms since the epoch. */
  nowMs(): number;
  /** For durations: never goes back. */
  monotonicMs(): number;
  /** Calls `fire` once after `delayMs`; the result cancels it. */
  setTimer(delayMs: number, fire: () => void): () => void;
  /** Uniform in [0, 1). */
  random(): number;
}

/** The globals, wrapped rather than captured, so that patching them still works. */
export const systemRuntime: Runtime = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer: (delayMs, fire) => {
    const timer = setTimeout(fire, delayMs);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
