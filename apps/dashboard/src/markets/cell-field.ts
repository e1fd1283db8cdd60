// The field of cells above the table: a cell for each of its rows, in its order, column by column. Where they do not fit, ten
// rows share a cell, or a hundred, and the worst of them is shown.
import type { Book } from '../live/answers.ts';

export type CellLayout = {
  readonly markets: number;
  /** 1, 10, 100 … */
  readonly perCell: number;
  readonly cells: number;
  readonly rows: number;
  readonly columns: number;
  /** From one cell to the next, in CSS pixels. */
  readonly width: number;
  readonly height: number;
};

/** Of the field, as in the style sheet. */
const HEIGHT = 48;
/** Of a cell; the largest that fit. */
const SIZES = [16, 8, 6];
/** Narrower ones are not told apart. */
const NARROWEST = 4.75;

/** @param width of the field, in CSS pixels */
export function layOutCells(markets: number, width: number): CellLayout {
  for (let perCell = 1; ; perCell *= 10) {
    const cells = Math.ceil(markets / perCell);
    for (const height of SIZES) {
      const rows = HEIGHT / height;
      const columns = Math.ceil(cells / rows);
      // Large ones keep their shape.
      const least = height === SIZES[0] ? height : NARROWEST;
      const room = Math.max(Math.floor(width / least), 1);
      if (columns > room) continue;
      return { markets, perCell, cells, rows, columns, width: Math.min(width / Math.max(columns, 1), height), height };
    }
  }
}

/** How much changes, from 0. Above `MOST_LEVEL` is what is not right. */
export const MOST_LEVEL = 7;
export const STALE = 8;
export const UNKNOWN = 9;

/** Each level begins at so many times the changes of the one before: from a change in ten seconds to some hundreds. */
const TIMES = 2.5;
/** Rates are told to a tenth: a change in ten seconds. */
const SECONDS = 10;

export function levelOf({
  isUnknown,
  book,
}: {
  readonly isUnknown: boolean;
  readonly book: Pick<Book, 'synced' | 'changesPerSecond'>;
}): number {
  if (isUnknown) return UNKNOWN;
  if (!book.synced) return STALE;
  const changes = Math.round(book.changesPerSecond * SECONDS);
  if (changes === 0) return 0;
  return Math.min(1 + Math.floor(Math.log(changes) / Math.log(TIMES)), MOST_LEVEL);
}

/** @param levels of the rows, in the table's order */
export function levelsOfCells(levels: Uint8Array, { cells, perCell }: CellLayout): Uint8Array {
  if (perCell === 1) return levels;
  const worst = new Uint8Array(cells);
  for (const [row, level] of levels.entries()) {
    const cell = Math.floor(row / perCell);
    if (level > worst[cell]!) worst[cell] = level;
  }
  return worst;
}

/** The row that a cell shows: the first of its worst. */
export function rowOfCell(levels: Uint8Array, { perCell }: CellLayout, cell: number): number {
  const of = levels.subarray(cell * perCell, (cell + 1) * perCell);
  return cell * perCell + Math.max(of.indexOf(Math.max(...of)), 0);
}

/** @returns `null`: there is no cell */
export function cellAt({ cells, rows, columns, width, height }: CellLayout, x: number, y: number): number | null {
  const [column, row] = [Math.floor(x / width), Math.floor(y / height)];
  if (column < 0 || column >= columns || row < 0 || row >= rows) return null;
  const cell = column * rows + row;
  return cell < cells ? cell : null;
}

/** Where a row's cell is. */
export function boxOf(
  { perCell, rows, width, height }: CellLayout,
  row: number,
): { readonly left: number; readonly top: number; readonly width: number; readonly height: number } {
  const cell = Math.floor(row / perCell);
  return { left: Math.floor(cell / rows) * width, top: (cell % rows) * height, width, height };
}

/** The columns of some rows of the table. @param to the row after them. @returns `null`: there are none */
export function frameOf(
  { perCell, rows, width }: CellLayout,
  from: number,
  to: number,
): { readonly left: number; readonly width: number } | null {
  if (to <= from) return null;
  const columnOf = (row: number): number => Math.floor(Math.floor(row / perCell) / rows);
  const first = columnOf(from);
  return { left: first * width, width: (columnOf(to - 1) - first + 1) * width };
}
