// What stands around the heatmap: how much rests at each price, the prices, the lane of what was recorded, how much changed,
// and the times.
import { timeMarks } from '../draw/time-axis.ts';
import type { Market } from '../live/answers.ts';
import type { Drawing } from '../draw/surface.tsx';
import { clock, clockMinutes, type Zone } from '../text/time.ts';
import type { Column } from './columns.ts';
import { ROWS } from './columns.ts';
import { NO_SIDE } from './brightness.ts';
import { ROWS_A_SIDE, type Ladder } from './ladder-rows.ts';
import type { Hole, Picture } from './picture.ts';
import { xOf, yOf, type Layout } from './scales.ts';

/** Of the ladder's rows and its spread, in CSS pixels. */
const LADDER_HEIGHT = (2 * ROWS_A_SIDE + 1) * 19.5;

const TAG_HEIGHT = 16;

const crisp = (at: number): number => Math.round(at) + 0.5;

/** Bars by price: the book of one column. */
export function drawProfile(
  { context, palette }: Drawing,
  column: Column | null,
  layout: Layout,
  left: number,
  width: number,
): void {
  if (!column) return;
  let most = 1;
  for (let row = 0; row < ROWS; row++) most = Math.max(most, Math.sqrt(column.sizes[row]!));
  for (let row = 0; row < ROWS; row++) {
    const size = column.sizes[row]!;
    if (size === 0) continue;
    context.fillStyle = (column.cells[row]! & NO_SIDE) === 0 ? palette.yes : palette.no;
    // By the root: one large order does not make all others vanish.
    const length = Math.max((Math.sqrt(size) / most) * width, 1);
    context.fillRect(left, yOf(layout, row + 1), length, Math.max(layout.rowHeight - 1, 1));
  }
}

export function drawPrices(
  { context, palette }: Drawing,
  layout: Layout,
  left: number,
  tags: readonly { readonly cent: number; readonly text: string; readonly color: string }[],
): void {
  context.font = `11px ${palette.sans}`;
  context.textBaseline = 'middle';
  const taken = tags.map(({ cent }) => yOf(layout, cent));
  for (let cent = 10; cent < 100; cent += 10) {
    const y = yOf(layout, cent) + layout.rowHeight / 2;
    context.fillStyle = palette.edge;
    context.fillRect(left, crisp(y) - 0.5, 4, 1);
    if (taken.some((each) => Math.abs(each - y) < 16)) continue;
    context.fillStyle = palette.ink3;
    context.fillText(`${layout.isFlipped ? 100 - cent : cent}¢`, left + 8, y);
  }
  // Of two prices that are near each other the upper tag goes up and the lower one down.
  const places = tags.map(({ cent }) => yOf(layout, cent) + layout.rowHeight / 2);
  const near = places.length === 2 ? Math.max(TAG_HEIGHT + 1 - Math.abs(places[0]! - places[1]!), 0) / 2 : 0;
  for (const [index, { text, color }] of tags.entries()) {
    const place = places[index]!;
    const isUpper = places.length === 2 && place === Math.min(...places);
    const y = place + (isUpper ? -near : near);
    context.fillStyle = color;
    context.beginPath();
    context.moveTo(left, y);
    context.lineTo(left + 6, y - 8);
    context.lineTo(left + 38, y - 8);
    context.lineTo(left + 38, y + 8);
    context.lineTo(left + 6, y + 8);
    context.fill();
    context.fillStyle = palette.bg;
    context.font = `600 11px ${palette.sans}`;
    context.fillText(text, left + 9, y + 0.5);
  }
  context.textBaseline = 'alphabetic';
}

/** From the prices that the ladder shows to its upper and lower edge, which stand at the picture's top and at 27 rows. */
export function drawFan(
  { context, palette }: Drawing,
  layout: Layout,
  { no, yes }: Ladder,
  left: number,
  right: number,
): void {
  const top = no[0]?.yesPrice;
  const bottom = yes.at(-1)?.yesPrice;
  if (top === undefined || bottom === undefined) return;
  const at = (price: number): number =>
    yOf(layout, Math.min(Math.max(Math.round(price / 100), 1), ROWS)) + layout.rowHeight / 2;
  context.strokeStyle = palette.edge;
  context.lineWidth = 1;
  context.beginPath();
  for (const [price, y] of [
    [top, 0.5],
    [bottom, LADDER_HEIGHT],
  ] as const) {
    context.moveTo(left, at(price));
    context.lineTo(right, y);
  }
  context.moveTo(left + 0.5, at(top));
  context.lineTo(left + 0.5, at(bottom));
  context.stroke();
}

