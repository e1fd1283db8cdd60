// The channels that this exchange knows, and what differs between them. Some are Kalshi's and have nothing to say here:
// they are acknowledged, merged, listed and ended like any other, and stay quiet.
import { WIRE_ERROR, type WireChannel } from '@trader/orderbook-client/wire';

type QuietChannel =
  | 'communications'
  | 'multivariate_market_lifecycle'
  | 'cfbenchmarks_value'
  | 'cfbenchmarks_value_5hz'
  | 'pyth_value';

export type ChannelName = WireChannel | QuietChannel;

type MarketAction = 'add_markets' | 'delete_markets' | 'get_snapshot';

/** A feed of values that have names of their own, no markets: how they are added, removed and listed. */
export interface ValueFeed {
  readonly add: string;
  readonly remove: string;
  /** The answer's type is the channel's name, `_`, and this. */
  readonly list: string;
  /** The field of names, in commands and in the list. */
  readonly field: string;
  /** What `add` and `remove` without names are answered. */
  readonly missing: typeof WIRE_ERROR.indexIdsRequired | typeof WIRE_ERROR.underlyingTickersRequired;
}

export interface Channel {
  /** Whether its data takes numbers of the sid's sequence. `ok` and `unsubscribed` take them on every channel. */
  readonly numbered: boolean;
  /** Whether a subscription names markets; without any, an optional filter lets all markets through. */
  readonly markets: 'required' | 'optional' | 'none';
  /** What `update_subscription` can do; anything else is error 13. */
  readonly actions: readonly MarketAction[];
  /** Market data counts against the connection's buffer: a subscriber that is too slow loses it with error 25. */
  readonly isMarketData: boolean;
  readonly values?: ValueFeed;
}

const change = ['add_markets', 'delete_markets'] as const;

const indices: ValueFeed = {
  add: 'subscribe_indices',
  remove: 'unsubscribe_indices',
  list: 'indexlist',
  field: 'index_ids',
  missing: WIRE_ERROR.indexIdsRequired,
};

const underlyings: ValueFeed = {
  add: 'subscribe_underlyings',
  remove: 'unsubscribe_underlyings',
  list: 'underlying_list',
  field: 'underlying_tickers',
  missing: WIRE_ERROR.underlyingTickersRequired,
};

const quiet = { numbered: true, markets: 'none', actions: [], isMarketData: false } as const;

export const CHANNELS: Readonly<Record<ChannelName, Channel>> = {
  orderbook_delta: { numbered: true, markets: 'required', actions: [...change, 'get_snapshot'], isMarketData: true },
  trade: { numbered: true, markets: 'optional', actions: change, isMarketData: true },
  ticker: { numbered: false, markets: 'optional', actions: change, isMarketData: true },
  market_lifecycle_v2: { numbered: true, markets: 'none', actions: [], isMarketData: false },
  fill: { numbered: false, markets: 'optional', actions: change, isMarketData: false },
  user_orders: { numbered: false, markets: 'optional', actions: change, isMarketData: false },
  market_positions: { numbered: false, markets: 'optional', actions: [], isMarketData: false },
  order_group_updates: { numbered: true, markets: 'none', actions: [], isMarketData: false },
  communications: quiet,
  multivariate_market_lifecycle: quiet,
  cfbenchmarks_value: { ...quiet, values: indices },
  cfbenchmarks_value_5hz: { ...quiet, values: indices },
  pyth_value: { ...quiet, values: underlyings },
};

export const isChannel = (name: string): name is ChannelName => Object.hasOwn(CHANNELS, name);

/** The kind of feed that an action of `update_subscription` is one of. */
export const valueFeedOf = (action: unknown): ValueFeed | undefined =>
  [indices, underlyings].find(({ add, remove, list }) => [add, remove, list].some((one) => one === action));
