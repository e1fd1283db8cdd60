// The seven days above the timeline: how many frames came when, and the brush, which is the part that the timeline shows.
import type { TimeWindow } from '../draw/time-window.ts';
import type { History } from '../live/answers.ts';

const [MINUTE, DAY] = [60_000, 86_400_000];
export const WEEK_MS = 7 * DAY;
const STEP_MS = 10 * MINUTE;
const SHORTEST_MS = 15 * MINUTE;
/** A part of a week that is too short to be seen is still to be grasped. */
const LEAST_BRUSH = 8;
/** Around an edge, in CSS pixels. */
const EDGE = 6;

export type Week = { readonly fromMs: number; readonly toMs: number; readonly width: number };
export type WeekBar = { readonly x: number; readonly width: number; readonly share: number };
export type Grip = 'left' | 'right' | 'middle';

/** The week until now, by whole steps. */
export const weekOf = (nowMs: number, width: number): Week => {
  const toMs = Math.ceil(nowMs / STEP_MS) * STEP_MS;
  return { fromMs: toMs - WEEK_MS, toMs, width };
};

/** Bars of about the same width, each as high as the mean of its steps is, of the highest; none where nobody counted. */
export function weekBars(
  { atMs, framesPerSecond }: Pick<History, 'atMs' | 'framesPerSecond'>,
  { fromMs, width }: Week,
  barWidth = 6,
): readonly WeekBar[] {
  const bars = Math.max(Math.floor(width / barWidth), 1);
  const sums = new Map<number, { sum: number; steps: number }>();
  atMs.forEach((at, index) => {
    const frames = framesPerSecond[index] ?? null;
    const bar = Math.floor(((at - fromMs) / WEEK_MS) * bars);
    if (frames === null || bar < 0 || bar >= bars) return;
    const { sum, steps } = sums.get(bar) ?? { sum: 0, steps: 0 };
    sums.set(bar, { sum: sum + frames, steps: steps + 1 });
  });
  const means = [...sums].map(([bar, { sum, steps }]) => ({ bar, mean: sum / steps }));
  const most = Math.max(1, ...means.map(({ mean }) => mean));
  return means.map(({ bar, mean }) => ({
    x: (bar / bars) * width,
    width: width / bars - 1,
    share: mean / most,
  }));
}

/** Where the window stands in the week. */
export function brushOf(
  { spanMs, endMs }: TimeWindow,
  { fromMs, toMs, width }: Week,
  nowMs: number,
): { readonly x: number; readonly width: number } {
  const xOf = (atMs: number): number => (Math.min(Math.max(atMs - fromMs, 0), toMs - fromMs) / (toMs - fromMs)) * width;
  const end = endMs ?? nowMs;
  const right = Math.max(endMs === null ? width : xOf(end), LEAST_BRUSH);
  const left = Math.min(xOf(end - spanMs), right - LEAST_BRUSH);
  return { x: left, width: right - left };
}

/** What of the brush is there; `null`: nothing, it is beside it. A brush that is short is moved, not resized. */
export function gripAt(x: number, brush: { readonly x: number; readonly width: number }): Grip | null {
  const right = brush.x + brush.width;
  if (x < brush.x - EDGE || x > right + EDGE) return null;
  if (brush.width < 4 * EDGE) return 'middle';
  if (Math.abs(x - brush.x) <= EDGE) return 'left';
  return Math.abs(x - right) <= EDGE ? 'right' : 'middle';
}

/** The window after its brush was drawn so far. It stays in the week, and at its end it moves on with now. */
export function dragged(before: TimeWindow, grip: Grip, byMs: number, nowMs: number): TimeWindow {
  const end = before.endMs ?? nowMs;
  const begin = end - before.spanMs;
  const first = nowMs - WEEK_MS;
  if (grip === 'left') {
    const left = Math.min(Math.max(begin + byMs, first), end - SHORTEST_MS);
    return { spanMs: Math.round(end - left), endMs: before.endMs };
  }
  const least = grip === 'right' ? begin + SHORTEST_MS : first + before.spanMs;
  const right = Math.max(end + byMs, least);
  const endMs = right >= nowMs ? null : right;
  return { spanMs: grip === 'right' ? Math.round((endMs ?? nowMs) - begin) : before.spanMs, endMs };
}

/** The window with this moment in its middle. */
export const centred = ({ spanMs }: TimeWindow, atMs: number, nowMs: number): TimeWindow =>
  dragged({ spanMs, endMs: atMs + spanMs / 2 }, 'middle', 0, nowMs);