/** A line where the book is known, nothing where it is not, ◇ where a snapshot made it right again. */
export function drawRecorded(
  { context, palette }: Drawing,
  picture: Picture,
  holes: readonly Hole[],
  layout: Layout,
  y: number,
): void {
  context.fillStyle = palette.ok;
  for (let x = 0, from = 0; x <= layout.columns; x++) {
    const isKnown = x < layout.columns && Boolean(picture.column(layout.firstIndex + x));
    if (isKnown) continue;
    if (x > from) context.fillRect(from * layout.columnWidth, y - 1, (x - from) * layout.columnWidth, 2);
    from = x + 1;
  }
  for (const { toMs } of holes) {
    const x = xOf(layout, toMs);
    if (x < 0 || x > layout.width) continue;
    context.beginPath();
    context.moveTo(x, y - 6);
    context.lineTo(x + 5, y);
    context.lineTo(x, y + 6);
    context.lineTo(x - 5, y);
    context.closePath();
    context.fillStyle = palette.bg;
    context.strokeStyle = palette.ink;
    context.lineWidth = 1.25;
    context.fill();
    context.stroke();
  }
}

/** ✓ where the book was compared with the exchange's and equal, ■ where it was not. */
export function drawAudits({ context, palette }: Drawing, audits: Market['audits'], layout: Layout, y: number): void {
  for (const { atMs, differences } of audits) {
    const x = xOf(layout, atMs);
    if (x < 4 || x > layout.width - 4) continue;
    context.fillStyle = palette.bg;
    context.fillRect(x - 6, y - 5, 12, 10);
    if (differences > 0) {
      context.fillStyle = palette['bad-fill'];
      context.fillRect(x - 4, y - 4, 8, 8);
      continue;
    }
    context.strokeStyle = palette.ok;
    context.lineWidth = 1.6;
    context.beginPath();
    context.moveTo(x - 4, y);
    context.lineTo(x - 1, y + 3.5);
    context.lineTo(x + 4.5, y - 4);
    context.stroke();
  }
}

/** Levels that changed, a bar for each column; the scale's top is the most that is in sight. */
export function drawActivity(
  { context, palette }: Drawing,
  picture: Picture,
  layout: Layout,
  top: number,
  height: number,
): number {
  let most = 1;
  for (let x = 0; x < layout.columns; x++) most = Math.max(most, picture.column(layout.firstIndex + x)?.changes ?? 0);
  context.fillStyle = palette.edge;
  const width = Math.max(layout.columnWidth * 0.8, 1);
  for (let x = 0; x < layout.columns; x++) {
    const changes = picture.column(layout.firstIndex + x)?.changes ?? 0;
    const length = (changes / most) * height;
    if (length > 0) context.fillRect(x * layout.columnWidth, top + height - length, width, length);
  }
  context.fillStyle = palette.line;
  context.fillRect(0, top + height, layout.width, 1);
  return (most * 1_000) / layout.stepMs;
}

export function drawTimes(
  { context, palette }: Drawing,
  layout: Layout,
  y: number,
  zone: Zone,
  nowMs: number | null,
): void {
  const { stepMs, atMs } = timeMarks(layout.fromMs, layout.toMs, Math.max(Math.floor(layout.width / 90), 1));
  context.font = `11px ${palette.sans}`;
  context.textAlign = 'center';
  const nowX = nowMs === null ? null : Math.min(xOf(layout, nowMs), layout.width);
  for (const at of atMs) {
    const x = xOf(layout, at);
    if (x < 20 || x > layout.width - 20 || (nowX !== null && Math.abs(nowX - x) < 44)) continue;
    context.fillStyle = palette.ink3;
    context.fillText(stepMs < 60_000 ? clock(at, zone) : clockMinutes(at, zone), x, y);
  }
  if (nowX !== null) {
    context.fillStyle = palette.accent;
    context.textAlign = 'right';
    context.fillText('now', layout.width, y);
  }
  context.textAlign = 'left';
}
