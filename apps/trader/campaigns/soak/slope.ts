/** One sample: time in ms, value in any unit. */
export type Sample = readonly [atMs: number, value: number];

/** Least squares, in units an hour; `null` for fewer than ten samples, which say nothing. */
export function slopePerHour(samples: readonly Sample[]): number | null {
  const { length } = samples;
  if (length < 10) return null;
  const meanX = samples.reduce((sum, [x]) => sum + x, 0) / length;
  const meanY = samples.reduce((sum, [, y]) => sum + y, 0) / length;
  let above = 0;
  let below = 0;
  for (const [x, y] of samples) {
    above += (x - meanX) * (y - meanY);
    below += (x - meanX) ** 2;
  }
  return below === 0 ? null : (above / below) * 3_600_000;
}
