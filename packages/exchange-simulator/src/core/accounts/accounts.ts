// What the accounts of this exchange have: orders, positions, money. An account is a key. In come the doings of the
// matching engine with orders that are an account's; out go frames for that key's connections, and only for those. Money
// is in 1/1,000,000 dollar.
import type { Side } from '../market/book.ts';
import { DOLLAR, PAIR_OF_MONEY } from '../market/fixed-point.ts';
import type { FeeSchedule } from './fees.ts';
import type { Hub } from '../socket/hub.ts';
import type { PublicTrade } from '../market/listing.ts';
import type { Market, OrderOwner } from '../market/market.ts';
import type { AccountOrder } from '../market/matching-engine.ts';
import { fillTail, positionTail, userOrderTail } from './own-frames.ts';
import type { OwnOrder, Position, UpdateReason } from './own-order.ts';
import { seededUuid } from '../seeded-random.ts';

export interface AccountsOptions {
  readonly hub: Hub;
  readonly fees: FeeSchedule;
  /** What every account has at the start, in 1/1,000,000 dollar. */
  readonly startBalance: number;
  /** For ids. */
  readonly random: () => number;
}

export class Accounts {
  readonly #hub: Hub;
  readonly #fees: FeeSchedule;
  readonly #startBalance: number;
  readonly #random: () => number;
  /** What accounts have gained and paid since the start. */
  readonly #cash = new Map<string, number>();
  readonly #userIds = new Map<string, string>();
  readonly #orders = new Map<string, OwnOrder>();
  readonly #positions = new Map<string, Position>();

  constructor({ hub, fees, startBalance, random }: AccountsOptions) {
    this.#hub = hub;
    this.#fees = fees;
    this.#startBalance = startBalance;
    this.#random = random;
  }

