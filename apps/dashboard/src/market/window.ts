// The part of time that a picture shows: how much, until when, and in which columns.

const MINUTE = 60_000;

/** Lengths of columns that the trader folds the past into. */
export const STEPS_MS = [500, 2_000, 8_000, 32_000] as const;

/** How much time one can look at, from near to far. */
export const SPANS_MS = [1, 2, 4, 8, 15, 30, 60, 120, 240, 480].map((minutes) => minutes * MINUTE);

export type Window = {
  readonly spanMs: number;
  /** `null`: now, and it moves on. */
  readonly endMs: number | null;
};

/** The finest step whose columns have a device pixel each. */
export const stepOf = (spanMs: number, deviceWidth: number): number =>
  STEPS_MS.find((stepMs) => spanMs / stepMs <= deviceWidth) ?? STEPS_MS.at(-1)!;

/** Later or earlier. At or after now it moves on with it again. */
export function pan({ spanMs, endMs }: Window, byMs: number, nowMs: number): Window {
  const moved = (endMs ?? nowMs) + byMs;
  return { spanMs, endMs: moved >= nowMs ? null : moved };
}

/** @param direction 1: nearer, -1: farther. What is at `aroundMs` stays where it is in the picture. */
export function zoom(window: Window, direction: 1 | -1, aroundMs: number, nowMs: number): Window {
  const index = SPANS_MS.findIndex((spanMs) => spanMs >= window.spanMs);
  const spanMs = SPANS_MS[Math.min(Math.max(index - direction, 0), SPANS_MS.length - 1)]!;
  const endMs = window.endMs ?? nowMs;
  // Who looks at now goes on looking at it.
  if (window.endMs === null) return { spanMs, endMs: null };
  const share = (endMs - aroundMs) / window.spanMs;
  return pan({ spanMs, endMs: aroundMs + share * spanMs }, 0, nowMs);
}

/** The window with the hole before or after what is in the middle of this one, in its middle; `null`: there is none. */
export function toHole(
  window: Window,
  holes: readonly { readonly fromMs: number; readonly toMs: number }[],
  direction: 1 | -1,
  nowMs: number,
): Window | null {
  const middleMs = (window.endMs ?? nowMs) - window.spanMs / 2;
  const middles = holes.map(({ fromMs, toMs }) => (fromMs + toMs) / 2).toSorted((one, other) => one - other);
  // The hole that is in the middle already is neither before nor after it.
  const found =
    direction === 1
      ? middles.find((each) => each > middleMs + 1_000)
      : middles.findLast((each) => each < middleMs - 1_000);
  return found === undefined ? null : pan({ spanMs: window.spanMs, endMs: found + window.spanMs / 2 }, 0, nowMs);
}
