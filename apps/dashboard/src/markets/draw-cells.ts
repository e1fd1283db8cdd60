// The field of cells as a picture: what changes is darker, what is not right is yellow with an edge.
import type { Drawing } from '../draw/surface.tsx';
import { frameOf, levelsOfCells, STALE, UNKNOWN, type CellLayout } from './cell-field.ts';

/** Of levels 0 to 7: away from the ground, whichever that is. */
const LIGHT = ['#e6eff9', '#cfe1f5', '#afcdf0', '#82b1e7', '#5290da', '#2a6cc3', '#134a97', '#0a2c60'];
const DARK = ['#18222d', '#1a2d43', '#1f3f63', '#265586', '#2f6fb2', '#4289d4', '#69b0ff', '#bcdcff'];

/** Around all cells, in CSS pixels: the frame is drawn there. */
export const INSET = 2;

export type CellsDrawn = {
  readonly levels: Uint8Array;
  readonly layout: CellLayout;
  /** Rows of the table that are looked at; `to`: the row after them. */
  readonly sight: { readonly from: number; readonly to: number };
  readonly chosenRow: number | null;
};

export function drawCells(
  { context, palette, ratio }: Drawing,
  { levels, layout, sight, chosenRow }: CellsDrawn,
): void {
  const { rows, width, height, perCell } = layout;
  const colors = palette.isDark ? DARK : LIGHT;
  context.translate(INSET, INSET);
  // Edges on whole device pixels: cells of a fraction of one would have as many greys.
  const crisp = (at: number): number => Math.round(at * ratio) / ratio;
  for (const [cell, level] of levelsOfCells(levels, layout).entries()) {
    const column = Math.floor(cell / rows);
    const [left, right] = [crisp(column * width), crisp((column + 1) * width)];
    const [top, bottom] = [crisp((cell % rows) * height), crisp((cell % rows) * height + height)];
    context.fillStyle =
      level === STALE ? palette['warn-fill'] : level === UNKNOWN ? palette['bad-fill'] : colors[level]!;
    context.fillRect(left, top, right - left - 1, bottom - top - 1);
    if (level < STALE) continue;
    context.strokeStyle = level === STALE ? palette.warn : palette.bad;
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, top + 0.5, right - left - 2, bottom - top - 2);
  }
  const frame = frameOf(layout, sight.from, sight.to);
  context.lineWidth = 2;
  if (frame && (sight.from > 0 || sight.to < layout.markets)) {
    const [left, right] = [crisp(frame.left), crisp(frame.left + frame.width)];
    context.strokeStyle = palette.accent;
    context.strokeRect(left - 1, -1, right - left + 1, rows * height + 1);
  }
  if (chosenRow === null) return;
  const cell = Math.floor(chosenRow / perCell);
  const column = Math.floor(cell / rows);
  const [left, right] = [crisp(column * width), crisp((column + 1) * width)];
  context.strokeStyle = palette.ink;
  context.strokeRect(left - 1, (cell % rows) * height - 1, right - left + 1, height + 1);
}
