// The text of frames that an account gets about itself, from `"msg":` on; fields in the order of the published schema.
import type { OwnOrder, Position } from './own-order.ts';
import { DOLLAR, formatDollars, formatMoney, formatPrice, formatSize } from '../market/fixed-point.ts';
import { formatTimestamp } from '../timestamp.ts';
import type { PublicTrade } from '../market/listing.ts';

interface FillDetails {
  readonly isTaker: boolean;
  readonly fee: number;
  /** After the fill. */
  readonly position: number;
}

export function fillTail(order: OwnOrder, trade: PublicTrade, details: FillDetails): string {
  const { side, clientOrderId } = order;
  const { isTaker, fee, position } = details;
  const { atMicros } = trade;
  return `"msg":${JSON.stringify({
    trade_id: trade.tradeId,
    order_id: order.orderId,
    ...(clientOrderId !== '' && { client_order_id: clientOrderId }),
    market_ticker: order.ticker,
    exchange_index: 0,
    is_taker: isTaker,
    side,
    action: 'buy',
    purchased_side: side,
    outcome_side: side,
    book_side: bookSideOf(order),
    yes_price_dollars: formatPrice(trade.yesPrice),
    count_fp: formatSize(trade.size),
    fee_cost: formatMoney(fee),
    post_position_fp: formatSize(position),
    ts: Math.floor(atMicros / 1_000_000),
    ts_ms: millis(atMicros),
  })}}`;
}

export function userOrderTail(order: OwnOrder): string {
  const { side, price, createdMicros: created, updatedMicros: updated } = order;
  return `"msg":${JSON.stringify({
    order_id: order.orderId,
    user_id: order.userId,
    ticker: order.ticker,
    exchange_index: 0,
    status: order.status,
    side,
    is_yes: side === 'yes',
    outcome_side: side,
    book_side: bookSideOf(order),
    yes_price_dollars: formatPrice(side === 'yes' ? price : DOLLAR - price),
    fill_count_fp: formatSize(order.filled),
    remaining_count_fp: formatSize(order.remaining),
    initial_count_fp: formatSize(order.initial),
    taker_fill_cost_dollars: formatDollars(order.takerCost),
    maker_fill_cost_dollars: formatDollars(order.makerCost),
    taker_fees_dollars: formatDollars(order.takerFees),
    maker_fees_dollars: formatDollars(order.makerFees),
    client_order_id: order.clientOrderId,
    ...(order.orderGroupId !== undefined && { order_group_id: order.orderGroupId }),
    self_trade_prevention_type: order.selfTradePrevention,
    created_time: formatTimestamp(created),
    created_ts_ms: millis(created),
    last_update_time: formatTimestamp(updated),
    last_updated_ts_ms: millis(updated),
    ...(order.reason !== undefined && { last_update_reason: order.reason }),
    subaccount_number: 0,
  })}}`;
}

export function positionTail(position: Position): string {
  return `"msg":${JSON.stringify({
    user_id: position.userId,
    market_ticker: position.ticker,
    position_fp: formatSize(position.size),
    position_cost_dollars: formatDollars(position.cost),
    realized_pnl_dollars: formatDollars(position.realizedPnl),
    fees_paid_dollars: formatDollars(position.feesPaid),
    position_fee_cost_dollars: formatDollars(position.feesPaid),
    volume_fp: formatSize(position.volume),
  })}}`;
}

const bookSideOf = ({ side }: OwnOrder): string => (side === 'yes' ? 'bid' : 'ask');

const millis = (atMicros: number): number => Math.floor(atMicros / 1000);
