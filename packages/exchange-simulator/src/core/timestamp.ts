/** The last second that four digits of a year can write. */
export const LATEST_MS = 253_402_300_799_000;

/** RFC 3339 with up to six fractional digits, trailing zeros dropped; what lies after the year 9999 is its end. */
export function formatTimestamp(atMicros: number): string {
  if (atMicros >= LATEST_MS * 1000) return new Date(LATEST_MS).toISOString().replace('.000', '');
  const seconds = Math.floor(atMicros / 1_000_000);
  const micros = String(atMicros - seconds * 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${micros && `.${micros}`}Z`;
}
