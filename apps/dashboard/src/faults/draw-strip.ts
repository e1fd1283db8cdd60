// Draws the strip: lanes from top to bottom, and through all of them the lines of break, noticed and healed.
import { hatch } from '../draw/hatch.ts';
import type { Palette } from '../draw/palette.ts';
import type { Drawing } from '../draw/surface.tsx';
import { timeMarks } from '../draw/time-axis.ts';
import { count } from '../text/number.ts';
import { markPlaces } from './mark-places.ts';
import { faultText, holeText, markText, secondsText, sessionText } from './strip-text.ts';
import type { Strip, StripMark, StripSpan } from './strip.ts';

/** Above the lanes stand the words of the lines, below them the seconds. */
const [HEAD, AXIS] = [44, 24];

const LANES = [
  { name: 'Fault', height: 30 },
  { name: 'Frames/s', height: 128 },
  { name: 'Books right', height: 88 },
  { name: 'State', height: 30 },
  { name: 'Session', height: 30 },
  { name: 'Ledger', height: 30 },
] as const;
const LANES_HEIGHT = LANES.reduce((sum, { height }) => sum + height, 0);

type Lane = {
  readonly top: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly xOf: (atMs: number) => number;
};

/** Left of the lanes stand their names, and two numbers of their scale. */
const stripLeft = (width: number): number => (width < 500 ? 76 : 92);

/** Which moment is there. @param x of the canvas, in CSS pixels */
export const momentAt = ({ fromMs, toMs }: Strip, x: number, width: number): number =>
  fromMs + ((x - stripLeft(width)) / Math.max(width - stripLeft(width), 1)) * (toMs - fromMs);

/** @param cursorMs `null`: nobody points anywhere */
export function drawStrip(drawing: Drawing, strip: Strip, cursorMs: number | null): void {
  const { context, width, height, palette } = drawing;
  const left = stripLeft(width);
  const scale = (width - left) / Math.max(strip.toMs - strip.fromMs, 1);
  const xOf = (atMs: number): number => left + (atMs - strip.fromMs) * scale;
  const stretch = (height - HEAD - AXIS) / LANES_HEIGHT;
  const bottom = height - AXIS;
  let top = HEAD;
  const lanes = LANES.map(({ height: share }) => {
    const lane: Lane = { top, height: share * stretch, left, right: width, xOf };
    top += lane.height;
    return lane;
  });
  drawGrid(drawing, strip, lanes, bottom);
  drawPhases(drawing, strip, xOf, bottom);
  drawFrames(drawing, strip, lanes[1]!);
  drawBooks(drawing, strip, lanes[2]!);
  drawStates(drawing, strip.states, lanes[3]!);
  drawSessions(drawing, strip.sessions, lanes[4]!);
  drawLedger(drawing, strip, lanes[5]!);
  drawFault(drawing, strip, lanes[0]!);
  drawNow(drawing, strip, xOf, bottom);
  drawMarks(drawing, strip, xOf, bottom);
  if (cursorMs === null || cursorMs < strip.fromMs || cursorMs > strip.toMs) return;
  context.fillStyle = palette.ink;
  context.fillRect(Math.round(xOf(cursorMs)), HEAD, 1, bottom - HEAD);
}

function drawGrid({ context, width, height, palette }: Drawing, strip: Strip, lanes: readonly Lane[], bottom: number) {
  const { fromMs, toMs, zeroMs } = strip;
  const left = lanes[0]!.left;
  const { atMs } = timeMarks(fromMs - zeroMs, toMs - zeroMs, Math.max(Math.floor((width - left) / 80), 2));
  context.textAlign = 'center';
  for (const at of atMs) {
    const x = lanes[0]!.xOf(zeroMs + at);
    context.fillStyle = palette.line;
    context.fillRect(Math.round(x), HEAD, 1, bottom - HEAD);
    context.fillStyle = palette.ink3;
    context.font = `11px ${palette.sans}`;
    const hidesNow = Math.abs(x - lanes[0]!.xOf(strip.nowMs)) < 40;
    if (x > left + 16 && x < width - 16 && !hidesNow) context.fillText(secondsText(at), x, height - 8);
  }
  context.textAlign = 'left';
  context.fillStyle = palette.ink3;
  context.fillText(strip.fault ? 'since the fault' : 'before now', 0, height - 8);
  LANES.forEach(({ name }, index) => {
    const lane = lanes[index]!;
    context.fillStyle = palette.ink2;
    context.font = `12px ${palette.sans}`;
    context.fillText(name, 0, lane.top + lane.height / 2 + 4);
    context.fillStyle = palette.line;
    context.fillRect(0, Math.round(lane.top + lane.height), width, 1);
  });
}

