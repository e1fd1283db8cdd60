// Times as text. Their fraction has as many digits as it needs: the exchange's have up to six.

const SHAPE =
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})T(?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.(?<fraction>\d+))?(?:Z|[+-]\d{2}:\d{2})$/;

export type Rfc3339Time = {
  /** Of the whole second, ms since the Unix epoch. */
  readonly secondMs: number;
  /** Since that second began. Smaller digits are cut off. */
  readonly microseconds: number;
};

/** `undefined`: it is no such text, or no day of the calendar. `Date.parse` alone takes nearly any text, and 30 February. */
export function parseRfc3339(value: unknown): Rfc3339Time | undefined {
  if (typeof value !== 'string') return undefined;
  const { year, month, day, fraction = '' } = SHAPE.exec(value)?.groups ?? {};
  // The day before the first of the next month is the last of this one.
  if (year === undefined || Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate())
    return undefined;
  const secondMs = Date.parse(fraction === '' ? value : value.replace(`.${fraction}`, ''));
  return Number.isNaN(secondMs) ? undefined : { secondMs, microseconds: Number(fraction.slice(0, 6).padEnd(6, '0')) };
}

/** Ms since the Unix epoch. */
export function rfc3339Millis(value: unknown): number | undefined {
  const time = parseRfc3339(value);
  return time && time.secondMs + Math.floor(time.microseconds / 1000);
}

/** As the exchange spells it: in UTC, with up to six digits of the second, of which the last is no zero. */
export function rfc3339Of(atUs: number): string {
  const second = new Date(Math.floor(atUs / 1000)).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
  const digits = String(atUs % 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `${second}${digits && `.${digits}`}Z`;
}
