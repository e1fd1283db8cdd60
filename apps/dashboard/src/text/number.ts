// Numbers as they are read: grouped by commas, whatever the browser's language is.

/** By places: making one takes a hundred times as long as using it, and tables have thousands of numbers. */
const formats = new Map<number, Intl.NumberFormat>();

function format(places: number): Intl.NumberFormat {
  let made = formats.get(places);
  if (!made) {
    made = new Intl.NumberFormat('en-US', { minimumFractionDigits: places, maximumFractionDigits: places });
    formats.set(places, made);
  }
  return made;
}

/** `43,871,204`. */
export const count = (value: number): string => format(0).format(Math.round(value));

/** `0.4`: with so many places. */
export const decimal = (value: number, places: number): string => format(places).format(value);

/** `1.3 k`, `42 MB`: three figures, for what nobody counts one by one. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  for (; size >= 999.5 && unit < units.length - 1; unit++) size /= 1_000;
  return `${size >= 99.95 || unit === 0 ? Math.round(size) : decimal(size, 1)} ${units[unit]}`;
}

/**
 * `99.965`: how much of a whole, in per cent, with three places. It never says 100 while something is missing.
 *
 * @param part of the same unit as `whole`; both are integers
 */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '–';
  const thousandths = Math.floor((part / whole) * 100_000);
  return decimal((part < whole ? Math.min(thousandths, 99_999) : thousandths) / 1_000, 3);
}
