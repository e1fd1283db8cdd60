import { expect, test } from 'vitest';
import { labelPlaces } from './lane-labels.ts';

const bar = (x: number, width: number, words: number, weight = 1) => ({ x, width, words, weight });

test('words stand in a bar that is long enough, else right of it', () => {
  expect(labelPlaces([bar(0, 100, 60), bar(150, 4, 60)], 400)).toEqual([8, 160]);
});

test('where another bar is in the way, or the picture ends, they stand left of it, or nowhere', () => {
  expect(labelPlaces([bar(10, 4, 60), bar(50, 4, 60)], 400)).toEqual([null, 60]);
  expect(labelPlaces([bar(350, 4, 60)], 400)).toEqual([284]);
  expect(labelPlaces([bar(350, 4, 60), bar(300, 10, 0)], 400)).toEqual([null, null]);
});

test('of words that would lie over each other the weightier stay', () => {
  const bars = [bar(10, 4, 60, 1), bar(50, 4, 60, 9), bar(100, 4, 60, 5)];
  expect(labelPlaces(bars, 400, () => false)).toEqual([null, 60, null]);
  expect(labelPlaces([bar(10, 4, 0, 9), bar(20, 4, 30)], 400, () => false)).toEqual([null, 30]);
});
