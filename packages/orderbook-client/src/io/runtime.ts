/** What the outside world provides. Tests pass their own. */
export interface Runtime {
  /** Wall clock, ms since the Unix epoch: for what is told, and for signatures. */
  nowMs(): number;
  /** Ms on a clock that never goes back, from any origin: for waits and silences. @default made of `nowMs`, as far as that goes on */
  monotonicMs?(): number;
  /** Calls `fire` once after `delayMs`, unless the returned function is called before. */
  setTimer(delayMs: number, fire: () => void): () => void;
  /** Uniform in [0, 1). */
  random(): number;
}

/** The real world. Globals are looked up at each call, so that fake timers of a test framework work too. */
export const systemRuntime: Runtime = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer: (delayMs, fire) => {
    if (delayMs === 0 && typeof setImmediate === 'function') {
      // A timer would wait for a millisecond, and the first redial is to be immediate.
      const immediate = setImmediate(fire);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(fire, delayMs);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
