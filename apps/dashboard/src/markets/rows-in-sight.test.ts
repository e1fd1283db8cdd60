import { expect, test } from 'vitest';
import { rowsInSight, rowsMade, scrollTo } from './rows-in-sight.ts';

const HEIGHT = 28;

test('a row is in sight when most of it is', () => {
  expect(rowsInSight(0, 24 * HEIGHT, HEIGHT, 1_204)).toEqual({ from: 0, to: 24 });
  expect(rowsInSight(10, 24 * HEIGHT, HEIGHT, 1_204)).toEqual({ from: 0, to: 24 });
  expect(rowsInSight(20, 24 * HEIGHT, HEIGHT, 1_204)).toEqual({ from: 1, to: 25 });
  expect(rowsInSight(0, 24 * HEIGHT, HEIGHT, 3)).toEqual({ from: 0, to: 3 });
  expect(rowsInSight(500 * HEIGHT, 24 * HEIGHT, HEIGHT, 3)).toEqual({ from: 3, to: 3 });
  expect(rowsInSight(0, -5, HEIGHT, 3)).toEqual({ from: 0, to: 0 });
});

test('of 20,000 rows those in sight and a few around them are made, and at the end the last', () => {
  expect(rowsMade({ from: 0, to: 24 }, 20_000)).toEqual({ from: 0, to: 28 });
  expect(rowsMade({ from: 19_976, to: 20_000 }, 20_000)).toEqual({ from: 19_972, to: 20_000 });
  expect(rowsMade({ from: 3, to: 3 }, 3)).toEqual({ from: 0, to: 3 });
});

test('a row that is in sight stays where it is; another comes into sight with one beyond it', () => {
  const height = 10 * HEIGHT;
  expect(scrollTo(5, 0, height, HEIGHT)).toBe(0);
  expect(scrollTo(0, 0, height, HEIGHT)).toBe(0);
  expect(scrollTo(9, 0, height, HEIGHT)).toBe(HEIGHT);
  expect(scrollTo(100, 0, height, HEIGHT)).toBe(92 * HEIGHT);
  expect(scrollTo(50, 90 * HEIGHT, height, HEIGHT)).toBe(49 * HEIGHT);
});
