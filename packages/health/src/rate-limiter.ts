import { systemRuntime, type HealthRuntime } from './runtime.ts';

/** How many keys are remembered; beyond that, the one that was reported longest ago is forgotten. */
const maxKeys = 1_000;

/** Lets a warning through unless the same one came through a moment ago. */
export interface RateLimiter {
  /**
   * Calls `report` unless `key` was reported less than `everyMs` ago, and tells it how many were swallowed since.
   *
   * @returns whether it called `report`
   */
  (key: string, everyMs: number, report: (swallowed: number) => void): boolean;
  /** Live: read it again for the present numbers. */
  readonly counters: {
    readonly swallowed: number;
    /** Keys that were forgotten because there were too many (1,000); they count from nothing when they come back. */
    readonly forgottenKeys: number;
  };
}

/**
 * Makes warnings bearable: the first goes through at once, a flood becomes one in `everyMs` with a count.
 *
 * @param runtime the clock; default `performance.now()`
 * @example
 * const rateLimited = createRateLimiter();
 * rateLimited('store-slow', 60_000, (swallowed) => log.warn({ swallowed }, 'the store is slow'));
 */
export function createRateLimiter(runtime: Pick<HealthRuntime, 'monotonicMs'> = systemRuntime): RateLimiter {
  const keys = new Map<string, { atMs: number; swallowed: number }>();
  const counters = { swallowed: 0, forgottenKeys: 0 };

  const rateLimited = (key: string, everyMs: number, report: (swallowed: number) => void): boolean => {
    const atMs = runtime.monotonicMs();
    const last = keys.get(key);
    if (last && atMs - last.atMs < everyMs) {
      last.swallowed += 1;
      counters.swallowed += 1;
      return false;
    }
    // Taken out and put back, so that the map stays in the order of the reports.
    keys.delete(key);
    keys.set(key, { atMs, swallowed: 0 });
    if (keys.size > maxKeys) {
      keys.delete(keys.keys().next().value!);
      counters.forgottenKeys += 1;
    }
    report(last?.swallowed ?? 0);
    return true;
  };
  return Object.assign(rateLimited, { counters });
}
