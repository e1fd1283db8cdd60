// What a program can do to generated markets and in the name of accounts, after all that was due before. On an exchange that
// plays tapes nothing can be switched: the answer is `false`, or the order is refused.
import type { OwnOrder } from '../core/accounts/own-order.ts';
import { checkedOrder } from '../core/trading/order-rules.ts';
import {
  checkedValues,
  integer,
  numberAbove,
  numberFrom,
  oneOf,
  optional,
  required,
  text,
} from '../core/value-rules.ts';
import type { ExchangeState } from '../core/exchange-state.ts';
import type { Generator } from '../core/flow/generator.ts';
import type { NewOrder, Placement } from '../core/trading/trading.ts';
import type { GeneratorPlayer } from './generator-player.ts';

export type { NewOrder, OwnOrder, Placement };

/** The life of generated markets, by hand. Of tapes, nothing can be switched: the answer is `false`. */
export interface ExchangeMarkets {
  /** Nothing trades in it until {@link resume}; what rests stays. @returns false when no such market is open */
  pause(ticker: string): boolean;
  /** Opens a paused market again; whatever rested in it is cancelled. @returns false when no such market is open */
  resume(ticker: string): boolean;
  /** Closes a market now; the next one of its line opens at once. @returns false when no such market is open */
  close(ticker: string): boolean;
  /** Closes every market now. For `gapMs` (default 0) none is open, then the next ones open, if markets roll. */
  roll(options?: { readonly gapMs?: number }): boolean;
  /**
   * How long a market is open, in ms, from 1000 or `Infinity`; for markets that open from now on. Those that are open
   * close when they were to.
   *
   * @returns false where tapes play
   */
  setLifetime(lifetimeMs: number): boolean;
  /** No trades and no orders on the whole exchange; what rests stays. */
  pauseTrading(): void;
  resumeTrading(): void;
}

/** What accounts do. An account is a key; without `keyId` it is that of `credentials`. Not for markets of tapes. */
export interface ExchangeOrders {
  /**
   * Has an order matched and tells the account's connections. Sizes in 1/100 contract, prices in 1/10,000 dollar.
   *
   * @throws {TypeError | RangeError} for a value that no market could take, and for fields that there are not
   */
  place(order: Omit<NewOrder, 'keyId'> & { readonly keyId?: string }): Placement;
  /** Takes `size` off an order, by default all of it. @returns what was taken, 0 when it does not rest */
  cancel(orderId: string, options?: { readonly size?: number; readonly keyId?: string }): number;
  /** Changes an order group and tells it on `order_group_updates`. @returns false when the account has none such */
  group(
    event: 'created' | 'triggered' | 'reset' | 'deleted' | 'limit_updated',
    orderGroupId: string,
    options?: { readonly limit?: number; readonly keyId?: string },
  ): boolean;
}

export interface MarketControlOptions {
  readonly generator: Generator | undefined;
  readonly player: GeneratorPlayer | undefined;
  readonly state: ExchangeState;
  /** Whose orders those are that name no key. */
  readonly keyId: string;
}

const rollRules = { gapMs: numberFrom(0, 0, Infinity) };
const cancelRules = {
  size: optional(integer(1, 1, Number.MAX_SAFE_INTEGER)),
  keyId: optional(text('the id of a key')),
};
const groupRules = { limit: integer(0, 0, Number.MAX_SAFE_INTEGER), keyId: optional(text('the id of a key')) };
const groupEvent = required(oneOf('created', 'triggered', 'reset', 'deleted', 'limit_updated'));
const groupId = required(text('the id of an order group'));

/** As the option of the same name. */
export const marketLifetime = numberAbove(604_800_000, 999, Infinity);

export function marketControl(options: MarketControlOptions): { markets: ExchangeMarkets; orders: ExchangeOrders } {
  const { generator, player, state, keyId: ownKeyId } = options;
  const perform = <T>(otherwise: T, act: (live: Generator, atMicros: number) => T): T =>
    generator && player ? player.perform((atMicros) => act(generator, atMicros)) : otherwise;

  return {
    markets: {
      pause: (ticker) => perform(false, (live, atMicros) => live.pauseMarket(ticker, atMicros)),
      resume: (ticker) => perform(false, (live, atMicros) => live.resumeMarket(ticker, atMicros)),
      close: (ticker) => perform(false, (live, atMicros) => live.closeMarket(ticker, atMicros)),
      roll: (how = {}) => {
        const { gapMs } = checkedValues(rollRules, how, 'a roll');
        return perform(false, (live, atMicros) => {
          live.rollMarkets(gapMs, atMicros);
          return true;
        });
      },
      setLifetime: (lifetimeMs) => {
        marketLifetime('ms', lifetimeMs);
        return perform(false, (live) => {
          live.setLifetime(lifetimeMs);
          return true;
        });
      },
      pauseTrading: () => {
        state.tradingActive = false;
      },
      resumeTrading: () => {
        state.tradingActive = true;
      },
    },
    orders: {
      place: (order) => {
        const checked = checkedOrder({ keyId: ownKeyId, ...order });
        return perform<Placement>({ outcome: 'refused', reason: 'unknown-market' }, (live, atMicros) =>
          live.trading.place(checked, atMicros),
        );
      },
      cancel: (orderId, how = {}) => {
        const { size, keyId = ownKeyId } = checkedValues(cancelRules, how, 'a cancel');
        return perform(0, (live, atMicros) => live.trading.cancel(keyId, orderId, atMicros, size));
      },
      group: (event, orderGroupId, how = {}) => {
        groupEvent('event', event);
        groupId('orderGroupId', orderGroupId);
        const { limit, keyId = ownKeyId } = checkedValues(groupRules, how, 'an order group');
        return perform(false, ({ trading }, atMicros) => {
          switch (event) {
            case 'created':
              trading.groups.create(keyId, orderGroupId, limit, atMicros);
              return true;
            case 'limit_updated':
              return trading.groups.setLimit(keyId, orderGroupId, limit, atMicros);
            case 'triggered':
              return trading.triggerGroup(keyId, orderGroupId, atMicros);
            case 'reset':
              return trading.groups.reset(keyId, orderGroupId, atMicros);
            case 'deleted':
              return trading.deleteGroup(keyId, orderGroupId, atMicros);
          }
        });
      },
    },
  };
}
