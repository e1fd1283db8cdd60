import { describe, expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

describe('the pause before another try', () => {
  test('may be anything from nothing to a ceiling that doubles', () => {
    expect([1, 2, 3, 4].map((attempt) => backoffMs(attempt, 0.999_999))).toEqual([100, 200, 400, 800]);
    expect(backoffMs(4, 0)).toBe(0);
    expect(backoffMs(4, 0.5)).toBe(400);
  });

  test('stays spread out at the cap, however many tries there were', () => {
    expect([8, 100, 1e9].map((attempt) => backoffMs(attempt, 0.5))).toEqual([5000, 5000, 5000]);
    expect(backoffMs(1e9, 0.25)).toBe(2500);
  });
});
