// What the feed's phase says of its health. Single stale books say nothing: they are under repair.
import type { ObservedStatus } from '@trader/health';
import type { FeedPhase } from '@trader/orderbook-client';
import type { Unread } from './feed-reading.ts';

const STATUS_OF: Record<FeedPhase, ObservedStatus> = {
  idle: 'unhealthy',
  connecting: 'unhealthy',
  waiting: 'unhealthy',
  closed: 'unhealthy',
  // Books are on their way. As long as a cut may last that is none; on a connection on which nothing comes it never ends.
  subscribing: 'unhealthy',
  live: 'healthy',
};

export type FeedHealth = { readonly status: ObservedStatus; readonly reason: string };

/** Why the feed is not read, its code first. */
const UNREAD: Record<Unread['cause'], string> = {
  STORE_BEHIND: 'STORE_BEHIND: the feed is not read to its end, as the store is behind',
  WAITING_FOR_SESSION: 'WAITING_FOR_SESSION: the feed is not read, as too much waits for a session to be opened',
};

const NO_BOOKS = 'NO_BOOKS_YET: connected (subscribing), and not all books that were asked for have come';

/** Whether what the exchange sends is read. That nothing comes is for the feed's own health. */
export const readingToHealth = (unread: Unread | null): FeedHealth =>
  unread === null ? { status: 'healthy', reason: 'read' } : { status: 'degraded', reason: UNREAD[unread.cause] };

/**
 * @param unread a feed that is not read is as good as none
 * @param problem the client's latest problem since it was live, its code first. It is the reason while there is no connection; that of an
 *   earlier connection is none why nothing comes on this one
 */
export function feedToHealth(phase: FeedPhase, problem: string | null, unread: Unread | null): FeedHealth {
  const status = STATUS_OF[phase];
  if (unread !== null && status !== 'unhealthy') return { status: 'unhealthy', reason: UNREAD[unread.cause] };
  if (phase === 'subscribing') return { status, reason: NO_BOOKS };
  return { status, reason: status === 'unhealthy' && problem ? problem : `the feed is ${phase}` };
}
