// Where the marks of a time axis stand: at round times, as many as there is room for.

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];

const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((each) => each * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((each) => each * MINUTE),
  ...[1, 2, 3, 6, 12].map((each) => each * HOUR),
  ...[1, 2, 7].map((each) => each * DAY),
];

/** Round times from `fromMs` to `toMs`, at most `most` of them. */
export function timeMarks(
  fromMs: number,
  toMs: number,
  most: number,
): { readonly stepMs: number; readonly atMs: readonly number[] } {
  const spanMs = Math.max(toMs - fromMs, 1);
  const stepMs = STEPS_MS.find((each) => spanMs / each <= most) ?? Math.ceil(spanMs / most / DAY) * DAY;
  const atMs: number[] = [];
  for (let at = Math.ceil(fromMs / stepMs) * stepMs; at <= toMs; at += stepMs) atMs.push(at);
  return { stepMs, atMs };
}
