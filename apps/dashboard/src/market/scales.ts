// Where things stand in the picture, in CSS pixels. Columns and cents are whole device pixels, so that nothing is blurred; of a
// small picture cents are parts of them, as it would otherwise lose up to a third of its height.
import { ROWS } from './columns.ts';

export type Layout = {
  /** The heatmap itself. */
  readonly width: number;
  readonly height: number;
  readonly columnWidth: number;
  readonly rowHeight: number;
  readonly columns: number;
  /** First column. */
  readonly firstIndex: number;
  readonly stepMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** NO prices: the axis is turned over. */
  readonly isFlipped: boolean;
};

/** Device pixels of a cent. */
const WHOLE_FROM = 4;

export type LayoutInput = {
  readonly boxWidth: number;
  readonly boxHeight: number;
  readonly ratio: number;
  readonly spanMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly isFlipped: boolean;
};

/** How many columns of whole device pixels fit, and how wide each is. */
export function columnsIn(
  deviceWidth: number,
  spanMs: number,
  stepMs: number,
): { readonly columns: number; readonly deviceColumn: number } {
  const deviceColumn = Math.max(Math.floor(deviceWidth / (spanMs / stepMs)), 1);
  return { deviceColumn, columns: Math.max(Math.floor(deviceWidth / deviceColumn), 1) };
}

export function layoutOf({ boxWidth, boxHeight, ratio, spanMs, endMs, stepMs, isFlipped }: LayoutInput): Layout {
  const { columns, deviceColumn } = columnsIn(boxWidth * ratio, spanMs, stepMs);
  const deviceRow = Math.max((boxHeight * ratio) / ROWS, 1);
  const rowHeight = (deviceRow < WHOLE_FROM ? deviceRow : Math.floor(deviceRow)) / ratio;
  const lastIndex = Math.ceil(endMs / stepMs);
  const firstIndex = lastIndex - columns;
  return {
    width: (columns * deviceColumn) / ratio,
    height: rowHeight * ROWS,
    columnWidth: deviceColumn / ratio,
    rowHeight,
    columns,
    firstIndex,
    stepMs,
    fromMs: firstIndex * stepMs,
    toMs: lastIndex * stepMs,
    isFlipped,
  };
}

export const xOf = ({ fromMs, stepMs, columnWidth }: Layout, atMs: number): number =>
  ((atMs - fromMs) / stepMs) * columnWidth;

/** Upper edge of a cent of YES, 1 to 99. */
export const yOf = ({ rowHeight, isFlipped }: Layout, cent: number): number =>
  (isFlipped ? cent - 1 : ROWS - cent) * rowHeight;

/** The cent of YES at this height. */
export function centAt({ rowHeight, isFlipped }: Layout, y: number): number {
  const row = Math.min(Math.max(Math.floor(y / rowHeight), 0), ROWS - 1);
  return isFlipped ? row + 1 : ROWS - row;
}

export const indexAtX = ({ firstIndex, columnWidth, columns }: Layout, x: number): number =>
  firstIndex + Math.min(Math.max(Math.floor(x / columnWidth), 0), columns - 1);

/** Labels that have room: left to right, none over the one before, none beyond the right edge. */
export function placeLabels<Label extends { readonly x: number; readonly width: number }>(
  labels: readonly Label[],
  right: number,
  space: number,
): Label[] {
  const placed: Label[] = [];
  let free = -Infinity;
  for (const label of labels) {
    if (label.x < free || label.x + label.width > right) continue;
    placed.push(label);
    free = label.x + label.width + space;
  }
  return placed;
}