/** Unnoticed, then in repair: the ground that the lanes stand on. */
function drawPhases({ context, palette }: Drawing, strip: Strip, xOf: (atMs: number) => number, bottom: number): void {
  const endMs = Math.min(strip.nowMs, strip.toMs);
  const at = (kind: StripMark['kind']): number | null => strip.marks.find((mark) => mark.kind === kind)?.atMs ?? null;
  const [noticedMs, healedMs] = [at('noticed'), at('healed')];
  const paint = (color: string, fromMs: number, toMs: number): void => {
    context.globalAlpha = palette.isDark ? 0.14 : 0.1;
    context.fillStyle = color;
    context.fillRect(xOf(fromMs), HEAD, xOf(toMs) - xOf(fromMs), bottom - HEAD);
    context.globalAlpha = 1;
  };
  if (strip.believed) paint(palette['bad-fill'], strip.believed.fromMs, Math.min(strip.believed.toMs, endMs));
  if (noticedMs !== null) paint(palette['warn-fill'], noticedMs, Math.min(healedMs ?? endMs, endMs));
}

function drawFrames({ context, palette }: Drawing, strip: Strip, { top, height, left, xOf }: Lane): void {
  const most = Math.max(10, ...strip.seconds.map(({ framesPerSecond }) => framesPerSecond));
  const stepOf = [5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000];
  const step = stepOf.find((each) => most / each <= 2.5) ?? 100_000;
  const [ground, room] = [top + height - 4, height - 16];
  const yOf = (value: number): number => ground - (value / Math.max(most, step)) * room;
  context.font = `11px ${palette.sans}`;
  context.textAlign = 'right';
  for (let value = step; value <= Math.max(most, step); value += step) {
    context.fillStyle = palette.line;
    context.fillRect(left, Math.round(yOf(value)), xOf(strip.toMs) - left, 1);
    context.fillStyle = palette.ink3;
    // In a narrow picture the lane's name is there.
    if (left > 80 || Math.abs(yOf(value) - top - height / 2) > 14)
      context.fillText(count(value), left - 6, yOf(value) + 4);
  }
  context.textAlign = 'left';
  context.fillStyle = palette.ink3;
  for (const { atMs, framesPerSecond } of strip.seconds) {
    const from = Math.max(xOf(atMs), left);
    const barWidth = Math.max(xOf(atMs + strip.stepMs) - from - 2, 1);
    context.fillRect(from, yOf(framesPerSecond), barWidth, ground - yOf(framesPerSecond));
  }
  if (!strip.silence) return;
  const [from, to] = [xOf(strip.silence.fromMs), xOf(strip.silence.toMs)];
  if (to - from < 60) return;
  context.fillStyle = palette.bad;
  context.textAlign = 'center';
  context.fillText('silence', (from + to) / 2, ground - 16);
  context.textAlign = 'left';
}

