import { expect, test } from 'vitest';
import { SPARK_HEIGHT, sparkPath, sparkWords } from './sparkline.ts';

test('a bar for each rate, as high as its part of the largest; what is not known has none, and nothing has a line', () => {
  expect(sparkPath([null, 20, 10, 0])).toBe('M2 0h1.4v16h-1.4zM4 8h1.4v8h-1.4zM6 15.5h1.4v0.5h-1.4z');
  expect(sparkPath([null, null])).toBe('');
});

test('a market that hardly changes is not blown up, and what little there is can be seen', () => {
  expect(sparkPath([1])).toBe(`M0 ${SPARK_HEIGHT - 3.2}h1.4v3.2h-1.4z`);
  expect(sparkPath([0.1, 1_000])).toMatch(/^M0 15h1.4v1h-1.4z/);
});

test('is told in words', () => {
  expect(sparkWords([null, 1, 61.4, 0])).toBe('most 61.4 a second');
  expect(sparkWords([null])).toBe('not counted yet');
});
