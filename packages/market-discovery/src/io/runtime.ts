/** What the outside world provides. Tests pass their own. */
export interface Runtime {
  /** Wall clock, in ms since the Unix epoch: compared with times that the exchange names, and with nothing else. */
  nowMs(): number;
  /** Milliseconds on a clock that never goes back, from any origin: for waits. */
  monotonicMs(): number;
  /** Calls `fire` once after `delayMs`, however long, unless the returned function is called before. */
  setTimer(delayMs: number, fire: () => void): () => void;
  /** Uniform in [0, 1). */
  random(): number;
}

/** Longer ones overflow the 32 bits that timers keep, and would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** The real world. Globals are looked up at each call, so that fake timers of a test framework work too. */
export const systemRuntime: Runtime = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer: (delayMs, fire) => {
    let timer: ReturnType<typeof setTimeout>;
    const arm = (leftMs: number): void => {
      const partMs = Math.min(leftMs, LONGEST_MS);
      timer = setTimeout(() => (leftMs > partMs ? arm(leftMs - partMs) : fire()), partMs);
    };
    arm(delayMs);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
