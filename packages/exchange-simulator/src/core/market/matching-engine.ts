// One market's resting orders, matched by price and then time. Both sides are bids, as Kalshi keeps them: selling YES at
// p is buying NO at a dollar less p, so a bid for YES at p meets bids for NO at a dollar less p or more. Of the two, the
// resting order's price is paid. Prices are those of the order's own side.
import type { BookLevels, Level, Side } from './book.ts';
import { DOLLAR } from './fixed-point.ts';

export interface RestingOrder {
  readonly side: Side;
  readonly price: number;
  /** What is left of it; above 0 while it rests. */
  remaining: number;
  /** Whose it is; `undefined` for the simulated crowd's. */
  readonly account: AccountOrder | undefined;
}

/** What an account's order carries through the engine. */
export interface AccountOrder {
  readonly keyId: string;
  readonly orderId: string;
}

export interface IncomingOrder {
  readonly side: Side;
  /** Between 0 and a dollar, both excluded, on the side's own scale. */
  readonly price: number;
  /** Above 0. */
  readonly size: number;
  /** @default 'good_till_canceled' */
  readonly timeInForce?: 'good_till_canceled' | 'immediate_or_cancel' | 'fill_or_kill';
  /** Is cancelled instead of trading. @default false */
  readonly postOnly?: boolean;
  /** Which order gives way when an account would trade with itself. @default 'taker_at_cross' */
  readonly selfTradePrevention?: 'taker_at_cross' | 'maker';
  readonly account?: AccountOrder;
}

/** One resting order that was hit, wholly or in part. */
interface Fill {
  readonly maker: RestingOrder;
  readonly size: number;
}

type CancelReason = 'PostOnlyCrossCancel' | 'SelfTradeCancel';

export interface Execution {
  /** In the order in which the resting orders were hit. */
  readonly fills: readonly Fill[];
  /** Resting orders that gave way to the same account's new one. */
  readonly gaveWay: readonly Fill[];
  /** What is left of the order and rests now. */
  readonly resting: RestingOrder | undefined;
  /** What is left and was not left to rest. */
  readonly canceled: number;
  readonly reason: CancelReason | undefined;
}

/** Orders of one price, oldest first. */
export interface PriceLevel {
  readonly price: number;
  size: number;
  readonly orders: RestingOrder[];
}

const opposite = (side: Side): Side => (side === 'yes' ? 'no' : 'yes');

export class MatchingEngine {
  /** Ascending by price: the best is the last. */
  readonly #sides: Record<Side, PriceLevel[]> = { yes: [], no: [] };

  /** @param opening levels that are there from the start, each as one order of the crowd */
  constructor(opening: BookLevels = { yes: [], no: [] }) {
    for (const side of ['yes', 'no'] as const) {
      for (const [price, size] of opening[side]) this.#rest({ side, price, remaining: size, account: undefined });
    }
  }

  /** Best last. To be read only. */
  levels(side: Side): readonly PriceLevel[] {
    return this.#sides[side];
  }

  /** The highest bid of a side, 0 when it has none. */
  best(side: Side): number {
    return this.#sides[side].at(-1)?.price ?? 0;
  }

  /** The book as the exchange shows it. */
  book(): BookLevels {
    const shown = (side: Side): Level[] => this.#sides[side].map(({ price, size }): Level => [price, size]);
    return { yes: shown('yes'), no: shown('no') };
  }

  place(order: IncomingOrder): Execution {
    const { side, price, size, timeInForce = 'good_till_canceled', account } = order;
    const nothing = { fills: [], gaveWay: [], resting: undefined };
    if (order.postOnly && this.#crosses(side, price)) {
      return { ...nothing, canceled: size, reason: 'PostOnlyCrossCancel' };
    }
    if (timeInForce === 'fill_or_kill' && this.#available(order) < size) {
      return { ...nothing, canceled: size, reason: undefined };
    }
    const { fills, gaveWay, left, stopped } = this.#match(order);
    if (left === 0) return { fills, gaveWay, resting: undefined, canceled: 0, reason: undefined };
    if (stopped || timeInForce !== 'good_till_canceled') {
      return { fills, gaveWay, resting: undefined, canceled: left, reason: stopped ? 'SelfTradeCancel' : undefined };
    }
    const resting: RestingOrder = { side, price, remaining: left, account };
    this.#rest(resting);
    return { fills, gaveWay, resting, canceled: 0, reason: undefined };
  }

