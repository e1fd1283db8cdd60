import { expect, test } from 'vitest';
import { moveCursor } from './cursor.ts';
import { centAt, columnsIn, indexAtX, layoutOf, placeLabels, xOf, yOf } from './scales.ts';
import { stepOf } from './steps.ts';

const layout = (isFlipped = false) =>
  layoutOf({ boxWidth: 1_000, boxHeight: 500, ratio: 2, spanMs: 480_000, endMs: 960_000, stepMs: 500, isFlipped });

test('columns and cents are whole device pixels', () => {
  const { columnWidth, rowHeight, columns, width, height } = layout();
  expect([columnWidth * 2, rowHeight * 2, columns]).toEqual([2, 10, 1_000]);
  expect([width, height]).toEqual([1_000, 495]);
});

test('the last column ends where the window does', () => {
  const { firstIndex, columns, toMs } = layout();
  expect([firstIndex + columns, toMs]).toEqual([1_920, 960_000]);
});

test.each([false, true])('places lead back to what stands there, turned over: %s', (isFlipped) => {
  const at = layout(isFlipped);
  for (const cent of [1, 50, 99]) expect(centAt(at, yOf(at, cent) + at.rowHeight / 2)).toBe(cent);
  for (const index of [at.firstIndex, at.firstIndex + 500])
    expect(indexAtX(at, xOf(at, index * 500) + 0.1)).toBe(index);
});

test('the finest step has a device pixel for each column, and the coarsest is taken for everything longer', () => {
  expect([stepOf(480_000, 960), stepOf(480_000, 959), stepOf(999_999_999, 10)]).toEqual([500, 2_000, 32_000]);
  expect(columnsIn(5, 480_000, 500)).toEqual({ columns: 5, deviceColumn: 1 });
});

test('labels that have no room are left out', () => {
  const placed = placeLabels(
    [
      { x: 0, width: 50 },
      { x: 40, width: 10 },
      { x: 60, width: 30 },
      { x: 95, width: 30 },
    ],
    100,
    4,
  );
  expect(placed.map(({ x }) => x)).toEqual([0, 60]);
});

test('the crosshair stays inside', () => {
  const bounds = { firstIndex: 10, lastIndex: 20 };
  expect(moveCursor({ index: 10, cent: 99 }, -1, 1, bounds)).toEqual({ index: 10, cent: 99 });
  expect(moveCursor({ index: 19, cent: 2 }, 5, -1, bounds)).toEqual({ index: 20, cent: 1 });
});
