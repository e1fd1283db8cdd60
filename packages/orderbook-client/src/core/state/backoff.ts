// When to try again. Full jitter: any delay up to the bound is equally likely, also at the cap, so that many clients
// cut off at the same moment do not come back at the same moment.

export type Backoff = {
  /** Bound of the second try's delay; it doubles with every further one. */
  readonly baseMs: number;
  /** The bound stops growing here. */
  readonly maxMs: number;
};

/**
 * The delay before retry number `attempt`, which counts from 0. The first retry is immediate: most cuts are short.
 *
 * @param random a number in [0, 1)
 */
export function retryDelayMs({ baseMs, maxMs }: Backoff, attempt: number, random: number): number {
  if (attempt <= 0) return 0;
  // 2 ** 1024 is Infinity and Math.min still picks the cap, so any number of attempts is fine.
  return Math.round(random * Math.min(maxMs, baseMs * 2 ** (attempt - 1)));
}