  /**
   * Takes `size` off a resting order, by default all that is left. It keeps its place in the queue.
   *
   * @returns what was taken, 0 when the order does not rest here
   */
  reduce(order: RestingOrder, size = order.remaining): number {
    const levels = this.#sides[order.side];
    const at = indexOfPrice(levels, order.price);
    const level = levels[at];
    if (level?.price !== order.price) return 0;
    const place = level.orders.indexOf(order);
    if (place < 0) return 0;
    const taken = Math.min(size, order.remaining);
    order.remaining -= taken;
    level.size -= taken;
    if (order.remaining === 0) level.orders.splice(place, 1);
    if (level.orders.length === 0) levels.splice(at, 1);
    return taken;
  }

  /** Takes every order out, worst prices first. */
  clear(): RestingOrder[] {
    const all = [...this.#sides.yes, ...this.#sides.no].flatMap(({ orders }) => orders);
    this.#sides.yes.length = 0;
    this.#sides.no.length = 0;
    return all;
  }

  #crosses(side: Side, price: number): boolean {
    return this.best(opposite(side)) >= DOLLAR - price;
  }

  /** How much of an order could trade at once: up to an order of the same account, if that stops the new one. */
  #available({ side, price, account, selfTradePrevention = 'taker_at_cross' }: IncomingOrder): number {
    let available = 0;
    for (const level of this.#sides[opposite(side)].toReversed()) {
      if (level.price < DOLLAR - price) break;
      for (const maker of level.orders) {
        if (!isSameAccount(maker, account)) available += maker.remaining;
        else if (selfTradePrevention === 'taker_at_cross') return available;
      }
    }
    return available;
  }

  #match({ side, price, size, account, selfTradePrevention = 'taker_at_cross' }: IncomingOrder) {
    const makers = this.#sides[opposite(side)];
    const fills: Fill[] = [];
    const gaveWay: Fill[] = [];
    let left = size;
    for (let level = makers.at(-1); left > 0 && level && level.price >= DOLLAR - price; level = makers.at(-1)) {
      const maker = level.orders[0] as RestingOrder;
      const ofItself = isSameAccount(maker, account);
      if (ofItself && selfTradePrevention === 'taker_at_cross') return { fills, gaveWay, left, stopped: true };
      const taken = ofItself ? maker.remaining : Math.min(left, maker.remaining);
      (ofItself ? gaveWay : fills).push({ maker, size: taken });
      if (!ofItself) left -= taken;
      maker.remaining -= taken;
      level.size -= taken;
      if (maker.remaining === 0) level.orders.shift();
      if (level.orders.length === 0) makers.pop();
    }
    return { fills, gaveWay, left, stopped: false };
  }

  #rest(order: RestingOrder): void {
    const levels = this.#sides[order.side];
    const at = indexOfPrice(levels, order.price);
    const level = levels[at];
    if (level?.price === order.price) {
      level.size += order.remaining;
      level.orders.push(order);
    } else {
      levels.splice(at, 0, { price: order.price, size: order.remaining, orders: [order] });
    }
  }
}

const isSameAccount = (maker: RestingOrder, account: AccountOrder | undefined): boolean =>
  account !== undefined && maker.account?.keyId === account.keyId;

/** Where a price is, or would be. */
function indexOfPrice(levels: readonly PriceLevel[], price: number): number {
  let low = 0;
  let high = levels.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((levels[middle] as PriceLevel).price < price) low = middle + 1;
    else high = middle;
  }
  return low;
}
