// Book frames as they were before March 2026: prices in whole cents, sizes in whole contracts. What is finer is cut off,
// as it could not exist then.
import { parseFixed, PRICE_DECIMALS, SIZE_DECIMALS } from '../market/fixed-point.ts';
import type { JsonObject } from './outgoing-frame.ts';

export type CentsEra = 'integers' | 'dollars' | 'fixed-point';

/** @returns false for a message that is no book's */
export function toCentsEra(type: string, msg: JsonObject, era: CentsEra): boolean {
  if (type === 'orderbook_snapshot') snapshotToCents(msg, era);
  else if (type === 'orderbook_delta') deltaToCents(msg, era);
  return type === 'orderbook_snapshot' || type === 'orderbook_delta';
}

function snapshotToCents(msg: JsonObject, era: CentsEra): void {
  for (const side of ['yes', 'no']) {
    const levels = msg[`${side}_dollars_fp`] as readonly (readonly [string, string])[] | undefined;
    if (!levels) continue;
    delete msg[`${side}_dollars_fp`];
    msg[side] = levels.map(([price, size]) => [cents(price), contracts(size)]);
    if (era !== 'integers')
      msg[`${side}_dollars`] = levels.map(([price, size]) => [threeDecimals(price), contracts(size)]);
    if (era === 'fixed-point') msg[`${side}_dollars_fp`] = levels;
  }
}

function deltaToCents(msg: JsonObject, era: CentsEra): void {
  const { price_dollars: price, delta_fp: delta, side, ts } = msg as Record<string, string>;
  for (const name of ['price_dollars', 'delta_fp', 'side', 'ts', 'ts_ms']) delete msg[name];
  msg['price'] = cents(price);
  msg['delta'] = contracts(delta);
  if (era !== 'integers') msg['price_dollars'] = threeDecimals(price);
  if (era === 'fixed-point') msg['delta_fp'] = delta;
  msg['side'] = side;
  if (ts !== undefined) msg['ts'] = ts;
}

const cents = (price = '0'): number => Math.trunc((parseFixed(price, PRICE_DECIMALS) ?? 0) / 100);
const contracts = (size = '0'): number => Math.trunc((parseFixed(size, SIZE_DECIMALS) ?? 0) / 100);
const threeDecimals = (price = '0'): string =>
  `${Math.floor(cents(price) / 100)}.${String(cents(price) % 100).padStart(2, '0')}0`;
