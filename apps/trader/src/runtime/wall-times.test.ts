import { expect, test } from 'vitest';
import { WallTimes } from './wall-times.ts';

test('a moment keeps its time while the clocks waver, and takes the new one when the wall clock is set', () => {
  let monotonicMs = 5_000.4;
  let nowMs = 1_800_000_000_000;
  const times = new WallTimes({ nowMs: () => nowMs, monotonicMs: () => monotonicMs });
  expect(times.of(4_000.4)).toBe(1_799_999_999_000);
  monotonicMs += 1_000.9;
  nowMs += 1_000;
  expect(times.of(4_000.4)).toBe(1_799_999_999_000);
  nowMs -= 3_600_000;
  expect(times.of(4_000.4)).toBe(1_799_996_398_999);
});
