const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * A moment in ms since the epoch: `2026-08-10`, `2026-08-10T21:30`, with or without seconds, or ms since the epoch. Without
 * a zone it is UTC, wherever this machine is.
 *
 * @returns `null` for what is no time
 */
export function parseTime(text: string): number | null {
  const trimmed = text.trim();
  if (/^\d{11,15}$/.test(trimmed)) return Number(trimmed);
  if (!ISO.test(trimmed)) return null;
  const hasTime = trimmed.length > 10;
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/.test(trimmed.slice(10));
  const atMs = Date.parse(`${trimmed.replace(' ', 'T')}${hasTime && !hasZone ? 'Z' : ''}`);
  // The parser rolls the 31st of a shorter month over into the next one.
  const isReal = !Number.isNaN(atMs) && isDay(trimmed.slice(0, 10));
  return isReal ? atMs : null;
}

const isDay = (day: string): boolean => new Date(`${day}T00:00Z`).toISOString().startsWith(day);
