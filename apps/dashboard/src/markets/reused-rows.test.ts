import { expect, test } from 'vitest';
import { reusedRows } from './reused-rows.ts';

test('a row that is shown still keeps its place, and those that are not are used for the new ones', () => {
  expect(reusedRows(['A', 'B', 'C'], ['B', 'C', 'D'])).toEqual([1, 2, 0]);
  expect(reusedRows(['A', 'B', 'C'], ['C', 'A', 'B'])).toEqual([2, 0, 1]);
});

test('where all are new they come in the order in which they stand', () => {
  expect(reusedRows(['A', 'B', 'C'], ['X', 'Y', 'Z'])).toEqual([0, 1, 2]);
});

test('what there is none for is made, and what is left over is not used', () => {
  expect(reusedRows(['A'], ['X', 'A', 'Y'])).toEqual([null, 0, null]);
  expect(reusedRows(['A', 'B'], ['Y', 'B', 'Z'])).toEqual([0, 1, null]);
  expect(reusedRows(['A', 'B', 'C'], ['C'])).toEqual([2]);
  expect(reusedRows([], [])).toEqual([]);
});
