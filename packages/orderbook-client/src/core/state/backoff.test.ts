import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import { retryDelayMs } from './backoff.ts';

const backoff = { baseMs: 500, maxMs: 30_000 };
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('the first retry is immediate', () => {
  expect(retryDelayMs(backoff, 0, 0.9)).toBe(0);
});

test('any delay is between zero and a bound that doubles up to the cap, however many tries there were', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), random, (attempt, at) => {
      const bound = Math.min(30_000, 500 * 2 ** (attempt - 1));
      expect(retryDelayMs(backoff, attempt, at)).toBe(Math.round(at * bound));
    }),
  );
});

test('jitter does not collapse at the cap', () => {
  expect(retryDelayMs(backoff, 5000, 0.1)).toBe(3000);
  expect(retryDelayMs(backoff, 5000, 0.9)).toBe(27_000);
});
