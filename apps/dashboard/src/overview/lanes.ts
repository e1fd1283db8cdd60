// What happened as bars in lanes: each span where it stands in the picture, and those too near each other as one.
import type { Span } from '../live/answers.ts';

export const LANES = ['State', 'Session', 'Gaps', 'Faults'] as const;
export type Lane = (typeof LANES)[number];

export type Bar = {
  readonly lane: Lane;
  readonly x: number;
  readonly width: number;
  /** Of how many spans it is made; the others are those of the first and the worst. */
  readonly count: number;
  readonly name: string;
  readonly why: string | null;
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly session: string | null;
  /** Component of a fault. */
  readonly of: string;
};

/** Marks nearer than this are one, in CSS pixels. */
const MERGED = 3;

const laneOf = ({ lane }: Span): Lane =>
  lane === 'state' ? 'State' : lane === 'session' ? 'Session' : lane === 'gap' ? 'Gaps' : 'Faults';

/** Bars that touch the window, from left to right in each lane. */
export function barsOf(spans: readonly Span[], fromMs: number, toMs: number, width: number): readonly Bar[] {
  const scale = width / Math.max(toMs - fromMs, 1);
  const bars: Bar[] = [];
  for (const span of spans.toSorted((one, other) => one.fromMs - other.fromMs)) {
    const endMs = span.toMs ?? toMs;
    if (endMs < fromMs || span.fromMs > toMs) continue;
    const x = Math.max((span.fromMs - fromMs) * scale, 0);
    const right = Math.min((endMs - fromMs) * scale, width);
    add(bars, {
      lane: laneOf(span),
      x,
      width: Math.max(right - x, 2),
      count: span.count,
      name: span.name,
      why: span.why,
      fromMs: span.fromMs,
      toMs: span.toMs,
      session: span.session,
      of: span.lane,
    });
  }
  return bars;
}

/** Two marks that nobody could tell apart become one; a bar that one can see stays itself. */
function add(bars: Bar[], bar: Bar): void {
  const index = bars.findLastIndex(({ lane }) => lane === bar.lane);
  const last = bars[index];
  if (!last || bar.x - (last.x + last.width) >= MERGED || last.width > 2 * MERGED || bar.width > 2 * MERGED) {
    bars.push(bar);
    return;
  }
  const isWorse = (bar.toMs ?? Infinity) - bar.fromMs > (last.toMs ?? Infinity) - last.fromMs;
  bars[index] = {
    ...(isWorse ? bar : last),
    x: last.x,
    width: Math.max(bar.x + bar.width - last.x, last.width),
    count: last.count + bar.count,
  };
}
