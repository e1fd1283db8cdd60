// The channels that are known by name and not read: requests for quotes, combinations of markets, values of indices.
// The `type` of a frame comes in, its channel comes out; the frame itself is passed on as text.
import type { RawChannel } from '../../channel-events.ts';

/** By the `type` of the frame. A map, because a frame may say that its type is `constructor`. */
export const RAW_CHANNEL_OF_TYPE: ReadonlyMap<string, RawChannel> = new Map<string, RawChannel>([
  ['rfq_created', 'communications'],
  ['rfq_deleted', 'communications'],
  ['quote_created', 'communications'],
  ['quote_accepted', 'communications'],
  ['quote_executed', 'communications'],
  ['multivariate_market_lifecycle', 'multivariate_market_lifecycle'],
  ['cfbenchmarks_value', 'cfbenchmarks_value'],
  ['cfbenchmarks_value_indexlist', 'cfbenchmarks_value'],
  // The names of the types of this channel are inferred from those of the channel above.
  ['cfbenchmarks_value_5hz', 'cfbenchmarks_value_5hz'],
  ['cfbenchmarks_value_5hz_indexlist', 'cfbenchmarks_value_5hz'],
  ['pyth_value', 'pyth_value'],
  ['pyth_value_underlying_list', 'pyth_value'],
  // Older recordings have these two.
  ['ticker_v2', 'ticker_v2'],
  ['multivariate_lookup', 'multivariate'],
]);
