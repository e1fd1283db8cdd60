// Prices and sizes: integers of 1/10,000 dollar and 1/100 contract inside, exact text outside.
import { count } from './number.ts';

const PRICE_SCALE = 10_000;

/** Of a cent. */
export const CENT = 100;

/** `"0.2300"` as 2300. `null`: it is no price. */
export const parsePrice = (text: string): number | null => parseScaled(text, 4);

/** `"41.10"` as 4110. `null`: it is no size. */
export const parseSize = (text: string): number | null => parseScaled(text, 2);

function parseScaled(text: string, places: number): number | null {
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(text);
  const fraction = match?.[2] ?? '';
  if (!match || /[^0]/.test(fraction.slice(places))) return null;
  return Number(match[1]! + fraction.slice(0, places).padEnd(places, '0'));
}

/** 2300 as `23`, 2350 as `23.5`: cents, as few places as there are. */
export function cents(price: number): string {
  const whole = Math.floor(price / CENT);
  const rest = String(price % CENT)
    .padStart(2, '0')
    .replace(/0+$/, '');
  return rest === '' ? String(whole) : `${whole}.${rest}`;
}

/** 215893 as `2,158.93`. */
export const contracts = (size: number): string =>
  `${count(Math.floor(size / 100))}.${String(size % 100).padStart(2, '0')}`;

/** What the other side calls this price. */
export const complement = (price: number): number => PRICE_SCALE - price;
