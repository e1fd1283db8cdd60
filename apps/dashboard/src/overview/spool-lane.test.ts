import { expect, test } from 'vitest';
import { historyStepOf, spoolLane } from './spool-lane.ts';

const history = (waiting: readonly (number | null)[], bytes = 0) => ({
  stepMs: 1_000,
  atMs: waiting.map((_, index) => index * 1_000),
  waiting: [...waiting],
  spooledBytes: waiting.map(() => bytes),
});

test('the highest of each pixel is there, and nothing where nobody counted', () => {
  const { stretches, most } = spoolLane(history([5, 9, null, 3, 4, 1]), 0, 6_000, 3);
  expect(stretches.map((points) => points.map(({ waiting }) => waiting))).toEqual([[9], [3, 4]]);
  expect(most).toBe(9);
});

test('what is outside the window is left out', () => {
  const { stretches } = spoolLane(history([5, 6, 7, 8, 9]), 2_500, 3_500, 100);
  expect(stretches.flat().map(({ waiting }) => waiting)).toEqual([7, 8]);
});

test('a peak is told when it is far more than what waits usually', () => {
  expect(spoolLane(history([700, 800, 900]), 0, 3_000, 300).peak).toBeNull();
  expect(spoolLane(history([700, 800, 90_000, 700], 42_000_000), 0, 4_000, 400).peak).toEqual({
    x: 250,
    waiting: 90_000,
    bytes: 42_000_000,
  });
  expect(spoolLane(history([40_000, 50_000, 41_000]), 0, 3_000, 300).peak).toBeNull();
});

test('nothing counted is no lane', () => {
  expect(spoolLane(history([]), 0, 1_000, 100)).toEqual({ stretches: [], most: 0, peak: null });
});

test('the step is the finest that goes back far enough', () => {
  expect([60_000, 3_600_000, 86_400_000, 86_400_001].map(historyStepOf)).toEqual([1_000, 60_000, 60_000, 600_000]);
});
