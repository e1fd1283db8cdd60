import type { Runtime } from '@trader/orderbook-client';

/** The real clock, timers and randomness. */
export const systemRuntime: Runtime = {
  nowMs: () => Date.now(),
  setTimer: (delayMs, fire) => {
    const timer = setTimeout(fire, delayMs);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
