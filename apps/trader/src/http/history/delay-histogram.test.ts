import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import { bucketOf, DELAY_BUCKETS, delayAt } from './delay-histogram.ts';

const countsOf = (delays: readonly number[]): number[] => {
  const counts = DELAY_BUCKETS.map(() => 0);
  for (const delayMs of delays) counts[bucketOf(delayMs)]!++;
  return counts;
};

test('says any share of the delays to a fifth', () => {
  const delays = fc.array(fc.integer({ min: 2, max: 60_000 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(delays, fc.constantFrom(0.5, 0.99), (all, share) => {
      const sorted = all.toSorted((one, other) => one - other);
      const exactMs = sorted[Math.ceil(share * sorted.length) - 1]!;
      const toldMs = delayAt(share, countsOf(all), sorted.at(-1)!)!;
      expect(toldMs / exactMs).toBeGreaterThan(0.8);
      expect(toldMs / exactMs).toBeLessThan(1.2);
    }),
  );
});

test('has a place for every delay, and nothing to say of none', () => {
  expect([-5, 0, 1, 1.1, 65_536, 1e9].map(bucketOf)).toEqual([0, 0, 0, 1, 32, 33]);
  expect(delayAt(0.5, countsOf([]), 0)).toBeNull();
  expect(delayAt(0.5, countsOf([-7]), -7)).toBe(-7);
});
