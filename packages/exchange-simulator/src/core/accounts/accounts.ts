// What the accounts of this exchange have: orders, positions, fees. An account is a key; its connections, and only they,
// are told. Money is in 1/10,000 dollar.
import type { Side } from '../market/book.ts';
import { DOLLAR } from '../market/fixed-point.ts';
import type { Hub } from '../socket/hub.ts';
import type { PublicTrade } from '../market/listing.ts';
import type { Market, OrderOwner } from '../market/market.ts';
import type { AccountOrder } from '../market/matching-engine.ts';
import { fillTail, positionTail, userOrderTail } from './own-frames.ts';
import type { OwnOrder, Position, UpdateReason } from './own-order.ts';
import { seededUuid } from '../seeded-random.ts';

/** Kalshi's trading fee, 0.07 × contracts × price × (1 − price), rounded up to 1/10,000 dollar. Makers pay none. */
const takerFee = (size: number, price: number): number =>
  Math.ceil((7 * size * price * (DOLLAR - price)) / 100_000_000);

export class Accounts {
  readonly #hub: Hub;
  readonly #random: () => number;
  readonly #userIds = new Map<string, string>();
  readonly #orders = new Map<string, OwnOrder>();
  readonly #positions = new Map<string, Position>();

  /** @param options `random` is for ids */
  constructor({ hub, random }: { readonly hub: Hub; readonly random: () => number }) {
    this.#hub = hub;
    this.#random = random;
  }

  /** Takes an order into the account's books, before it is matched. */
  open(
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

  rests(market: Market, account: AccountOrder, atMicros: number): void {
    const order = this.#orders.get(account.orderId);
    if (order) this.#tellOrder(market, order, atMicros);
  }

  filled(market: Market, trade: PublicTrade, account: AccountOrder | undefined, isTaker: boolean): void {
    const order = account && this.#orders.get(account.orderId);
    if (!order) return;
    const { size, atMicros } = trade;
    const price = order.side === 'yes' ? trade.yesPrice : DOLLAR - trade.yesPrice;
    const cost = Math.round((size * price) / 100);
    const fee = isTaker ? takerFee(size, price) : 0;
    order.filled += size;
    order.remaining -= size;
    if (isTaker) order.takerCost += cost;
    else order.makerCost += cost;
    order.takerFees += fee;
    order.reason = 'Trade';
    const position = this.#positionOf(order, market);
    take(position, order.side, size, price);
    position.feesPaid += fee;
    const { keyId } = order;
    const { ticker } = market;
    const fill = fillTail(order, trade, { isTaker, fee, position: position.size });
    this.#hub.publish('fill', { type: 'fill', ticker, tail: fill }, keyId);
    if (order.remaining === 0) order.status = 'executed';
    this.#tellOrder(market, order, atMicros);
    this.#hub.publish('market_positions', { type: 'market_position', ticker, tail: positionTail(position) }, keyId);
  }

  reduced(market: Market, account: AccountOrder, size: number, atMicros: number): void {
    const order = this.#orders.get(account.orderId);
    if (!order) return;
    order.remaining -= size;
    order.reason = 'Decrease';
    this.#tellOrder(market, order, atMicros);
  }

  canceled(market: Market, account: AccountOrder | undefined, atMicros: number, reason?: UpdateReason): void {
    const order = account && this.#orders.get(account.orderId);
    if (!order) return;
    order.remaining = 0;
    order.status = 'canceled';
    order.reason = reason;
    this.#tellOrder(market, order, atMicros);
  }

  /** Pays what a market was settled at. */
  settle(market: Market, settlementValue: number): void {
    for (const [key, position] of this.#positions) {
      if (position.ticker !== market.ticker || position.size === 0) continue;
      const worth = position.size > 0 ? settlementValue : DOLLAR - settlementValue;
      position.realizedPnl += Math.round((Math.abs(position.size) * worth) / 100) - position.cost;
      position.size = 0;
      position.cost = 0;
      const keyId = key.slice(0, key.length - market.ticker.length - 1);
      const tail = positionTail(position);
      this.#hub.publish('market_positions', { type: 'market_position', ticker: market.ticker, tail }, keyId);
    }
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

/** A contract of the other side in hand makes a pair with a bought one, and a pair is a dollar. */
function take(position: Position, side: Side, size: number, price: number): void {
  const sign = side === 'yes' ? 1 : -1;
  const held = Math.abs(position.size);
  const paired = position.size * sign < 0 ? Math.min(size, held) : 0;
  const costOfPaired = paired === 0 ? 0 : Math.round((position.cost * paired) / held);
  position.realizedPnl += Math.round((paired * (DOLLAR - price)) / 100) - costOfPaired;
  position.cost += Math.round(((size - paired) * price) / 100) - costOfPaired;
  position.size += sign * size;
  position.volume += size;
}
