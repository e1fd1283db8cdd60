// Draws the timeline: bars in their lanes with their words, what waited for the database, and the time below.
import { hatch } from '../draw/hatch.ts';
import type { Palette } from '../draw/palette.ts';
import type { Drawing } from '../draw/surface.tsx';
import { timeMarks } from '../draw/time-axis.ts';
import { zone } from '../shell/zone.ts';
import { bytes, count } from '../text/number.ts';
import { clockMinutes, day, zoneName } from '../text/time.ts';
import { barWords } from './bar-text.ts';
import { LONG_GAP_MS } from './chain.ts';
import { labelPlaces } from './lane-labels.ts';
import { LANES, type Bar, type Lane } from './lanes.ts';
import type { SpoolLane } from './spool-lane.ts';

const [MINUTE, HOUR] = [60_000, 3_600_000];
const NAMES = [...LANES, 'Spool'] as const;
/** The longest of them have words. */
const GAPS_TOLD = 8;

/** Its bar reaches as high as words stand. */
const HIGH_GAP_MS = 1_000;

/** Left of the lanes stand their names. */
export const LABELS = 72;
const AXIS = 24;

export type Shown = {
  readonly bars: readonly Bar[];
  /** That is explained. */
  readonly chosen: Bar | null;
  readonly spool: SpoolLane | null;
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  readonly isNow: boolean;
};

/** Which lane of bars is at this height; `null`: none. */
export const laneAt = (y: number, height: number): Lane | null =>
  LANES[Math.floor(y / ((height - AXIS) / NAMES.length))] ?? null;

/** The same in bars that were made anew. */
export const isSame = (bar: Bar, other: Bar | null): boolean =>
  bar.lane === other?.lane && bar.of === other.of && bar.fromMs === other.fromMs;

export function drawTimeline(drawing: Drawing, shown: Shown): void {
  const { context, width, height, palette } = drawing;
  const laneHeight = (height - AXIS) / NAMES.length;
  drawAxis(drawing, shown);
  NAMES.forEach((lane, row) => {
    context.fillStyle = palette.ink2;
    context.font = `12px ${palette.sans}`;
    context.fillText(lane, 0, (row + 0.5) * laneHeight + 4);
    context.fillStyle = palette.line;
    context.fillRect(0, Math.round((row + 1) * laneHeight), width, 1);
  });
  LANES.forEach((lane, row) => {
    const bars = shown.bars.filter((bar) => bar.lane === lane);
    for (const bar of bars) drawBar(drawing, bar, row * laneHeight, laneHeight, isSame(bar, shown.chosen));
    drawWords(drawing, lane, bars, shown.nowMs, row * laneHeight, laneHeight);
  });
  if (shown.spool) drawSpool(drawing, shown.spool, LANES.length * laneHeight, laneHeight);
  if (!shown.isNow) return;
  context.fillStyle = palette.accent;
  context.fillRect(width - 2, 0, 2, height - AXIS);
  context.font = `11px ${palette.sans}`;
  context.textAlign = 'right';
  context.fillText('now', width, height - 8);
  context.textAlign = 'left';
}

function drawAxis({ context, width, height, palette }: Drawing, { fromMs, toMs }: Shown): void {
  const inner = width - LABELS;
  const { stepMs, atMs } = timeMarks(fromMs, toMs, Math.max(Math.floor(inner / 90), 2));
  context.font = `11px ${palette.sans}`;
  context.textAlign = 'center';
  for (const at of atMs) {
    const x = LABELS + ((at - fromMs) / (toMs - fromMs)) * inner;
    context.fillStyle = palette.line;
    context.fillRect(Math.round(x), 0, 1, height - AXIS);
    context.fillStyle = palette.ink3;
    if (x > LABELS + 24 && x < width - 48)
      context.fillText(stepMs >= 24 * HOUR ? day(at, zone()) : clockMinutes(at, zone()), x, height - 8);
  }
  context.textAlign = 'left';
  context.fillText(zoneName(zone()), 0, height - 8);
}

function drawBar({ context, palette, ratio }: Drawing, bar: Bar, top: number, laneHeight: number, isChosen: boolean) {
  const x = LABELS + bar.x;
  const [y, height] = [top + laneHeight * 0.2, laneHeight * 0.6];
  context.lineWidth = 1;
  if (bar.lane === 'Session') {
    context.strokeStyle = palette.ink2;
    context.strokeRect(x + 0.5, y, Math.max(bar.width - 1, 1), height);
  } else if (bar.lane === 'Faults') {
    const color = bar.name === 'unhealthy' ? palette['bad-fill'] : palette['warn-fill'];
    context.fillStyle = hatch(context, color, ratio);
    context.fillRect(x, y, Math.max(bar.width, 3), height);
    context.strokeStyle = color;
    context.strokeRect(x + 0.5, y, Math.max(bar.width, 3), height);
  } else if (bar.lane === 'Gaps') {
    drawGap(context, palette, bar, x, top, laneHeight);
  } else {
    context.fillStyle = stateColor(bar.name, palette);
    context.fillRect(x, y, Math.max(bar.width, isWell(bar.name) ? 2 : 4), height);
  }
  if (!isChosen) return;
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  context.strokeRect(x - 1, y - 2, Math.max(bar.width, 3) + 2, height + 4);
}

