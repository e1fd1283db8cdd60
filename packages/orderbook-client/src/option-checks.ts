// How options are checked: each refusal names the option, shows the value where that is safe, and says what would do.

/** A value for a message: short values are quoted, everything else is named by its kind. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return value.length <= 100 ? JSON.stringify(value) : 'a long text';
  if (value === null || ['number', 'boolean', 'undefined', 'bigint'].includes(typeof value)) return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * Refuses names that are not known, with the known one that is meant most likely.
 *
 * @throws {TypeError}
 */
export function refuseUnknown(what: string, names: Iterable<string>, known: readonly string[]): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    const hint = meant === undefined ? '' : ` Did you mean ${JSON.stringify(meant)}?`;
    throw new TypeError(`${what} has no ${quote(name)}.${hint} It has ${known.join(', ')}.`);
  }
}

/** @throws {TypeError} if it is no object, or has keys that are not known */
export function objectWith(what: string, value: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${what} must be an object, not ${quote(value)}`);
  }
  refuseUnknown(what, Object.keys(value), known);
  return value as Readonly<Record<string, unknown>>;
}

/** @throws {TypeError} if it is no function */
export function functionOf<T>(name: string, value: T): T {
  if (typeof value !== 'function') throw new TypeError(`${name} must be a function, not ${quote(value)}`);
  return value;
}

/** @throws {TypeError | RangeError} quoting the value */
export function atLeast(name: string, least: number, value: unknown, most = Number.MAX_SAFE_INTEGER): number {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return within(
    name,
    `a whole number ${range}`,
    value,
    (number) => Number.isSafeInteger(number) && number >= least && number <= most,
  );
}

/**
 * A time in ms, of any length. `Infinity` is never.
 *
 * @throws {TypeError | RangeError} quoting the value
 */
export function durationMs(name: string, leastMs: number, value: unknown): number {
  return value === Infinity
    ? value
    : within(
        name,
        `a whole number of at least ${leastMs} ms, or Infinity`,
        value,
        (ms) => Number.isSafeInteger(ms) && ms >= leastMs,
      );
}

/**
 * The longest wait of one call, in ms. It may have a fraction, as what is left of a deadline has.
 *
 * @throws {TypeError | RangeError} quoting the value
 */
export const timeoutOf = (value: unknown): number =>
  within('timeoutMs', 'a number of at least 0 ms, or Infinity', value, (ms) => ms >= 0);

/** @throws {TypeError} if it is something else than a signal */
export function signalOf(value: unknown): AbortSignal | undefined {
  if (value === undefined || value instanceof AbortSignal) return value;
  throw new TypeError(`signal must be an AbortSignal, not ${quote(value)}`);
}

function within(name: string, wanted: string, value: unknown, fits: (number: number) => boolean): number {
  const text = `${name} must be ${wanted}, not ${quote(value)}`;
  if (typeof value !== 'number') throw new TypeError(text);
  if (!fits(value)) throw new RangeError(text);
  return value;
}

/** Changes of single letters that still count as a slip of the fingers. */
const MAX_SLIPS = 3;

function nearest(name: string, known: readonly string[]): string | undefined {
  const slips = known.map((one) => ({ one, distance: distanceOf(name.toLowerCase(), one.toLowerCase()) }));
  const best = slips.reduce((a, b) => (b.distance < a.distance ? b : a));
  return best.distance <= Math.min(MAX_SLIPS, name.length / 2) ? best.one : undefined;
}

/** Levenshtein's: letters that are to be put in, taken out or exchanged. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= Math.min(a.length, 100); i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1])));
    }
    row = next;
  }
  return row.at(-1)!;
}
