// When a silence is longer than the past explains. For arrivals without memory at a mean distance m, a silence of 20 m has a
// chance of one in 500 million; real traffic comes in bursts, so a few such silences a day are asked about for nothing,
// which costs one snapshot each.

/** How often the silences are looked at. */
export const LOOK_INTERVAL_MS = 1000;

/** No silence is unusual before: an exchange, too, collects garbage. */
const LEAST_MS = 2000;
const TIMES_THE_MEAN = 20;

/** @param usualGapMs mean time between arrivals; NaN, while it is not known, makes nothing unusual */
export const isUnusual = (silentMs: number, usualGapMs: number): boolean =>
  silentMs > Math.max(LEAST_MS, TIMES_THE_MEAN * usualGapMs);

/** The newest of the gaps counts for a sixteenth in the usual one. */
const GAP_WEIGHT = 1 / 16;

/** The running mean of the time between arrivals, after one gap more. */
export const nextUsualGapMs = (usualGapMs: number, gapMs: number): number =>
  Number.isNaN(usualGapMs) ? gapMs : usualGapMs + (gapMs - usualGapMs) * GAP_WEIGHT;
