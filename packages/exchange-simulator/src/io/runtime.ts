/** What the outside world provides. Tests pass their own. */
export interface Runtime {
  /** Wall clock, milliseconds since the epoch: timestamps, handshake checks, the `Date` header. */
  nowMs(): number;
  /** Milliseconds that only rise: the pace of tapes, the generator and pings. */
  monotonicMs(): number;
  /** Calls `fire` once after `delayMs`; returns a cancel that is harmless twice. */
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
