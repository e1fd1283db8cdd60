// The names and shapes that a value has had: fixed-point text today, dollars with whole contracts until March 2026,
// integer cents before. A `msg` of any of these times comes in, numbers of today's scale come out. Recordings of all of
// them exist. Levels under a name that is not known are an error: they must not look like an empty side.
import type { Level, Side } from '../price/book-level.ts';
import { isBeyondScale, ONE_DOLLAR, parseMicrodollars, parsePrice, parseSize } from '../price/price.ts';
import { parseRfc3339, rfc3339Millis } from './rfc3339.ts';

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** One name that a value has had, and the function that reads it there; it returns `undefined` for what is no such value. */
export type Shape<T> = { readonly key: string; readonly read: (value: unknown) => T | undefined };

type Read = Shape<number>['read'];

const CENT = ONE_DOLLAR / 100;
const CONTRACT = 100;
/** Positions were in 1/10,000 dollar until April 2026; money here is in 1/1,000,000. */
const CENTI_CENT = 100;
/** The last ms that a `Date` can hold. */
const END_OF_TIME_MS = 8.64e15;

/** An integer times a factor, as long as that is exact. */
const scaled =
  (factor: number): Read =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && Number.isSafeInteger(value * factor)
      ? value * factor
      : undefined;

const wholeContracts = scaled(CONTRACT);
const centiCents = scaled(CENTI_CENT);

const cents: Read = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 100 ? value * CENT : undefined;

/** Newest first: where a message has several, the exact one counts. */
const LEVEL_SHAPES: readonly { readonly suffix: string; readonly price: Read; readonly size: Read }[] = [
  { suffix: '_dollars_fp', price: parsePrice, size: parseSize },
  { suffix: '_dollars', price: parsePrice, size: wholeContracts },
  { suffix: '', price: cents, size: wholeContracts },
];

/** A price in 1/10,000 dollar, by its name without a suffix; newest first, as in all of these. */
export const priceShapes = (name: string): readonly Shape<number>[] => [
  { key: `${name}_dollars`, read: parsePrice },
  { key: name, read: cents },
];

/** A size in 1/100 contract. It may be negative. */
export const sizeShapes = (name: string): readonly Shape<number>[] => [
  { key: `${name}_fp`, read: parseSize },
  { key: name, read: wholeContracts },
];

/** Money in 1/1,000,000 dollar. It may be negative. */
export const microdollarShapes = (name: string): readonly Shape<number>[] => [
  { key: `${name}_dollars`, read: parseMicrodollars },
  { key: name, read: centiCents },
];

/** The names of one moment: in ms since the Unix epoch, as RFC 3339, in whole seconds since the epoch. */
export type TimeKeys = { readonly ms?: string; readonly rfc3339?: string; readonly seconds?: string };

/** A time in ms since the Unix epoch, the most exact of its names first. */
export const timeShapes = ({ ms, rfc3339, seconds }: TimeKeys): readonly Shape<number>[] => [
  ...(ms === undefined ? [] : [{ key: ms, read: inTime(scaled(1)) }]),
  ...(rfc3339 === undefined ? [] : [{ key: rfc3339, read: rfc3339Millis }]),
  ...(seconds === undefined ? [] : [{ key: seconds, read: inTime(scaled(1000)) }]),
];

const inTime =
  (read: Read): Read =>
  (value) => {
    const atMs = read(value);
    return atMs !== undefined && Math.abs(atMs) <= END_OF_TIME_MS ? atMs : undefined;
  };

/** A delta's price in 1/10,000 dollar. */
export function priceOf(msg: Fields): number | undefined {
  return 'price_dollars' in msg ? parsePrice(msg['price_dollars']) : cents(msg['price']);
}

/** A delta's change in 1/100 contract. */
export function changeOf(msg: Fields): number | undefined {
  return 'delta_fp' in msg ? parseSize(msg['delta_fp']) : wholeContracts(msg['delta']);
}

/** The exchange's own time: in ms since the Unix epoch, and in µs where that is known. */
export type ExchangeTimes = { readonly exchangeAtMs: number | null; readonly exchangeAtUs: number | null };

/** `ts_ms` counts; `ts`, which has the microseconds, adds them where it is the same time. */
export function exchangeTimesOf({ ts_ms: atMs, ts }: Fields & { ts_ms?: unknown; ts?: unknown }): ExchangeTimes {
  const told = typeof atMs === 'number' && Number.isSafeInteger(atMs) ? atMs : null;
  const time = parseRfc3339(ts);
  if (!time) return { exchangeAtMs: told, exchangeAtUs: null };
  const textMs = time.secondMs + Math.floor(time.microseconds / 1000);
  const textUs = time.secondMs * 1000 + time.microseconds;
  const isSame = (told === null || told === textMs) && Number.isSafeInteger(textUs);
  return { exchangeAtMs: told ?? textMs, exchangeAtUs: isSame ? textUs : null };
}

/**
 * One side's levels; an empty side has no key at all.
 *
 * @returns the levels, or what is wrong with them
 */
export function levelsOf(msg: Fields, side: Side): readonly Level[] | string {
  const shape = LEVEL_SHAPES.find(({ suffix }) => `${side}${suffix}` in msg);
  if (shape) return readLevels(msg[`${side}${shape.suffix}`], shape.price, shape.size) ?? 'unreadable levels';
  // Without a key the side is empty. Exception: a list or object under an unknown key may be its levels, renamed.
  const renamed = Object.keys(msg).find((key) => !LEVEL_KEYS.has(key) && isStructure(msg[key]));
  return renamed === undefined ? [] : `levels under the unknown key "${renamed}"`;
}

const LEVEL_KEYS: ReadonlySet<string> = new Set(
  LEVEL_SHAPES.flatMap(({ suffix }) => (['yes', 'no'] as const).map((side) => `${side}${suffix}`)),
);

const isStructure = (value: unknown): boolean => typeof value === 'object' && value !== null;

function readLevels(value: unknown, readPrice: Read, readSize: Read): Level[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const levels: Level[] = [];
  let highest = -1;
  // Ascending levels, as the exchange sends them, have no price twice. In any other order it is looked for.
  let prices: Set<number> | null = null;
  for (const entry of value as unknown[]) {
    if (!Array.isArray(entry)) return undefined;
    const price = readPrice(entry[0]);
    const size = readSize(entry[1]);
    if (price === undefined || size === undefined || size <= 0) return undefined;
    if (price <= highest || prices) {
      prices ??= new Set(levels.map((level) => level[0]));
      if (prices.has(price)) return undefined;
      prices.add(price);
    }
    highest = price;
    levels.push([price, size]);
  }
  return levels;
}

/** The first price or size of a book's message that is a decimal number and does not fit into today's scale, with its name. */
export function unsupportedIn(msg: Fields): string | null {
  if (isBeyondScale(msg['price_dollars'], 'price')) return `a price of "${String(msg['price_dollars'])}"`;
  if (isBeyondScale(msg['delta_fp'], 'size')) return `a change of "${String(msg['delta_fp'])}"`;
  for (const side of ['yes', 'no'] as const) {
    for (const { suffix } of LEVEL_SHAPES) {
      const levels = msg[`${side}${suffix}`];
      for (const entry of Array.isArray(levels) ? (levels as unknown[]) : []) {
        if (!Array.isArray(entry)) continue;
        if (isBeyondScale(entry[0], 'price')) return `a price of "${String(entry[0])}"`;
        if (isBeyondScale(entry[1], 'size')) return `a size of "${String(entry[1])}"`;
      }
    }
  }
  return null;
}
