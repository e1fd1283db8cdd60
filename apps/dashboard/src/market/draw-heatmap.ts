// Draws the picture of a book: what rested, what was traded, what is not known, and where bid and ask were.
import { hatch } from '../draw/hatch.ts';
import type { Palette } from '../draw/palette.ts';
import type { Drawing } from '../draw/surface.tsx';
import { duration } from '../text/duration.ts';
import type { Column } from './columns.ts';
import { ROWS } from './columns.ts';
import type { Hole, Picture, Trade } from './picture.ts';
import { placeLabels, xOf, yOf, type Layout } from './scales.ts';
import { BUBBLE_FROM, tradeMarks } from './trade-marks.ts';

/** A canvas of one pixel for each cell, which is drawn large: made once for each picture on the page. */
export class CellImage {
  readonly #canvas = new OffscreenCanvas(1, ROWS);

  paint(picture: Picture, layout: Layout, table: Uint32Array): OffscreenCanvas {
    const { columns, firstIndex, isFlipped } = layout;
    if (this.#canvas.width !== columns) this.#canvas.width = columns;
    const image = new ImageData(columns, ROWS);
    const pixels = new Uint32Array(image.data.buffer);
    pixels.fill(table[0]!);
    for (let x = 0; x < columns; x++) {
      const cells = picture.column(firstIndex + x)?.cells;
      if (!cells) continue;
      for (let row = 0; row < ROWS; row++) {
        if (cells[row] !== 0) pixels[(isFlipped ? row : ROWS - 1 - row) * columns + x] = table[cells[row]!]!;
      }
    }
    this.#canvas.getContext('2d')!.putImageData(image, 0, 0);
    return this.#canvas;
  }
}

export function drawCells({ context }: Drawing, image: OffscreenCanvas, { width, height }: Layout): void {
  context.imageSmoothingEnabled = false;
  context.drawImage(image, 0, 0, width, height);
}

/**
 * Best bid and ask: first both halos, or at a spread of a cent the one would hide the other. Made of rectangles: to stroke paths of
 * two thousand right angles takes longer than a frame.
 */
export function drawTouch({ context, palette }: Drawing, picture: Picture, layout: Layout): void {
  const lines = [
    ...touchLines(picture, layout, ({ bid }) => bid, 'below'),
    ...touchLines(picture, layout, ({ ask }) => ask, 'above'),
  ];
  for (const [width, color] of [
    [3.5, palette.bg],
    [1.25, palette.ink],
  ] as const) {
    context.fillStyle = color;
    for (const { left, top, right, bottom } of lines) {
      context.fillRect(left - width / 2, top - width / 2, right - left + width, bottom - top + width);
    }
  }
}

type Line = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

/** Along the edge of the cell that is turned to the other side, across and down. */
function touchLines(
  picture: Picture,
  layout: Layout,
  of: (column: Column) => number,
  side: 'above' | 'below',
): readonly Line[] {
  const lines: Line[] = [];
  const isUpper = (side === 'below') !== layout.isFlipped;
  let [fromX, cent] = [0, 0];
  const yAt = (at: number): number => yOf(layout, at) + (isUpper ? 0 : layout.rowHeight);
  for (let x = 0; x <= layout.columns; x++) {
    const column = x < layout.columns ? picture.column(layout.firstIndex + x) : null;
    const next = column ? of(column) : 0;
    if (next === cent) continue;
    const [left, here] = [fromX * layout.columnWidth, x * layout.columnWidth];
    if (cent !== 0) lines.push({ left, right: here, top: yAt(cent), bottom: yAt(cent) });
    if (cent !== 0 && next !== 0) {
      const [top, bottom] = [Math.min(yAt(cent), yAt(next)), Math.max(yAt(cent), yAt(next))];
      lines.push({ left: here, right: here, top, bottom });
    }
    [fromX, cent] = [x, next];
  }
  return lines;
}

/** Dots, and bubbles by their size; filled where the taker bought YES. */
export function drawTrades({ context, palette }: Drawing, trades: readonly Trade[], layout: Layout): void {
  for (const { x, cent, size, isTakerNo, isBubble } of tradeMarks(trades, layout)) {
    const y = yOf(layout, cent) + layout.rowHeight / 2;
    const [inner, rim] = isTakerNo ? [palette.bg, palette.ink] : [palette.ink, palette.bg];
    if (!isBubble) {
      context.fillStyle = rim;
      context.fillRect(x - 2.5, y - 2.5, 5, 5);
      context.fillStyle = inner;
      context.fillRect(x - 1.5, y - 1.5, 3, 3);
      continue;
    }
    context.beginPath();
    context.arc(x, y, Math.min(2.5 + Math.log2(size / BUBBLE_FROM) * 1.2, 8), 0, 2 * Math.PI);
    context.fillStyle = inner;
    context.strokeStyle = rim;
    context.lineWidth = isTakerNo ? 1.25 : 1;
    context.fill();
    context.stroke();
  }
}

export function drawHoles(drawing: Drawing, holes: readonly Hole[], layout: Layout, height: number): void {
  const { context, palette, ratio } = drawing;
  for (const { fromMs, toMs } of holes) {
    const left = Math.max(xOf(layout, fromMs), 0);
    const right = Math.min(xOf(layout, toMs), layout.width);
    if (right <= left) continue;
    const width = Math.max(right - left, 2);
    context.fillStyle = palette.bg;
    context.fillRect(left, 0, width, height);
    context.fillStyle = hatch(context, palette.edge, ratio);
    context.fillRect(left, 0, width, height);
    context.fillStyle = palette.edge;
    context.fillRect(left, 0, 1, height);
    context.fillRect(left + width - 1, 0, 1, height);
  }
}

/** What each hole is, where there is room for it beside the hole. */
export function drawHoleLabels({ context, palette }: Drawing, holes: readonly Hole[], layout: Layout, y: number): void {
  context.font = `600 11px ${palette.sans}`;
  const labels = holes.map(({ fromMs, toMs, cause }) => {
    const title = `hole ${duration(toMs - fromMs)}`;
    const width = Math.max(context.measureText(title).width, context.measureText(cause).width) + 12;
    const right = Math.min(xOf(layout, toMs), layout.width) + 4;
    const x = right + width <= layout.width ? right : Math.max(xOf(layout, fromMs), 0) - width - 4;
    return { title, cause, x, width };
  });
  for (const { title, cause, x, width } of placeLabels(
    labels.filter(({ x }) => x >= 0),
    layout.width,
    4,
  )) {
    drawBox({ context, palette }, x, y, width, 34);
    context.fillStyle = palette.ink;
    context.font = `600 11px ${palette.sans}`;
    context.fillText(title, x + 6, y + 14);
    context.fillStyle = palette.ink2;
    context.font = `11px ${palette.sans}`;
    context.fillText(cause, x + 6, y + 27);
  }
}

export function drawBox(
  { context, palette }: { readonly context: CanvasRenderingContext2D; readonly palette: Palette },
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  context.fillStyle = palette.bg;
  context.strokeStyle = palette.edge;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(x + 0.5, y + 0.5, width - 1, height - 1, 2);
  context.fill();
  context.stroke();
}
