import { expect, test } from 'vitest';
import {
  boxOf,
  cellAt,
  frameOf,
  layOutCells,
  levelOf,
  levelsOfCells,
  MOST_LEVEL,
  rowOfCell,
  STALE,
  UNKNOWN,
} from './cell-field.ts';

const WIDE = 1_191;

test('1,204 markets have a cell each, in columns of six that fill the width', () => {
  const layout = layOutCells(1_204, WIDE);
  expect(layout).toMatchObject({ perCell: 1, cells: 1_204, rows: 6, columns: 201 });
  expect(layout.columns * layout.width).toBeLessThanOrEqual(WIDE);
  expect(layout.width).toBeGreaterThan(5.9);
});

test('where markets do not fit, ten share a cell, or a hundred', () => {
  expect(layOutCells(1_500, WIDE)).toMatchObject({ perCell: 1, rows: 6 });
  expect(layOutCells(2_000, WIDE)).toMatchObject({ perCell: 1, rows: 8, columns: 250 });
  expect(layOutCells(2_001, WIDE)).toMatchObject({ perCell: 10, cells: 201 });
  expect(layOutCells(20_000, WIDE)).toMatchObject({ perCell: 10, cells: 2_000 });
  expect(layOutCells(20_001, WIDE)).toMatchObject({ perCell: 100, cells: 201 });
  expect(layOutCells(1_204, 358)).toMatchObject({ perCell: 10, cells: 121 });
});

test('a few markets have large cells, and none has no cell', () => {
  expect(layOutCells(20, WIDE)).toMatchObject({ rows: 3, columns: 7, width: 16, height: 16 });
  expect(layOutCells(0, WIDE)).toMatchObject({ cells: 0, columns: 0 });
  expect(cellAt(layOutCells(5, 0), 0, 0)).toBeNull();
});

test('more changes are a higher level, and a book that is not right is above all of them', () => {
  const level = (changesPerSecond: number, changed = {}) =>
    levelOf({ isUnknown: false, book: { synced: true, changesPerSecond }, ...changed });
  expect([0, 0.1, 0.2, 0.4, 1, 2, 6, 20, 60, 5_000].map((rate) => level(rate))).toEqual([0, 1, 1, 2, 3, 4, 5, 6, 7, 7]);
  expect(level(5_000)).toBe(MOST_LEVEL);
  expect(level(9, { book: { synced: false, changesPerSecond: 9 } })).toBe(STALE);
  expect(level(9, { isUnknown: true })).toBe(UNKNOWN);
  expect(STALE).toBeGreaterThan(MOST_LEVEL);
});

test('of the markets of a cell the worst is shown, and a click leads to it', () => {
  const levels = Uint8Array.from({ length: 2_600 }, (_, index) => (index === 17 ? STALE : index % 10 === 4 ? 5 : 0));
  const layout = layOutCells(levels.length, WIDE);
  expect([...levelsOfCells(levels, layout)].slice(0, 3)).toEqual([5, STALE, 5]);
  expect(rowOfCell(levels, layout, 0)).toBe(4);
  expect(rowOfCell(levels, layout, 1)).toBe(17);
  expect(rowOfCell(levels, layout, 259)).toBe(2_594);
});

test('a place is of the cell that is drawn there, column by column, and of none beside them', () => {
  const layout = layOutCells(20, WIDE);
  expect(cellAt(layout, 1, 1)).toBe(0);
  expect(cellAt(layout, 1, 17)).toBe(1);
  expect(cellAt(layout, 17, 1)).toBe(3);
  expect(cellAt(layout, 6 * 16 + 1, 33)).toBeNull();
  expect(cellAt(layout, 500, 1)).toBeNull();
  expect(cellAt(layout, 1, 60)).toBeNull();
  expect(cellAt(layout, -1, 1)).toBeNull();
});

test('a row has its cell, which others may be in', () => {
  expect(boxOf(layOutCells(20, WIDE), 4)).toEqual({ left: 16, top: 16, width: 16, height: 16 });
  const shared = layOutCells(20_000, WIDE);
  expect(boxOf(shared, 89)).toEqual({ left: shared.width, top: 0, width: shared.width, height: 6 });
});

test('the frame is around the columns of the rows in sight', () => {
  const layout = layOutCells(1_204, WIDE);
  expect(frameOf(layout, 0, 24)).toEqual({ left: 0, width: 4 * layout.width });
  expect(frameOf(layout, 25, 49)).toEqual({ left: 4 * layout.width, width: 5 * layout.width });
  expect(frameOf(layOutCells(20_000, WIDE), 0, 24)).toMatchObject({ left: 0 });
  expect(frameOf(layOutCells(0, WIDE), 0, 0)).toBeNull();
});
