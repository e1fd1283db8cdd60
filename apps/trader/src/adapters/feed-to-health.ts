// What the feed's phase says of its health. Single stale books say nothing: they are under repair.
import type { ObservedStatus } from '@trader/health';
import type { FeedPhase } from '@trader/orderbook-client';

const STATUS_OF: Record<FeedPhase, ObservedStatus> = {
  idle: 'unhealthy',
  connecting: 'unhealthy',
  waiting: 'unhealthy',
  closed: 'unhealthy',
  // Connected, with books on their way: not fit to trade on, not a failure either.
  subscribing: 'degraded',
  live: 'healthy',
};

export type FeedHealth = { readonly status: ObservedStatus; readonly reason: string };

/**
 * @param problem the client's latest problem, its code first, as the reason where the phase alone does not say it
 */
export function feedToHealth(phase: FeedPhase, problem: string | null): FeedHealth {
  const status = STATUS_OF[phase];
  return { status, reason: status === 'unhealthy' && problem ? problem : `the feed is ${phase}` };
}
