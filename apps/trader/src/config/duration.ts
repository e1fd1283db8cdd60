const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Milliseconds of a duration: `15s`, `1.5h`, or a bare number, which is milliseconds already.
 *
 * @returns `null` for what is no duration, or is not a whole number of milliseconds
 */
export function parseDuration(text: string): number | null {
  const [, digits, unit = 'ms'] = /^(\d{1,12}(?:\.\d{1,3})?) ?(ms|s|m|h|d)?$/.exec(text.trim()) ?? [];
  if (digits === undefined) return null;
  const durationMs = Number(digits) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return Number.isSafeInteger(durationMs) ? durationMs : null;
}

/** As {@link parseDuration} reads it, in the largest unit that it is a whole number of. */
export function durationOf(durationMs: number): string {
  const units = Object.entries(UNIT_MS).toReversed();
  const [unit, unitMs] = units.find(([, each]) => durationMs % each === 0) ?? ['ms', 1];
  return durationMs === 0 ? '0s' : `${durationMs / unitMs}${unit}`;
}

const EXAMPLES = ['500ms', '15s', '10m', '24h', '90d'] as const;

/** For messages: `a duration from 100ms to 1d, such as 500ms, 15s, 10m or 24h`. */
export function durationBetween(leastMs: number, mostMs: number): string {
  const fitting = EXAMPLES.filter((example) => {
    const exampleMs = parseDuration(example)!;
    return exampleMs >= leastMs && exampleMs <= mostMs;
  });
  const examples = [fitting.slice(0, -1).join(', '), ...fitting.slice(-1)].filter((part) => part !== '').join(' or ');
  return `a duration from ${durationOf(leastMs)} to ${durationOf(mostMs)}, such as ${examples}`;
}
