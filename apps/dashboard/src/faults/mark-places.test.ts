import { expect, test } from 'vitest';
import { markPlaces } from './mark-places.ts';

test('far from each other, the first and the last stand right of their lines, the middle left of its', () => {
  expect(
    markPlaces(
      [
        { x: 100, width: 60 },
        { x: 300, width: 80 },
        { x: 330, width: 200 },
      ],
      900,
    ),
  ).toEqual([
    { x: 108, align: 'left' },
    { x: 292, align: 'right' },
    { x: 338, align: 'left' },
  ]);
});

test('near each other, the first goes left of its line, the last right, and the middle is left out', () => {
  expect(
    markPlaces(
      [
        { x: 200, width: 60 },
        { x: 202, width: 80 },
        { x: 204, width: 200 },
      ],
      900,
    ),
  ).toEqual([{ x: 192, align: 'right' }, null, { x: 212, align: 'left' }]);
});

test('words that would leave the picture stand on the other side, or nowhere', () => {
  expect(markPlaces([{ x: 850, width: 100 }], 900)).toEqual([{ x: 842, align: 'right' }]);
  expect(markPlaces([{ x: 50, width: 1_000 }], 900)).toEqual([null]);
});
