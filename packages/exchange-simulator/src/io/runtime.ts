/** What the outside world provides. Tests pass their own. */
export interface Runtime {
  /** Wall clock, milliseconds since the epoch: timestamps, handshake checks, the `Date` header. */
  nowMs(): number;
  /** Milliseconds that only rise: the pace of tapes, the generator and pings. */
  monotonicMs(): number;
  /** Calls `fire` once after `delayMs`, which is never above a day; returns a cancel that is harmless twice. */
  setTimer(delayMs: number, fire: () => void): () => void;
}

/** Looks the globals up at each call, so that patched ones (fake timers) are seen. */
export const systemRuntime: Runtime = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer: (delayMs, fire) => {
    const timer = setTimeout(fire, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Node fires timers of 2^31 ms and more after one millisecond. */
const LONGEST_TIMER_MS = 86_400_000;

/** A runtime whose timers may be of any length: a long one is waited for day by day, one of `Infinity` never fires. */
export const withLongTimers = (runtime: Runtime): Runtime => ({
  nowMs: () => runtime.nowMs(),
  monotonicMs: () => runtime.monotonicMs(),
  setTimer: (delayMs, fire) => {
    if (delayMs === Infinity) return () => undefined;
    if (delayMs <= LONGEST_TIMER_MS) return runtime.setTimer(delayMs, fire);
    const dueMs = runtime.monotonicMs() + delayMs;
    let cancel: () => void;
    const wait = (): void => {
      const leftMs = dueMs - runtime.monotonicMs();
      if (leftMs <= 0) return fire();
      cancel = runtime.setTimer(Math.min(leftMs, LONGEST_TIMER_MS), wait);
    };
    wait();
    return () => cancel();
  },
});
