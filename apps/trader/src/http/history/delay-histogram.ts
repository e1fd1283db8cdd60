// Delays as a histogram of a fixed size, for medians of any stretch: buckets whose edges grow by the square root of 2, from 1 ms
// to 90 s. What it says is right to a fifth.

/** The first has all up to 1 ms, those below zero too; the last all above 65 s. */
const BUCKETS = 34;

export type DelayBucket = `delay${number}`;

export const DELAY_BUCKETS: readonly DelayBucket[] = Array.from(
  { length: BUCKETS },
  (_, bucket) => `delay${bucket}` as const,
);

export function bucketOf(delayMs: number): number {
  if (delayMs <= 1) return 0;
  return Math.min(Math.ceil(2 * Math.log2(delayMs)), BUCKETS - 1);
}

/**
 * The delay that this share of them does not exceed, to the middle of its bucket.
 *
 * @param maxMs the longest: no answer is longer
 * @returns `null` where there is none
 */
export function delayAt(share: number, counts: readonly number[], maxMs: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let left = Math.max(Math.ceil(share * total), 1);
  const bucket = counts.findIndex((count) => (left -= count) <= 0);
  const middleMs = bucket === 0 ? 1 : 2 ** ((bucket - 0.5) / 2);
  return Math.min(middleMs, maxMs);
}
