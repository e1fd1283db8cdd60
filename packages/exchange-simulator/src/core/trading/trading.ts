// What an account can do in this exchange: the seam for order entry. It knows nothing of HTTP.
import type { Accounts } from '../accounts/accounts.ts';
import type { OwnOrder } from '../accounts/own-order.ts';
import type { Side } from '../market/book.ts';
import { DOLLAR } from '../market/fixed-point.ts';
import { type ExchangeState, isTrading } from '../exchange-state.ts';
import type { Hub } from '../socket/hub.ts';
import type { RestingOrder } from '../market/matching-engine.ts';
import { OrderGroups } from '../accounts/order-groups.ts';
import type { TradingFloor, Venue } from './trading-floor.ts';

export interface NewOrder {
  readonly keyId: string;
  readonly ticker: string;
  /** What it buys. Selling YES at p is buying NO at a dollar less p. */
  readonly side: Side;
  /** On the side's own scale, 1/10,000 dollar, on the market's grid. */
  readonly price: number;
  /** 1/100 contract. */
  readonly size: number;
  /** @default '' */
  readonly clientOrderId?: string;
  /** @default 'good_till_canceled' */
  readonly timeInForce?: 'good_till_canceled' | 'immediate_or_cancel' | 'fill_or_kill';
  /** @default false */
  readonly postOnly?: boolean;
  /** @default 'taker_at_cross' */
  readonly selfTradePrevention?: 'taker_at_cross' | 'maker';
  readonly orderGroupId?: string;
}

/** Why an order was not taken; `placed` has it as it is after matching. */
export type Placement =
  | { readonly outcome: 'placed'; readonly order: Readonly<OwnOrder> }
  | { readonly outcome: 'refused'; readonly reason: Refusal };

export type Refusal =
  | 'unknown-market'
  | 'market-inactive'
  | 'trading-paused'
  | 'invalid-price'
  | 'invalid-size'
  | 'order-group-triggered';

export interface TradingOptions {
  readonly venues: ReadonlyMap<string, Venue>;
  readonly floor: TradingFloor;
  readonly accounts: Accounts;
  readonly hub: Hub;
  readonly state: ExchangeState;
}

const FEWEST_BEFORE_PRUNING = 1024;

export class Trading {
  readonly groups: OrderGroups;
  readonly #options: TradingOptions;
  /** By order id, those that rest. */
  readonly #resting = new Map<string, { readonly venue: Venue; readonly order: RestingOrder }>();
  #pruneAt = FEWEST_BEFORE_PRUNING;

  constructor(options: TradingOptions) {
    this.#options = options;
    this.groups = new OrderGroups(options.hub);
  }

  place(wanted: NewOrder, atMicros: number): Placement {
    const { accounts, floor, venues } = this.#options;
    const venue = venues.get(wanted.ticker);
    const reason = this.#refusal(wanted, venue);
    if (reason || !venue) return { outcome: 'refused', reason: reason ?? 'unknown-market' };
    const { clientOrderId = '', selfTradePrevention = 'taker_at_cross', timeInForce, postOnly, orderGroupId } = wanted;
    const { keyId, ticker, side, price, size } = wanted;
    const own = { keyId, ticker, side, price, size, clientOrderId, orderGroupId, selfTradePrevention };
    const order = accounts.openOrder(own, atMicros);
    const account = { keyId, orderId: order.orderId };
    const how = { ...(timeInForce && { timeInForce }), ...(postOnly && { postOnly }) };
    const { resting } = floor.place(venue, { side, price, size, selfTradePrevention, account, ...how }, atMicros);
    if (resting) this.#resting.set(order.orderId, { venue, order: resting });
    if (this.#resting.size > this.#pruneAt) this.#prune();
    return { outcome: 'placed', order };
  }

  /** Triggers an order group: what rests of it is cancelled. @returns false when the account has none such */
  triggerGroup(keyId: string, orderGroupId: string, atMicros: number): boolean {
    if (!this.groups.trigger(keyId, orderGroupId, atMicros)) return false;
    this.#cancelGroup(keyId, orderGroupId, atMicros);
    return true;
  }

  /** Deletes an order group with what rests of it. @returns false when the account has none such */
  deleteGroup(keyId: string, orderGroupId: string, atMicros: number): boolean {
    if (!this.groups.delete(keyId, orderGroupId, atMicros)) return false;
    this.#cancelGroup(keyId, orderGroupId, atMicros);
    return true;
  }

  /**
   * Takes `size` off an order, by default all that is left.
   *
   * @returns what was taken, 0 for an order that does not rest or is another account's
   */
  cancel(keyId: string, orderId: string, atMicros: number, size?: number): number {
    const found = this.#resting.get(orderId);
    if (!found || found.order.account?.keyId !== keyId || !this.#options.state.exchangeActive) return 0;
    const taken = this.#options.floor.reduce(found.venue, found.order, size ?? found.order.remaining, atMicros);
    if (found.order.remaining === 0 || taken === 0) this.#resting.delete(orderId);
    return taken;
  }

  #cancelGroup(keyId: string, orderGroupId: string, atMicros: number): void {
    for (const orderId of this.#resting.keys()) {
      if (this.#options.accounts.order(orderId)?.orderGroupId === orderGroupId) this.cancel(keyId, orderId, atMicros);
    }
  }

  /** Orders that were filled, or ended with their market. */
  #prune(): void {
    for (const [orderId, { order }] of this.#resting) {
      if (order.remaining === 0 || !this.#options.accounts.order(orderId)) this.#resting.delete(orderId);
    }
    this.#pruneAt = Math.max(FEWEST_BEFORE_PRUNING, 2 * this.#resting.size);
  }

  #refusal(wanted: NewOrder, venue: Venue | undefined): Refusal | undefined {
    if (!venue) return 'unknown-market';
    const { status, priceRanges } = venue.market.listing;
    if (status !== 'active') return 'market-inactive';
    if (!isTrading(this.#options.state)) return 'trading-paused';
    const { price, size, orderGroupId } = wanted;
    const band = priceRanges.find(({ start, end }) => price > 0 && price >= start && price < end);
    if (!Number.isInteger(price) || !band || (price - band.start) % band.step !== 0) return 'invalid-price';
    // What it costs has to be exact, too.
    if (!Number.isSafeInteger(size * DOLLAR) || !Number.isInteger(size) || size <= 0) return 'invalid-size';
    if (orderGroupId !== undefined && this.groups.isClosed(wanted.keyId, orderGroupId)) return 'order-group-triggered';
    return undefined;
  }
}