function drawBooks({ context, palette, ratio }: Drawing, strip: Strip, { top, height, left, xOf }: Lane): void {
  const books = Math.max(1, ...strip.seconds.map((second) => second.books));
  const [ground, room] = [top + height - 8, height - 22];
  const yOf = (value: number): number => ground - (value / books) * room;
  context.font = `11px ${palette.sans}`;
  context.fillStyle = palette.ink3;
  context.textAlign = 'right';
  context.fillText(count(books), left - 6, yOf(books) + 4);
  context.fillText('0', left - 6, ground + 4);
  context.textAlign = 'left';
  // A second is held until the next one is counted; what is between break in the record and break in the record is one shape.
  for (const { atMs, booksRight } of strip.seconds) {
    // Whole pixels: half ones would lie over each other.
    const [from, to] = [
      Math.max(Math.round(xOf(atMs)), left),
      Math.round(xOf(Math.min(atMs + strip.stepMs, strip.toMs))),
    ];
    context.globalAlpha = 0.5;
    context.fillStyle = palette['ok-tint'];
    context.fillRect(from, yOf(booksRight), to - from, ground - yOf(booksRight));
    context.globalAlpha = 1;
  }
  context.strokeStyle = palette.ok;
  context.lineWidth = 2;
  context.beginPath();
  let lastMs = -Infinity;
  for (const { atMs, booksRight } of strip.seconds) {
    const [from, to, y] = [Math.max(xOf(atMs), left), xOf(Math.min(atMs + strip.stepMs, strip.toMs)), yOf(booksRight)];
    if (atMs === lastMs + strip.stepMs) context.lineTo(from, y);
    else context.moveTo(from, y);
    context.lineTo(to, y);
    lastMs = atMs;
  }
  context.stroke();
  if (!strip.believed) return;
  const [from, to] = [xOf(strip.believed.fromMs), xOf(Math.min(strip.believed.toMs, strip.toMs))];
  context.fillStyle = hatch(context, palette['bad-fill'], ratio);
  context.globalAlpha = 0.6;
  context.fillRect(from, yOf(books), to - from, ground - yOf(books));
  context.globalAlpha = 1;
  words(context, palette, 'believed right, already old', from, to, (yOf(books) + ground) / 2);
}

/** Words on a ground of their own, in the middle or at the beginning, where there is room. */
function words(
  context: CanvasRenderingContext2D,
  palette: Palette,
  text: string,
  from: number,
  to: number,
  middle: number,
  align: 'center' | 'left' = 'center',
): void {
  context.font = `11px ${palette.sans}`;
  const { width } = context.measureText(text);
  if (width + 20 > to - from) return;
  const x = align === 'left' ? from + 8 : (from + to - width) / 2;
  context.fillStyle = palette.bg;
  context.fillRect(x - 6, middle - 9, width + 12, 18);
  context.fillStyle = palette.ink2;
  context.fillText(text, x, middle + 4);
}

function drawStates({ context, palette }: Drawing, states: readonly StripSpan[], lane: Lane): void {
  for (const { name, fromMs, toMs } of states) {
    const [from, to] = [lane.xOf(fromMs), lane.xOf(toMs)];
    const isWell = name === 'ready' || name === 'standby';
    context.fillStyle = isWell ? palette['ok-tint'] : name === 'error' ? palette['bad-fill'] : palette.line;
    context.fillRect(from, lane.top + 7, Math.max(to - from, 2), lane.height - 14);
    context.font = `11px ${palette.sans}`;
    context.fillStyle = isWell ? palette.ok : name === 'error' ? palette.bg : palette.ink;
    if (context.measureText(name).width + 16 < to - from)
      context.fillText(name, from + 8, lane.top + lane.height / 2 + 4);
  }
}

function drawSessions({ context, palette }: Drawing, sessions: readonly StripSpan[], lane: Lane): void {
  context.font = `11px ${palette.mono}`;
  context.lineWidth = 1;
  for (const session of sessions) {
    const [from, to] = [lane.xOf(session.fromMs), lane.xOf(session.toMs)];
    context.strokeStyle = palette.ink2;
    context.strokeRect(from + 0.5, lane.top + 7.5, Math.max(to - from - 1, 1), lane.height - 15);
    context.fillStyle = palette.ink;
    const text = sessionText(session);
    if (context.measureText(text).width + 16 < to - from)
      context.fillText(text, from + 8, lane.top + lane.height / 2 + 4);
  }
}

/** A line where everything is recorded, a box for what is not. */
function drawLedger({ context, palette, ratio }: Drawing, { sessions, holes, toMs }: Strip, lane: Lane): void {
  const middle = lane.top + lane.height / 2;
  context.fillStyle = palette.ok;
  for (const { fromMs, toMs: endMs } of sessions) {
    context.fillRect(lane.xOf(fromMs), middle - 1, lane.xOf(endMs) - lane.xOf(fromMs), 2);
  }
  for (const { fromMs, toMs: endMs } of holes) {
    const [from, width] = [lane.xOf(fromMs), Math.max(lane.xOf(endMs) - lane.xOf(fromMs), 4)];
    context.fillStyle = palette.bg;
    context.fillRect(from, middle - 7, width, 14);
    context.fillStyle = hatch(context, palette.ink2, ratio);
    context.fillRect(from, middle - 7, width, 14);
    context.strokeStyle = palette.ink2;
    context.lineWidth = 1;
    context.strokeRect(from + 0.5, middle - 6.5, width - 1, 13);
  }
  const last = holes.at(-1);
  if (!last) return;
  const from = Math.max(lane.xOf(last.toMs), lane.xOf(last.fromMs) + 4);
  words(context, palette, holeText(last), from, lane.xOf(toMs), middle, 'left');
}

