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