  /** Takes an order into the account's books, before it is matched. */
  openOrder(
    order: Pick<
      OwnOrder,
      'keyId' | 'ticker' | 'clientOrderId' | 'orderGroupId' | 'selfTradePrevention' | 'side' | 'price'
    > & {
      readonly size: number;
    },
    atMicros: number,
  ): OwnOrder {
    const { size, ...rest } = order;
    const opened: OwnOrder = {
      ...rest,
      orderId: seededUuid(this.#random),
      userId: this.userIdOf(order.keyId),
      initial: size,
      filled: 0,
      remaining: size,
      status: 'resting',
      takerCost: 0,
      makerCost: 0,
      takerFees: 0,
      makerFees: 0,
      createdMicros: atMicros,
      updatedMicros: atMicros,
      reason: undefined,
    };
    this.#orders.set(opened.orderId, opened);
    return opened;
  }

  order(orderId: string): OwnOrder | undefined {
    return this.#orders.get(orderId);
  }

  ownerOf(orderId: string): OrderOwner | undefined {
    return this.#orders.get(orderId);
  }

  userIdOf(keyId: string): string {
    const known = this.#userIds.get(keyId) ?? seededUuid(this.#random);
    this.#userIds.set(keyId, known);
    return known;
  }

  orderRests(market: Market, account: AccountOrder, atMicros: number): void {
    const order = this.#orders.get(account.orderId);
    if (order) this.#tellOrder(market, order, atMicros);
  }

  orderFilled(market: Market, trade: PublicTrade, account: AccountOrder | undefined, isTaker: boolean): void {
    const order = account && this.#orders.get(account.orderId);
    if (!order) return;
    const { size, atMicros } = trade;
    const price = order.side === 'yes' ? trade.yesPrice : DOLLAR - trade.yesPrice;
    const cost = size * price;
    const fee = this.#fees.fee(market.listing.seriesTicker, isTaker, size, price);
    order.filled += size;
    order.remaining -= size;
    if (isTaker) order.takerCost += cost;
    else order.makerCost += cost;
    if (isTaker) order.takerFees += fee;
    else order.makerFees += fee;
    order.reason = 'Trade';
    const position = this.#positionOf(order, market);
    const paired = addToPosition(position, order.side, size, price);
    position.feesPaid += fee;
    const { keyId } = order;
    this.#credit(keyId, paired * PAIR_OF_MONEY - cost - fee);
    const { ticker } = market;
    const fill = fillTail(order, trade, { isTaker, fee, position: position.size });
    this.#hub.publish('fill', { type: 'fill', ticker, tail: fill }, keyId);
    if (order.remaining === 0) order.status = 'executed';
    this.#tellOrder(market, order, atMicros);
    this.#hub.publish('market_positions', { type: 'market_position', ticker, tail: positionTail(position) }, keyId);
  }

  orderReduced(market: Market, account: AccountOrder, size: number, atMicros: number): void {
    const order = this.#orders.get(account.orderId);
    if (!order) return;
    order.remaining -= size;
    order.reason = 'Decrease';
    this.#tellOrder(market, order, atMicros);
  }

  orderCanceled(market: Market, account: AccountOrder | undefined, atMicros: number, reason?: UpdateReason): void {
    const order = account && this.#orders.get(account.orderId);
    if (!order) return;
    order.remaining = 0;
    order.status = 'canceled';
    order.reason = reason;
    this.#tellOrder(market, order, atMicros);
  }

  /** Pays what a market was settled at. */
  settlePositions(market: Market, settlementValue: number): void {
    for (const [key, position] of this.#positions) {
      if (position.ticker !== market.ticker || position.size === 0) continue;
      const worth = position.size > 0 ? settlementValue : DOLLAR - settlementValue;
      const paid = Math.abs(position.size) * worth;
      position.realizedPnl += paid - position.cost;
      position.size = 0;
      position.cost = 0;
      const keyId = key.slice(0, key.length - market.ticker.length - 1);
      this.#credit(keyId, paid);
      const tail = positionTail(position);
      this.#hub.publish('market_positions', { type: 'market_position', ticker: market.ticker, tail }, keyId);
    }
  }

  /** What an account may still spend: what rests is paid for already. */
  balanceOf(keyId: string): number {
    let reserved = 0;
    for (const order of this.#orders.values()) {
      if (order.keyId === keyId) reserved += order.remaining * order.price;
    }
    return this.#startBalance + (this.#cash.get(keyId) ?? 0) - reserved;
  }

  positionsOf(keyId: string): readonly Readonly<Position>[] {
    const start = `${keyId} `;
    return [...this.#positions].flatMap(([key, position]) => (key.startsWith(start) ? [position] : []));
  }

  #credit(keyId: string, amount: number): void {
    this.#cash.set(keyId, (this.#cash.get(keyId) ?? 0) + amount);
  }

  #tellOrder({ ticker }: Market, order: OwnOrder, atMicros: number): void {
    order.updatedMicros = atMicros;
    const tail = userOrderTail(order);
    this.#hub.publish('user_orders', { type: 'user_order', ticker, tail }, order.keyId);
    if (order.status !== 'resting') this.#orders.delete(order.orderId);
  }

  #positionOf({ keyId, userId }: OwnOrder, { ticker }: Market): Position {
    const key = `${keyId} ${ticker}`;
    const nothing = { userId, ticker, size: 0, cost: 0, realizedPnl: 0, feesPaid: 0, volume: 0 };
    const position = this.#positions.get(key) ?? nothing;
    this.#positions.set(key, position);
    return position;
  }
}

/**
 * A contract of the other side in hand makes a pair with a bought one, and a pair is a dollar.
 *
 * @returns how much was paired
 */
function addToPosition(position: Position, side: Side, size: number, price: number): number {
  const sign = side === 'yes' ? 1 : -1;
  const held = Math.abs(position.size);
  const paired = position.size * sign < 0 ? Math.min(size, held) : 0;
  const costOfPaired = paired === 0 ? 0 : Math.round((position.cost * paired) / held);
  position.realizedPnl += paired * (DOLLAR - price) - costOfPaired;
  position.cost += (size - paired) * price - costOfPaired;
  position.size += sign * size;
  position.volume += size;
  return paired;
}
