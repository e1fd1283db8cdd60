import { expect, test } from 'vitest';
import { holeParts, PARTS } from './hole-parts.ts';

const PART_MS = 1_200_000;
const stretch = { fromMs: 1_000, toMs: 1_000 + PARTS * PART_MS };
/** In parts. */
const hole = (from: number, to: number) => ({ fromMs: 1_000 + from * PART_MS, toMs: 1_000 + to * PART_MS });

test('a hole is in each part that it touches, and two of one part are there once', () => {
  expect(holeParts([], stretch)).toEqual([]);
  expect(holeParts([hole(3.2, 3.3), hole(3.9, 5.1), hole(1, 2)], stretch)).toEqual([1, 3, 4, 5]);
  expect(holeParts([hole(71.5, 72)], stretch)).toEqual([71]);
});

test('what lies beyond the stretch is left out, and all of it is every part', () => {
  expect(holeParts([hole(-3, 0), hole(72, 80)], stretch)).toEqual([]);
  expect(holeParts([hole(-3, 0.1), hole(71.9, 80)], stretch)).toEqual([0, 71]);
  expect(holeParts([hole(-1e6, 1e6)], stretch)).toHaveLength(PARTS);
});
