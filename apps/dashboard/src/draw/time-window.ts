// The part of time that a picture shows: how much, until when, and how one moves through it.

export type TimeWindow = {
  readonly spanMs: number;
  /** `null`: now, and it moves on. */
  readonly endMs: number | null;
};

/** The span to begin with: the shortest that shows all there is, `usualMs` at most. `recordedMs`: how much there is; `null`: unknown. */
export const firstSpan = (spansMs: readonly number[], usualMs: number, recordedMs: number | null): number =>
  Math.min(spansMs.find((spanMs) => recordedMs !== null && spanMs >= recordedMs) ?? usualMs, usualMs);

/** Later or earlier. At or after now it moves on with it again. */
export function pan({ spanMs, endMs }: TimeWindow, byMs: number, nowMs: number): TimeWindow {
  const moved = (endMs ?? nowMs) + byMs;
  return { spanMs, endMs: moved >= nowMs ? null : moved };
}

/** So much time with this one in its middle, as far as there is any. */
export const around = (atMs: number, spanMs: number, nowMs: number): TimeWindow =>
  pan({ spanMs, endMs: atMs + spanMs / 2 }, 0, nowMs);

/** @param direction 1: nearer, -1: farther; @param spansMs from near to far. What is at `aroundMs` stays where it is in the picture. */
export function zoom(
  window: TimeWindow,
  direction: 1 | -1,
  aroundMs: number,
  nowMs: number,
  spansMs: readonly number[],
): TimeWindow {
  const index = spansMs.findIndex((spanMs) => spanMs >= window.spanMs);
  const spanMs = spansMs[Math.min(Math.max(index - direction, 0), spansMs.length - 1)]!;
  const endMs = window.endMs ?? nowMs;
  // Who looks at now goes on looking at it.
  if (window.endMs === null) return { spanMs, endMs: null };
  const share = (endMs - aroundMs) / window.spanMs;
  return pan({ spanMs, endMs: aroundMs + share * spanMs }, 0, nowMs);
}

/** The window with the hole before or after what is in the middle of this one, in its middle; `null`: there is none. */
export function toHole(
  window: TimeWindow,
  holes: readonly { readonly fromMs: number; readonly toMs: number }[],
  direction: 1 | -1,
  nowMs: number,
): TimeWindow | null {
  const middleMs = (window.endMs ?? nowMs) - window.spanMs / 2;
  const middles = holes.map(({ fromMs, toMs }) => (fromMs + toMs) / 2).toSorted((one, other) => one - other);
  // The hole that is in the middle already is neither before nor after it.
  const found =
    direction === 1
      ? middles.find((each) => each > middleMs + 1_000)
      : middles.findLast((each) => each < middleMs - 1_000);
  return found === undefined ? null : pan({ spanMs: window.spanMs, endMs: found + window.spanMs / 2 }, 0, nowMs);
}