/** A long one is red, and has a point on top. */
function drawGap(
  context: CanvasRenderingContext2D,
  palette: Palette,
  bar: Bar,
  x: number,
  top: number,
  laneHeight: number,
): void {
  const ground = top + laneHeight * 0.9;
  const height = laneHeight * 0.75 * gapShare(bar);
  const width = Math.max(bar.width, 3);
  context.fillStyle = isLong(bar) ? palette['bad-fill'] : palette['warn-fill'];
  context.fillRect(x, ground - height, width, height);
  if (!isLong(bar)) return;
  context.beginPath();
  context.moveTo(x + width / 2, ground - height - 5);
  context.lineTo(x + width / 2 + 4, ground - height + 2);
  context.lineTo(x + width / 2 - 4, ground - height + 2);
  context.fill();
}

function drawWords(
  { context, width, palette }: Drawing,
  lane: Lane,
  bars: readonly Bar[],
  nowMs: number,
  top: number,
  laneHeight: number,
): void {
  context.font = lane === 'Session' ? `11px ${palette.mono}` : `11px ${palette.sans}`;
  const lasted = (bar: Bar): number => (bar.toMs ?? nowMs) - bar.fromMs;
  const told = lane === 'Gaps' ? bars.toSorted((one, other) => lasted(other) - lasted(one)).slice(0, GAPS_TOLD) : bars;
  const words = bars.map((bar) => wordsOf(context, lane, told.includes(bar) ? bar : null, nowMs));
  const places = labelPlaces(
    bars.map((bar, index) => ({
      x: bar.x,
      // Words of a gap stand beside it.
      width: lane === 'Gaps' ? Math.max(Math.min(bar.width, 24), 3) : Math.max(bar.width, 3),
      words: words[index]!.width,
      weight: lasted(bar),
    })),
    width - LABELS - 8,
    // Over short gaps there is room.
    lane === 'Gaps' ? ({ weight }) => weight >= HIGH_GAP_MS : undefined,
  );
  const y = lane === 'Gaps' ? top + 13 : top + laneHeight / 2 + 4;
  bars.forEach((bar, index) => {
    const x = places[index];
    if (x === null || x === undefined) return;
    context.fillStyle =
      lane === 'State'
        ? bar.name === 'error'
          ? palette.bg
          : isWell(bar.name)
            ? palette.ok
            : palette.ink
        : lane === 'Gaps' && isLong(bar)
          ? palette.bad
          : palette.ink2;
    context.fillText(words[index]!.text, LABELS + x, y);
  });
}

/** The longest that there is room for in the bar; of what may stand beside it the longest. */
function wordsOf(
  context: CanvasRenderingContext2D,
  lane: Lane,
  bar: Bar | null,
  nowMs: number,
): { readonly text: string; readonly width: number } {
  if (!bar) return { text: '', width: 0 };
  const all = barWords(bar, nowMs).map((text) => ({ text, width: context.measureText(text).width }));
  const inside = all.find(({ width }) => width + 16 <= bar.width);
  return inside ?? (lane === 'Gaps' || lane === 'Faults' ? all[0]! : { text: '', width: 0 });
}

function drawSpool(
  { context, width, palette }: Drawing,
  { stretches, most, peak }: SpoolLane,
  top: number,
  laneHeight: number,
): void {
  const ground = Math.round(top + laneHeight) - 2;
  const room = laneHeight * 0.75;
  // Some hundreds are always on their way: they stay at the ground.
  const scale = room / Math.max(most, 5_000);
  const yOf = (waiting: number): number => ground - waiting * scale;
  context.lineWidth = 1;
  for (const stretch of stretches) {
    context.beginPath();
    for (const { x, waiting } of stretch) context.lineTo(LABELS + x, yOf(waiting));
    context.strokeStyle = palette.accent;
    context.stroke();
    context.lineTo(LABELS + stretch.at(-1)!.x, ground);
    context.lineTo(LABELS + stretch[0]!.x, ground);
    context.globalAlpha = 0.3;
    context.fillStyle = palette.accent;
    context.fill();
    context.globalAlpha = 1;
  }
  if (!peak) return;
  const text = `${count(peak.waiting)} records${peak.bytes > 0 ? `, ${bytes(peak.bytes)}` : ''}`;
  context.font = `11px ${palette.sans}`;
  const words = context.measureText(text).width;
  const isLeft = LABELS + peak.x + 8 + words > width - 8;
  const x = LABELS + peak.x + (isLeft ? -8 - words : 8);
  if (x < LABELS) return;
  context.fillStyle = palette.ink2;
  context.fillText(text, x, top + laneHeight * 0.4);
}

const isWell = (state: string): boolean => state === 'ready' || state === 'standby';

function stateColor(name: string, palette: Palette): string {
  if (isWell(name)) return palette['ok-tint'];
  return name === 'error' ? palette['bad-fill'] : palette.edge;
}

const isLong = ({ fromMs, toMs }: Bar): boolean => toMs === null || toMs - fromMs >= LONG_GAP_MS;

/** By the log of how long it lasted: a minute fills the lane. */
const gapShare = ({ fromMs, toMs }: Bar): number =>
  Math.min(0.25 + (0.75 * Math.log10(Math.max((toMs ?? Infinity) - fromMs, 1))) / Math.log10(MINUTE), 1);
