// The field of cells as a picture: what changes is darker, what is not right is yellow with an edge.
import type { Drawing } from '../draw/surface.tsx';
import { levelsOfCells, STALE, UNKNOWN, type CellLayout } from './cell-field.ts';

/** Of levels 0 to 7: away from the ground, whichever that is. */
const LIGHT = ['#e6eff9', '#cfe1f5', '#afcdf0', '#82b1e7', '#5290da', '#2a6cc3', '#134a97', '#0a2c60'];
const DARK = ['#18222d', '#1a2d43', '#1f3f63', '#265586', '#2f6fb2', '#4289d4', '#69b0ff', '#bcdcff'];

export function drawCells({ context, palette, ratio }: Drawing, levels: Uint8Array, layout: CellLayout): void {
  const { rows, width, height } = layout;
  const colors = palette.isDark ? DARK : LIGHT;
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
}
