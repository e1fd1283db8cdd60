// What is written above a session's strip: how long its holes lasted, the longest first, as far as there is room.
import { duration } from '../text/duration.ts';
import { placeOf, type Stretch } from './session-rows.ts';

export type StripLabel = { readonly text: string; readonly at: number };

/** Of the strip that one label takes; the strip is 466 px wide, and 326 on a phone. */
const ROOM = 0.14;
/** Labels stand around their middles, which keep off the ends. */
const EDGE = ROOM / 2;

/**
 * From left to right, each around the middle of its hole.
 *
 * @param isCut something else is written above the right end
 */
export function stripLabels(
  spans: readonly { readonly fromMs: number; readonly toMs: number | null }[],
  stretch: Stretch,
  isCut: boolean,
): readonly StripLabel[] {
  const lastedMs = ({ fromMs, toMs }: (typeof spans)[number]): number => (toMs ?? stretch.toMs) - fromMs;
  const most = isCut ? 1 - ROOM - EDGE : 1 - EDGE;
  const placed: StripLabel[] = [];
  for (const span of spans.toSorted((one, other) => lastedMs(other) - lastedMs(one))) {
    const { left, width } = placeOf(span, stretch);
    const at = Math.round(Math.min(Math.max(left + width / 2, EDGE), most) * 1_000) / 1_000;
    if (placed.some((label) => Math.abs(label.at - at) < ROOM)) continue;
    placed.push({ text: span.toMs === null ? 'open' : duration(lastedMs(span)), at });
  }
  return placed.toSorted((one, other) => one.at - other.at);
}
