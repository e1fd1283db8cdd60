// Whether what was asked for can be recorded: markets that are looked for, or that somebody named.
import type { UnknownMarket } from './asked-markets.ts';
import type { DiscoveryStatus } from './discovered-markets.ts';
import type { FeedHealth } from './feed-to-health.ts';

const NAMED_AT_MOST = 5;

/** A search that never had a whole listing has not asked for all that it was told to look for. Later ones that fail drop nothing. */
export function discoveryToHealth({
  listings,
  markets,
  problem,
  problemCode,
}: Pick<DiscoveryStatus, 'listings' | 'markets' | 'problem' | 'problemCode'>): FeedHealth {
  if (listings > 0) return { status: 'healthy', reason: 'listed' };
  const reason = problem === null ? 'NOT_LISTED_YET' : `${problemCode}: ${problem}`;
  return { status: markets > 0 ? 'degraded' : 'unhealthy', reason };
}

/** The others are recorded all the same. */
export function unknownToHealth(unknown: readonly UnknownMarket[], asked: number): FeedHealth {
  if (unknown.length === 0) return { status: 'healthy', reason: 'known' };
  const named = unknown.slice(0, NAMED_AT_MOST).map(({ market }) => market);
  const more = unknown.length > named.length ? ` and ${unknown.length - named.length} more` : '';
  return {
    status: unknown.length < asked ? 'degraded' : 'unhealthy',
    reason: `MARKET_UNKNOWN: the exchange does not know ${named.join(', ')}${more}`,
  };
}
