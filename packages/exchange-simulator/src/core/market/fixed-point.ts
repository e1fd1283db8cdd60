// The exchange's own decimal arithmetic, written apart from the client's so that one misreading cannot hide the other.
// Prices are integers of 1/10,000 dollar, sizes integers of 1/100 contract; so what a fill costs, their product, is an
// integer of 1/1,000,000 dollar, and other money is, too.

export const PRICE_DECIMALS = 4;
export const SIZE_DECIMALS = 2;
const MONEY_DECIMALS = 6;

/** One dollar as a price. A YES price and the NO price of the same trade add up to it. */
export const DOLLAR = 10_000;

/** One dollar as money. */
export const DOLLAR_OF_MONEY = 1_000_000;

/** What a contract's hundredth is worth when it pays: a pair of both sides is a dollar. */
export const PAIR_OF_MONEY = 10_000;

/**
 * Decimal text as an integer of 10^-`decimals`, or `undefined` when it is no plain decimal, has more non-zero digits
 * than the scale, or is too large to be exact.
 */
export function parseFixed(text: string, decimals: number): number | undefined {
  const negative = text.charCodeAt(0) === 45;
  let value = 0;
  let digits = 0;
  let fraction = -1;
  for (let index = negative ? 1 : 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 46) {
      if (fraction >= 0 || digits === 0) return undefined;
      fraction = 0;
      continue;
    }
    const digit = code - 48;
    if (digit < 0 || digit > 9) return undefined;
    digits++;
    if (fraction >= decimals) {
      if (digit !== 0) return undefined;
      fraction++;
      continue;
    }
    value = value * 10 + digit;
    if (fraction >= 0) fraction++;
  }
  if (digits === 0 || fraction === 0) return undefined;
  for (let missing = decimals - Math.max(fraction, 0); missing > 0; missing--) value *= 10;
  if (!Number.isSafeInteger(value)) return undefined;
  return negative && value !== 0 ? -value : value;
}

/** `4300` → `0.4300`. */
export const formatPrice = (price: number): string => formatFixed(price, PRICE_DECIMALS);

/** `-10000` → `-100.00`. */
export const formatSize = (size: number): string => formatFixed(size, SIZE_DECIMALS);

/** Money, `15894` → `0.015894`: six decimals. */
export const formatMoney = (money: number): string => formatFixed(money, MONEY_DECIMALS);

/** Money, `15000` → `0.0150`: four decimals, more only when it has them. */
export const formatDollars = (money: number): string => formatMoney(money).replace(/0{1,2}$/, '');

function formatFixed(value: number, decimals: number): string {
  const digits = String(Math.abs(value)).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return `${value < 0 ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}
