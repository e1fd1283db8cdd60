// What the exchange tells an account of its own: fills, orders, positions and order groups.
import type { Fill, MarketPosition, OrderGroup, OrderUpdateReason, UserOrder } from '../../channel-events.ts';
import { fillOutcome, orderOutcome } from './direction.ts';
import {
  field,
  flag,
  microdollars,
  oneOf,
  optional,
  optionalUnless,
  price,
  reader,
  signedSize,
  size,
  text,
  time,
  wholeNumber,
} from './fields.ts';
import { parseMicrodollars } from '../price/price.ts';

export const readFill = reader<Fill>({
  tradeId: text('trade_id'),
  orderId: text('order_id'),
  clientOrderId: optional(text('client_order_id')),
  market: text('market_ticker'),
  exchangeIndex: optional(wholeNumber('exchange_index')),
  isTaker: flag('is_taker'),
  side: fillOutcome(),
  yesPrice: price('yes_price'),
  size: size('count'),
  // Dollars, without the suffix that other money has.
  feeMicrodollars: optional(field('fee_cost', [{ key: 'fee_cost', read: parseMicrodollars }])),
  positionAfter: signedSize('post_position'),
  exchangeAtMs: time({ ms: 'ts_ms', seconds: 'ts' }),
  subaccount: optional(wholeNumber('subaccount')),
});

export const readUserOrder = reader<UserOrder>({
  orderId: text('order_id'),
  userId: optional(text('user_id')),
  clientOrderId: optional(text('client_order_id')),
  market: text('ticker'),
  exchangeIndex: optional(wholeNumber('exchange_index')),
  status: oneOf<'resting' | 'canceled' | 'executed' | 'unknown'>('status'),
  side: orderOutcome(),
  yesPrice: price('yes_price'),
  filledSize: size('fill_count'),
  remainingSize: size('remaining_count'),
  initialSize: size('initial_count'),
  takerFillCostMicrodollars: optional(microdollars('taker_fill_cost')),
  makerFillCostMicrodollars: optional(microdollars('maker_fill_cost')),
  takerFeesMicrodollars: optional(microdollars('taker_fees')),
  makerFeesMicrodollars: optional(microdollars('maker_fees')),
  orderGroupId: optional(text('order_group_id')),
  selfTradePrevention: optional(oneOf<'taker_at_cross' | 'maker'>('self_trade_prevention_type')),
  createdAtMs: time({ ms: 'created_ts_ms', rfc3339: 'created_time' }),
  updatedAtMs: optional(time({ ms: 'last_updated_ts_ms', rfc3339: 'last_update_time' })),
  expiresAtMs: optional(time({ ms: 'expiration_ts_ms', rfc3339: 'expiration_time' })),
  updateReason: optional(oneOf<OrderUpdateReason>('last_update_reason')),
  subaccount: optional(wholeNumber('subaccount_number')),
});

export const readMarketPosition = reader<MarketPosition>({
  userId: optional(text('user_id')),
  market: text('market_ticker'),
  position: signedSize('position'),
  costMicrodollars: microdollars('position_cost'),
  realizedPnlMicrodollars: microdollars('realized_pnl'),
  feesPaidMicrodollars: microdollars('fees_paid'),
  positionFeeCostMicrodollars: microdollars('position_fee_cost'),
  volume: size('volume'),
  subaccount: optional(wholeNumber('subaccount')),
});

export const readOrderGroup = reader<OrderGroup>({
  orderGroupId: text('order_group_id'),
  change: oneOf<'created' | 'triggered' | 'reset' | 'deleted' | 'limit_updated'>('event_type'),
  contractsLimit: optionalUnless('event_type', ['created', 'limit_updated'], size('contracts_limit')),
  exchangeAtMs: optional(time({ ms: 'ts_ms' })),
});
