// Where orders meet. In goes an order of the crowd or of an account; out go, through the publisher, the deltas and prints
// that came of it, and through the accounts what their owners are told.
import type { Accounts } from '../accounts/accounts.ts';
import { DOLLAR } from '../market/fixed-point.ts';
import type { Market, OrderOwner } from '../market/market.ts';
import { type Execution, type IncomingOrder, MatchingEngine, type RestingOrder } from '../market/matching-engine.ts';
import type { Publisher } from '../socket/publisher.ts';
import { seededUuid } from '../seeded-random.ts';

/** A market and the orders that rest in it. */
export class Venue {
  readonly market: Market;
  #engine: MatchingEngine | undefined;

  constructor(market: Market) {
    this.market = market;
  }

  /** Made when the first order comes: of thousands of markets most stay silent. */
  get engine(): MatchingEngine {
    return (this.#engine ??= new MatchingEngine(this.market.book.levels()));
  }
}

export interface TradingFloorOptions {
  readonly publisher: Publisher;
  readonly accounts: Accounts;
  /** For the ids of trades. */
  readonly random: () => number;
}

/**
 * Where orders of the crowd and of accounts meet: has them matched and tells what came of it. A trade is one negative
 * delta per resting order, then the rest of the new order, then the prints in the order of the deltas, all of one time.
 */
export class TradingFloor {
  readonly #publisher: Publisher;
  readonly #accounts: Accounts;
  readonly #random: () => number;

  constructor({ publisher, accounts, random }: TradingFloorOptions) {
    this.#publisher = publisher;
    this.#accounts = accounts;
    this.#random = random;
  }

  place(venue: Venue, order: IncomingOrder, atMicros: number): Execution {
    const { market, engine } = venue;
    const { side } = order;
    const execution = engine.place(order);
    const owner = order.account && this.#accounts.ownerOf(order.account.orderId);
    for (const { maker, size } of [...execution.gaveWay, ...execution.fills]) {
      this.#publisher.publishChange(market, maker.side, maker.price, -size, atMicros, owner);
    }
    const { resting } = execution;
    if (resting) this.#publisher.publishChange(market, side, resting.price, resting.remaining, atMicros, owner);
    for (const { maker } of execution.gaveWay) {
      this.#accounts.orderCanceled(market, maker.account, atMicros, 'SelfTradeCancel');
    }
    for (const { maker, size } of execution.fills) {
      const tradeId = seededUuid(this.#random);
      const { ticker } = market;
      const yesPrice = maker.side === 'yes' ? maker.price : DOLLAR - maker.price;
      const trade = { tradeId, ticker, yesPrice, size, takerOutcome: side, isBlockTrade: false, atMicros };
      this.#publisher.publishTrade(market, trade);
      this.#accounts.orderFilled(market, trade, maker.account, false);
      this.#accounts.orderFilled(market, trade, order.account, true);
    }
    if (order.account && execution.canceled > 0) {
      this.#accounts.orderCanceled(market, order.account, atMicros, execution.reason);
    } else if (order.account && execution.fills.length === 0) {
      this.#accounts.orderRests(market, order.account, atMicros);
    }
    this.#publisher.publishQuote(market, atMicros);
    return execution;
  }

  /** @returns what was taken off, 0 when the order does not rest here */
  reduce({ market, engine }: Venue, order: RestingOrder, size: number, atMicros: number): number {
    const taken = engine.reduce(order, size);
    if (taken === 0) return 0;
    this.#remove(market, order, taken, atMicros);
    if (order.account && order.remaining === 0) this.#accounts.orderCanceled(market, order.account, atMicros);
    else if (order.account) this.#accounts.orderReduced(market, order.account, taken, atMicros);
    this.#publisher.publishQuote(market, atMicros);
    return taken;
  }

  /** Cancels what rests, each order with its delta. */
  cancelAll({ market, engine }: Venue, atMicros: number, reason: 'CloseCancel' | 'HaltCancel'): void {
    for (const order of engine.clear()) {
      this.#remove(market, order, order.remaining, atMicros);
      this.#accounts.orderCanceled(market, order.account, atMicros, reason);
    }
    this.#publisher.publishQuote(market, atMicros);
  }

  #remove(market: Market, { side, price, account }: RestingOrder, size: number, atMicros: number): void {
    const owner: OrderOwner | undefined = account && this.#accounts.ownerOf(account.orderId);
    this.#publisher.publishChange(market, side, price, -size, atMicros, owner);
  }
}
