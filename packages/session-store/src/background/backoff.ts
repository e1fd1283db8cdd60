const baseMs = 100;
const capMs = 10_000;

/**
 * How long to wait before the next try: full jitter (anything between nothing and the ceiling, so that writers that fell
 * over together do not come back together) under a ceiling that doubles from 100 ms to 10 s.
 *
 * @param attempt tries that have failed so far, from 1
 * @param random uniform in [0, 1)
 */
export function backoffMs(attempt: number, random: number): number {
  return Math.round(random * Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 16)));
}
