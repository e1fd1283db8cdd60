import type { Runtime as ClientRuntime } from '@trader/orderbook-client';
import { setTimer } from './set-timer.ts';

/**
 * What the outside world provides. Tests pass their own. The wall clock (`nowMs`) may be set to any time at any moment: it is
 * for what is stored or told, and for times that the exchange names. Waits, ages and durations take the other one.
 */
export interface Runtime extends ClientRuntime {
  /** Milliseconds on a clock that never goes back, from any origin. */
  monotonicMs(): number;
}

/** The real clocks, timers and randomness. Globals are looked up at each call, so that fake ones work too. */
export const systemRuntime: Runtime = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer: (delayMs, fire) => setTimer(delayMs, fire),
  random: () => Math.random(),
};
