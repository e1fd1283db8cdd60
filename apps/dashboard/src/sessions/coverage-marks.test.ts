import { describe, expect, test } from 'vitest';
import { drawnMarks, markPath, NEAR_PX } from './coverage-marks.ts';

const within = { fromMs: 1_000, toMs: 2_000 };
const mark = (fromMs: number, toMs: number | null = fromMs, count = 1) => ({ fromMs, toMs, count });

describe('marks below a bar of 100 px', () => {
  const drawn = (...marks: readonly ReturnType<typeof mark>[]) => drawnMarks(marks, within, 100);

  test('lie where their holes are, as wide as these lasted and a pixel at least', () =>
    expect(drawn(mark(1_500, 1_600), mark(1_100))).toEqual([
      { left: 10, width: 1, count: 1 },
      { left: 50, width: 10, count: 1 },
    ]));

  test('that are nearer than 3 px are one, with the sum of their counts', () =>
    expect(drawn(mark(1_100), mark(1_129, 1_129, 4), mark(1_130))).toEqual([
      { left: 10, width: 3.9, count: 5 },
      { left: 13, width: 1, count: 1 },
    ]));

  test('are cut off at the ends of the bar; an open hole reaches the end', () =>
    expect(drawn(mark(0), mark(1_900, null), mark(9_000))).toEqual([
      { left: 0, width: 1, count: 1 },
      { left: 90, width: 10, count: 1 },
      { left: 99, width: 1, count: 1 },
    ]));

  test('are at most as many as fit, however many holes there are, and lose none of their count', () => {
    const many = drawn(...Array.from({ length: 1_000 }, (_, index) => mark(1_000 + index)));
    expect(many.length).toBeLessThanOrEqual(Math.ceil(100 / NEAR_PX));
    expect(many.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
  });
});

test('a stretch without length has its mark at the left', () =>
  expect(drawnMarks([mark(5)], { fromMs: 5, toMs: 5 }, 2)).toEqual([{ left: 0, width: 1, count: 1 }]));

test('are drawn as one path', () =>
  expect(
    markPath(
      [
        { left: 1, width: 2, count: 1 },
        { left: 9, width: 1, count: 1 },
      ],
      3,
      4,
    ),
  ).toBe('M1 3h2v4h-2zM9 3h1v4h-1z'));
