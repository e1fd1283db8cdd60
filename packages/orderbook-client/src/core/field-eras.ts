// The same values under the names and in the shapes of their time: fixed-point text today, dollars with whole contracts
// until March 2026, integer cents before. Recordings of all of them exist, and a renamed field must never look empty.
import type { Level, Side } from './book.ts';
import { ONE_DOLLAR, parsePrice, parseSize } from './fixed-point.ts';

type Fields = Readonly<Record<string, unknown>>;
type Read = (value: unknown) => number | undefined;

const CENT = ONE_DOLLAR / 100;
const CONTRACT = 100;

const wholeContracts: Read = (value) =>
  typeof value === 'number' && Number.isSafeInteger(value * CONTRACT) && Number.isInteger(value)
    ? value * CONTRACT
    : undefined;

const cents: Read = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 100 ? value * CENT : undefined;

/** Newest first: where a message has several, the exact one counts. */
const LEVEL_SHAPES: readonly { readonly suffix: string; readonly price: Read; readonly size: Read }[] = [
  { suffix: '_dollars_fp', price: parsePrice, size: parseSize },
  { suffix: '_dollars', price: parsePrice, size: wholeContracts },
  { suffix: '', price: cents, size: wholeContracts },
];

/** A delta's price in 1/10,000 dollar. */
export function priceOf(msg: Fields): number | undefined {
  return 'price_dollars' in msg ? parsePrice(msg['price_dollars']) : cents(msg['price']);
}

/** A delta's change in 1/100 contract. */
export function changeOf(msg: Fields): number | undefined {
  return 'delta_fp' in msg ? parseSize(msg['delta_fp']) : wholeContracts(msg['delta']);
}

/** The exchange's own time, ms since the Unix epoch. */
export function exchangeTimeOf({ ts_ms: atMs, ts }: Fields & { ts_ms?: unknown; ts?: unknown }): number | null {
  if (typeof atMs === 'number' && Number.isSafeInteger(atMs)) return atMs;
  const parsed = typeof ts === 'string' ? Date.parse(ts) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed;
}

/**
 * One side's levels; an empty side has no key at all.
 *
 * @returns the levels, or what is wrong with them
 */
export function levelsOf(msg: Fields, side: Side): readonly Level[] | string {
  const shape = LEVEL_SHAPES.find(({ suffix }) => `${side}${suffix}` in msg);
  if (shape) return readLevels(msg[`${side}${shape.suffix}`], shape.price, shape.size) ?? 'unreadable levels';
  const renamed = Object.keys(msg).find((key) => key.startsWith(side) && Array.isArray(msg[key]));
  return renamed === undefined ? [] : `levels under the unknown key "${renamed}"`;
}

function readLevels(value: unknown, readPrice: Read, readSize: Read): Level[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const levels: Level[] = [];
  const prices = new Set<number>();
  for (const entry of value as unknown[]) {
    if (!Array.isArray(entry)) return undefined;
    const price = readPrice(entry[0]);
    const size = readSize(entry[1]);
    if (price === undefined || size === undefined || size <= 0 || prices.has(price)) return undefined;
    prices.add(price);
    levels.push([price, size]);
  }
  return levels;
}
