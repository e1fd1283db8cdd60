// In how fine columns a book is shown.

const MINUTE = 60_000;

/** Lengths of columns that the trader folds the past into. */
const STEPS_MS = [500, 2_000, 8_000, 32_000] as const;

/** How much time one can look at, from near to far. */
export const SPANS_MS = [1, 2, 4, 8, 15, 30, 60, 120, 240, 480].map((minutes) => minutes * MINUTE);

/** The finest step whose columns have a device pixel each. */
export const stepOf = (spanMs: number, deviceWidth: number): number =>
  STEPS_MS.find((stepMs) => spanMs / stepMs <= deviceWidth) ?? STEPS_MS.at(-1)!;
