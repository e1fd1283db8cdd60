// Times of the wall clock, in UTC or where the reader is.

export type Zone = 'utc' | 'local';

const ZONES: Readonly<Record<Zone, string | undefined>> = { utc: 'UTC', local: undefined };

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: Zone, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${name}`;
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat('en-US', { ...options, timeZone: ZONES[zone], hourCycle: 'h23' });
    formats.set(key, made);
  }
  return made;
}

/** `23:09:44`. */
export const clock = (atMs: number, zone: Zone): string =>
  format(zone, 'clock', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(atMs);

/** `23:09`. */
export const clockMinutes = (atMs: number, zone: Zone): string =>
  format(zone, 'minutes', { hour: '2-digit', minute: '2-digit' }).format(atMs);

/** `23:09:44.1`, `23:09:44.123`. */
export function clockFine(atMs: number, zone: Zone, places: 1 | 3): string {
  const ms = ((atMs % 1_000) + 1_000) % 1_000;
  return `${clock(atMs, zone)}.${String(Math.floor(ms)).padStart(3, '0').slice(0, places)}`;
}

/** `Aug 10`. */
export const day = (atMs: number, zone: Zone): string =>
  format(zone, 'day', { month: 'short', day: '2-digit' }).format(atMs);

/** `Aug 10 09:31`. */
export const dayAndMinutes = (atMs: number, zone: Zone): string => `${day(atMs, zone)} ${clockMinutes(atMs, zone)}`;

/** What the zone is called: `UTC`, `local`. */
export const zoneName = (zone: Zone): string => (zone === 'utc' ? 'UTC' : 'local');
