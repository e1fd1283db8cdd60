// What an order may say, as a table. In goes whatever a caller gave, out comes an order of the right kind.
import { checkedValues, flag, numberFrom, oneOf, optional, required, text } from '../value-rules.ts';
import type { NewOrder } from './trading.ts';

const orderRules = {
  keyId: required(text('the id of a key')),
  ticker: required(text('a ticker')),
  side: required(oneOf('yes', 'no')),
  // Which prices and sizes a market takes, it says itself.
  price: required(numberFrom(0, -Infinity, Infinity)),
  size: required(numberFrom(0, -Infinity, Infinity)),
  clientOrderId: optional(text('text')),
  timeInForce: optional(oneOf('good_till_canceled', 'immediate_or_cancel', 'fill_or_kill')),
  postOnly: optional(flag(false)),
  selfTradePrevention: optional(oneOf('taker_at_cross', 'maker')),
  orderGroupId: optional(text('the id of an order group')),
};

/**
 * An order as a caller gave it, from a program or over HTTP.
 *
 * @throws {TypeError | RangeError} for what no market could take, and for fields that there are not
 */
export function checkedOrder(order: unknown): NewOrder {
  const given = Object.entries(checkedValues(orderRules, order, 'an order')).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as NewOrder;
}
