// The channels that this exchange serves, and what differs between them.

import type { WireChannel as ChannelName } from '@trader/orderbook-client/wire';

export type { ChannelName };

export interface Channel {
  /** Whether its data takes numbers of the sid's sequence. `ok` and `unsubscribed` take them on every channel. */
  readonly numbered: boolean;
  /** Whether a subscription names markets; without any, an optional filter lets all markets through. */
  readonly markets: 'required' | 'optional' | 'none';
  /** What `update_subscription` can do; anything else is error 13. */
  readonly actions: readonly ('add_markets' | 'delete_markets' | 'get_snapshot')[];
  /** Market data counts against the connection's buffer: a subscriber that is too slow loses it with error 25. */
  readonly isMarketData: boolean;
}

const change = ['add_markets', 'delete_markets'] as const;

export const CHANNELS: Readonly<Record<ChannelName, Channel>> = {
  orderbook_delta: { numbered: true, markets: 'required', actions: [...change, 'get_snapshot'], isMarketData: true },
  trade: { numbered: true, markets: 'optional', actions: change, isMarketData: true },
  ticker: { numbered: false, markets: 'optional', actions: change, isMarketData: true },
  market_lifecycle_v2: { numbered: true, markets: 'none', actions: [], isMarketData: false },
  fill: { numbered: false, markets: 'optional', actions: change, isMarketData: false },
  user_orders: { numbered: false, markets: 'optional', actions: change, isMarketData: false },
  market_positions: { numbered: false, markets: 'optional', actions: [], isMarketData: false },
  order_group_updates: { numbered: true, markets: 'none', actions: [], isMarketData: false },
};

export const isChannel = (name: string): name is ChannelName => Object.hasOwn(CHANNELS, name);
