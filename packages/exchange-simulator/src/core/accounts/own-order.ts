// What an account has: its orders and its positions. Money is in 1/1,000,000 dollar.
import type { Side } from '../market/book.ts';

export interface OwnOrder {
  readonly orderId: string;
  readonly keyId: string;
  readonly userId: string;
  readonly ticker: string;
  readonly clientOrderId: string;
  readonly orderGroupId: string | undefined;
  readonly selfTradePrevention: 'taker_at_cross' | 'maker';
  /** What it buys, at which price on that side's scale. */
  readonly side: Side;
  readonly price: number;
  readonly initial: number;
  filled: number;
  remaining: number;
  status: 'resting' | 'canceled' | 'executed';
  takerCost: number;
  makerCost: number;
  takerFees: number;
  makerFees: number;
  readonly createdMicros: number;
  updatedMicros: number;
  reason: UpdateReason | undefined;
}

export type UpdateReason =
  | 'Decrease'
  | 'SelfTradeCancel'
  | 'CloseCancel'
  | 'HaltCancel'
  | 'Trade'
  | 'PostOnlyCrossCancel';

export interface Position {
  readonly userId: string;
  readonly ticker: string;
  /** Above 0 YES, below 0 NO. */
  size: number;
  cost: number;
  realizedPnl: number;
  feesPaid: number;
  volume: number;
}
