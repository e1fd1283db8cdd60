// A runtime that cannot be broken by the one it is made of: delays of any length are waited for, and what throws or
// answers nonsense is replaced by the system's.
import { systemRuntime, type Runtime } from './runtime.ts';

/** The longest delay that every platform's timers take; beyond it they fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * @param onFailure called at the first failure of each function: with its name, and what it threw or `undefined` if its
 * answer could not be used
 */
export function guardedRuntime(runtime: Runtime, onFailure: (name: keyof Runtime, cause: unknown) => void): Runtime {
  const failed = new Set<keyof Runtime>();
  const fail = (name: keyof Runtime, cause: unknown): void => {
    if (failed.has(name)) return;
    failed.add(name);
    onFailure(name, cause);
  };
  if (runtime === systemRuntime) return longSystemRuntime;
  /** A clock that fails stands still where it was: it must not go back. */
  const number = (name: 'nowMs' | 'monotonicMs' | 'random', fits: (value: number) => boolean) => {
    let last: number | undefined;
    return (): number => {
      try {
        const value = runtime[name]!();
        if (fits(value)) return (last = value);
        fail(name, undefined);
      } catch (cause) {
        fail(name, cause);
      }
      return (last ??= systemRuntime[name]!());
    };
  };
  const isTime = (ms: number): boolean => Number.isFinite(ms);
  const setTimer = (delayMs: number, fire: () => void): (() => void) => {
    try {
      const cancel: unknown = runtime.setTimer(delayMs, fire);
      if (typeof cancel === 'function') {
        return () => {
          try {
            cancel();
          } catch (cause) {
            fail('setTimer', cause);
          }
        };
      }
      fail('setTimer', undefined);
      // It may fire all the same, and there is no way to cancel it: it counts.
      return () => undefined;
    } catch (cause) {
      fail('setTimer', cause);
      return systemRuntime.setTimer(delayMs, fire);
    }
  };
  return {
    nowMs: number('nowMs', isTime),
    ...(runtime.monotonicMs && { monotonicMs: number('monotonicMs', isTime) }),
    random: number('random', (value) => value >= 0 && value < 1),
    setTimer: longTimers({ setTimer }),
  };
}

/** One for all clients: what it is made of is then known where a frame is timed. */
const longSystemRuntime: Runtime = {
  ...systemRuntime,
  setTimer: (delayMs, fire) => longTimers(systemRuntime)(delayMs, fire),
};

/** The same timers for delays of any length, which are waited for in pieces. `Infinity` needs no timer. */
export const longTimers = (runtime: Pick<Runtime, 'setTimer'>): Runtime['setTimer'] =>
  function arm(delayMs, fire) {
    if (delayMs === Infinity) return () => undefined;
    // What is no number is no reason to wait.
    if (!(delayMs > MAX_TIMER_MS)) return runtime.setTimer(delayMs > 0 ? delayMs : 0, fire);
    let cancelRest: (() => void) | undefined;
    const cancel = runtime.setTimer(MAX_TIMER_MS, () => {
      cancelRest = arm(delayMs - MAX_TIMER_MS, fire);
    });
    return () => {
      cancel();
      cancelRest?.();
    };
  };
