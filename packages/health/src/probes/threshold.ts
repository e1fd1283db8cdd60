import type { ObservedStatus } from '../status.ts';

/** Beyond which value a status applies; beyond is above or below, as the probe says. */
export interface Threshold {
  readonly degraded: number;
  readonly unhealthy: number;
}

/**
 * Fills in the defaults. A default that would come after a limit that was given moves to that limit.
 *
 * @throws {TypeError | RangeError} a limit that is no number or negative, or limits in the wrong order
 */
export function resolveThreshold(
  name: string,
  given: Partial<Threshold> = {},
  defaults: Threshold,
  beyond: 'above' | 'below',
): Threshold {
  for (const [key, value] of Object.entries(given)) {
    if (typeof value !== 'number') throw new TypeError(`${name}.${key} must be a number, got ${String(value)}`);
    if (!(value >= 0)) throw new RangeError(`${name}.${key} must be at least 0, got ${value}`);
  }
  const [lesser, greater] = beyond === 'above' ? [Math.min, Math.max] : [Math.max, Math.min];
  const degraded = given.degraded ?? lesser(defaults.degraded, given.unhealthy ?? defaults.unhealthy);
  const unhealthy = given.unhealthy ?? greater(defaults.unhealthy, degraded);
  if (lesser(degraded, unhealthy) === degraded) return { degraded, unhealthy };
  throw new RangeError(`${name}.unhealthy must not come before degraded (${degraded}), got ${unhealthy}`);
}

export const statusAbove = (value: number, { degraded, unhealthy }: Threshold): ObservedStatus =>
  value > unhealthy ? 'unhealthy' : value > degraded ? 'degraded' : 'healthy';

export const statusBelow = (value: number, { degraded, unhealthy }: Threshold): ObservedStatus =>
  value < unhealthy ? 'unhealthy' : value < degraded ? 'degraded' : 'healthy';
