// What the feed's phase says of its health. Single stale books say nothing: they are under repair.
import type { ObservedStatus } from '@trader/health';
import type { FeedPhase } from '@trader/orderbook-client';
import type { Unread } from '../feed-reading.ts';

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

/** Why the feed is not read, its code first. */
const UNREAD: Record<Unread['cause'], string> = {
  STORE_BEHIND: 'STORE_BEHIND: the feed is not read to its end, as the store is behind',
  WAITING_FOR_SESSION: 'WAITING_FOR_SESSION: the feed is not read, as too much waits for a session to be opened',
};

/** Whether what the exchange sends is read. That nothing comes is for the feed's own health. */
export const readingToHealth = (unread: Unread | null): FeedHealth =>
  unread === null ? { status: 'healthy', reason: 'read' } : { status: 'degraded', reason: UNREAD[unread.cause] };

/**
 * @param unread a feed that is not read is as good as none
 * @param problem the client's latest problem, its code first, as the reason where the phase alone does not say it
 */
export function feedToHealth(phase: FeedPhase, problem: string | null, unread: Unread | null): FeedHealth {
  const status = STATUS_OF[phase];
  if (unread !== null && status !== 'unhealthy') return { status: 'unhealthy', reason: UNREAD[unread.cause] };
  return { status, reason: status === 'unhealthy' && problem ? problem : `the feed is ${phase}` };
}