function drawFault({ context, palette, ratio }: Drawing, strip: Strip, lane: Lane): void {
  const { on } = strip;
  if (!on) return;
  const [from, to] = [lane.xOf(on.fromMs), Math.max(lane.xOf(on.toMs), lane.xOf(on.fromMs) + 6)];
  const [y, height] = [lane.top + 7, lane.height - 14];
  context.fillStyle = hatch(context, palette['bad-fill'], ratio);
  context.fillRect(from, y, to - from, height);
  context.strokeStyle = palette['bad-fill'];
  context.lineWidth = 1;
  context.strokeRect(from + 0.5, y + 0.5, to - from - 1, height - 1);
  const text = faultText(strip) ?? '';
  context.font = `11px ${palette.sans}`;
  const { width } = context.measureText(text);
  // Behind the last line, where the bar goes on for long enough.
  const free = Math.max(from, ...strip.marks.map(({ atMs }) => lane.xOf(atMs)));
  if (width + 20 <= to - free) words(context, palette, text, free, to, y + height / 2);
  else if (width + 20 <= to - from) words(context, palette, text, from, to, y + height / 2);
  else words(context, palette, text, to, lane.right, y + height / 2, 'left');
}

function drawNow({ context, height, palette }: Drawing, strip: Strip, xOf: (atMs: number) => number, bottom: number) {
  if (strip.nowMs > strip.toMs) return;
  const x = xOf(strip.nowMs);
  context.fillStyle = palette.accent;
  context.fillRect(x - 2, HEAD, 2, bottom - HEAD);
  context.font = `11px ${palette.sans}`;
  context.textAlign = 'right';
  context.fillText('now', x, height - 8);
  context.textAlign = 'left';
}

function drawMarks({ context, width, palette }: Drawing, strip: Strip, xOf: (atMs: number) => number, bottom: number) {
  const colors = { break: palette.bad, noticed: palette.warn, healed: palette.ok };
  const measure = (mark: StripMark, isAlone: boolean, isShort = false) => {
    const { title, note } = markText(strip, mark, isAlone);
    context.font = `600 15px ${palette.sans}`;
    const titleWidth = context.measureText(title).width;
    context.font = `11px ${palette.sans}`;
    return { x: xOf(mark.atMs), width: isShort ? titleWidth : Math.max(titleWidth, context.measureText(note).width) };
  };
  const first = markPlaces(
    strip.marks.map((mark) => measure(mark, false)),
    width,
  );
  // What has no room of its own is said by the last; where that has none either, one word of it.
  const isAlone = strip.marks.length === 3 && first[1] === null;
  const long = isAlone
    ? markPlaces(
        strip.marks.map((mark) => measure(mark, true)),
        width,
      )
    : first;
  const isShort = (index: number): boolean => long[index] === null && index !== 1;
  const places = markPlaces(
    strip.marks.map((mark, index) => measure(mark, isAlone, isShort(index))),
    width,
  );
  strip.marks.forEach((mark, index) => {
    const color = colors[mark.kind];
    context.fillStyle = color;
    context.fillRect(Math.round(xOf(mark.atMs)) - 1, 0, 2, bottom);
    const place = isAlone && index === 1 ? null : places[index];
    if (!place) return;
    const { title, note } = markText(strip, mark, isAlone);
    context.textAlign = place.align;
    context.font = `600 15px ${palette.sans}`;
    context.fillText(title, place.x, 14);
    if (isShort(index)) return;
    context.fillStyle = palette.ink2;
    context.font = `11px ${palette.sans}`;
    context.fillText(note, place.x, 31);
  });
  context.textAlign = 'left';
}
