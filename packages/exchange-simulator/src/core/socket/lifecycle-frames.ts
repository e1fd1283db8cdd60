// The text of `market_lifecycle_v2` frames, from `"msg":` on. Each type has its own fields and no others.
import { formatPrice } from '../market/fixed-point.ts';
import type { MarketListing } from '../market/listing.ts';

export type LifecycleEvent =
  | 'created'
  | 'activated'
  | 'deactivated'
  | 'close_date_updated'
  | 'determined'
  | 'settled'
  | 'price_level_structure_updated';

export const lifecycleTail = (event: LifecycleEvent, listing: MarketListing): string =>
  `"msg":${JSON.stringify({ market_ticker: listing.ticker, event_type: event, ...details[event](listing) })}}`;

const details: Readonly<Record<LifecycleEvent, (listing: MarketListing) => object>> = {
  created: (listing) => ({
    exchange_index: 0,
    open_ts: seconds(listing.openAtMs),
    close_ts: seconds(listing.closeAtMs),
    ...priceStructure(listing),
    additional_metadata: {
      name: listing.title,
      title: listing.title,
      yes_sub_title: listing.yesSubtitle,
      no_sub_title: listing.noSubtitle,
      rules_primary: `${listing.title}: decided by the simulator's seed.`,
      rules_secondary: '',
      can_close_early: true,
      event_ticker: listing.eventTicker,
      expected_expiration_ts: seconds(listing.closeAtMs),
    },
  }),
  activated: () => ({ is_deactivated: false }),
  deactivated: () => ({ is_deactivated: true }),
  close_date_updated: ({ closeAtMs }) => ({ close_ts: seconds(closeAtMs) }),
  determined: ({ result, determinedAtMs, settlementValue }) => ({
    result,
    determination_ts: seconds(determinedAtMs ?? 0),
    settlement_value: formatPrice(settlementValue ?? 0),
  }),
  settled: ({ settledAtMs }) => ({ settled_ts: seconds(settledAtMs ?? 0) }),
  price_level_structure_updated: (listing) => priceStructure(listing),
};

const priceStructure = ({ priceLevelStructure, priceRanges }: MarketListing) => ({
  price_level_structure: priceLevelStructure,
  price_ranges: priceRanges.map(({ start, end, step }) => ({
    start: formatPrice(start),
    end: formatPrice(end),
    step: formatPrice(step),
  })),
});

const seconds = (ms: number): number => Math.floor(ms / 1000);
