// The exchange's decimal text to integers and back: prices to 1/10,000 dollar, sizes to 1/100 contract, other money (fees,
// costs, profit) to 1/1,000,000 dollar. Text comes in, an integer comes out; `undefined` for what is no such number. A
// JavaScript number holds the integers exactly up to 2^53, which is nine billion dollars; more is refused, never rounded.

/** Digits after the point that a price can have: one unit is $0.0001. */
const PRICE_DIGITS = 4;
/** Digits after the point that a size can have: one unit is 0.01 contract. */
const SIZE_DIGITS = 2;
/** Digits after the point that fees and costs can have: the exchange writes `"0.015930"`. */
const MICRODOLLAR_DIGITS = 6;
/** One dollar, the price of a contract that pays out. */
export const ONE_DOLLAR = 10_000;

const ZERO = 48;
const NINE = 57;
const POINT = 46;
const MINUS = 45;

/**
 * `"0.4300"` with 4 digits is 4300. Shorter fractions are fine (`"1"`, `"0.96"`), longer ones only if the rest is
 * zeros: a value that the scale cannot hold is refused, never rounded.
 *
 * @returns the integer, or `undefined` if the text is not a decimal number of this scale
 */
export function parseDecimal(text: string, digits: number): number | undefined {
  const plain = parsePlain(text, digits);
  return plain < 0 ? parseAny(text, digits) : plain;
}

/** Longer texts may have more digits than a number holds exactly. */
const MAX_PLAIN_LENGTH = 16;

/**
 * The exchange's own spelling without a sign, which nearly all values have: all the digits of the scale behind the point.
 *
 * @returns the integer, or -1 if it is spelled otherwise
 */
function parsePlain(text: string, digits: number): number {
  const { length } = text;
  const point = length - 1 - digits;
  if (point < 1 || length > MAX_PLAIN_LENGTH || text.charCodeAt(point) !== POINT) return -1;
  let value = 0;
  for (let i = 0; i < length; i++) {
    if (i === point) continue;
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function parseAny(text: string, digits: number): number | undefined {
  const negative = text.charCodeAt(0) === MINUS;
  let value = 0;
  let fraction = -1;
  let seen = 0;
  for (let i = negative ? 1 : 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === POINT && fraction < 0) {
      fraction = 0;
    } else if (code < ZERO || code > NINE) {
      return undefined;
    } else if (fraction >= digits) {
      if (code !== ZERO) return undefined;
    } else {
      value = value * 10 + (code - ZERO);
      seen++;
      if (fraction >= 0) fraction++;
    }
  }
  if (seen === 0) return undefined;
  for (let i = Math.max(fraction, 0); i < digits; i++) value *= 10;
  if (value > Number.MAX_SAFE_INTEGER) return undefined;
  return negative && value !== 0 ? -value : value;
}

/** 4300 with 4 digits is `"0.4300"`: the exchange's own spelling. */
function formatDecimal(value: number, digits: number): string {
  const text = Math.abs(value)
    .toString()
    .padStart(digits + 1, '0');
  return `${value < 0 ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** A price in dollars as text to 1/10,000 dollar. `undefined` outside 0 to 1 dollar, or if it is no such number. */
export function parsePrice(text: unknown): number | undefined {
  const price = typeof text === 'string' ? parseDecimal(text, PRICE_DIGITS) : undefined;
  return price !== undefined && price >= 0 && price <= ONE_DOLLAR ? price : undefined;
}

/** A size in contracts as text to 1/100 contract; it may be negative (a change). */
export function parseSize(text: unknown): number | undefined {
  return typeof text === 'string' ? parseDecimal(text, SIZE_DIGITS) : undefined;
}

/** Dollars as text to 1/1,000,000 dollar; it may be negative (a loss). */
export function parseMicrodollars(text: unknown): number | undefined {
  return typeof text === 'string' ? parseDecimal(text, MICRODOLLAR_DIGITS) : undefined;
}

/** Longer text is no number that anybody trades. */
const DECIMAL = /^-?\d{1,30}(?:\.\d{1,30})?$/;

/** Whether a text is a decimal number, and finer or larger than the scale of prices or sizes can hold. */
export function isBeyondScale(text: unknown, what: 'price' | 'size'): boolean {
  if (typeof text !== 'string' || !DECIMAL.test(text)) return false;
  return parseDecimal(text, what === 'price' ? PRICE_DIGITS : SIZE_DIGITS) === undefined;
}

/** 4300 is `"0.4300"` dollars. */
export const formatPrice = (price: number): string => formatDecimal(price, PRICE_DIGITS);

/** -10000 is `"-100.00"` contracts. */
export const formatSize = (size: number): string => formatDecimal(size, SIZE_DIGITS);

/** 15930 is `"0.015930"` dollars. */
export const formatMicrodollars = (money: number): string => formatDecimal(money, MICRODOLLAR_DIGITS);
