// The search for markets, as Prometheus sees it. Without a search everything is 0 and the roll is `off`.
import type { DiscoveryStatus } from '../../feed/discovered-markets.ts';
import type { TraderView } from '../../status.ts';
import { keysOf, type MetricRegistry } from './metric-registry.ts';

type Figure = Exclude<keyof DiscoveryStatus, 'roll' | 'problem' | 'problemCode' | 'refusals'>;

/** Every figure of the search has a metric; a new one does not compile without. */
const FIGURES: Record<Figure, readonly [kind: 'gauge' | 'counter', name: string, help: string]> = {
  wanted: ['gauge', 'wanted_markets', 'Markets that were found and are to be recorded.'],
  markets: ['gauge', 'markets', 'Markets that were found and whose books are kept.'],
  refused: ['gauge', 'refused_markets', 'Markets, and entries of listings, that cannot be recorded as they are.'],
  questions: ['gauge', 'questions', 'Markets that the exchange is being asked about by name.'],
  overLimit: ['gauge', 'over_limit_markets', 'Markets of the latest listing that fit and found no room.'],
  listings: ['counter', 'listings_total', 'Full listings of the exchange.'],
  listingFailures: ['counter', 'listing_failures_total', 'Listings that failed.'],
  lookUps: ['counter', 'look_ups_total', 'Look-ups of single markets.'],
  lookUpFailures: ['counter', 'look_up_failures_total', 'Look-ups that failed.'],
  added: ['counter', 'added_markets_total', 'Markets that were added.'],
  removed: ['counter', 'removed_markets_total', 'Markets that were let go.'],
  neverFound: ['counter', 'never_found_markets_total', 'Announced markets that no look-up found.'],
  unreadable: [
    'counter',
    'unreadable_markets_total',
    'Entries of listings that could not be recorded, each time they came.',
  ],
};

const ROLLS = keysOf<DiscoveryStatus['roll'] | 'off'>({ off: 0, unknown: 0, empty: 0, open: 0 });

export function defineDiscoveryMetrics(registry: MetricRegistry<Pick<TraderView, 'discovery'>>): void {
  for (const [key, [kind, name, help]] of Object.entries(FIGURES) as [Figure, (typeof FIGURES)[Figure]][]) {
    registry[kind](`trader_discovery_${name}`, help, ({ discovery }) => discovery?.[key] ?? 0);
  }
  registry.stateSet(
    'trader_discovery_roll',
    'Whether a wanted market is open: 1 for the present state.',
    'roll',
    ROLLS,
    ({ discovery }) => discovery?.roll ?? 'off',
  );
  registry.gauge('trader_discovery_failing', '1 while the latest listing or look-up failed, else 0.', ({ discovery }) =>
    discovery && discovery.problem !== null ? 1 : 0,
  );
}
