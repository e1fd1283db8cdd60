// The life of the connection: opening it, watching it, losing it, and trying again for ever.
import { OrderbookClientError } from '../../errors.ts';
import { scheduleAudit, stopAudits, watchSilence } from '../upkeep/audit.ts';
import { retryDelayMs } from '../state/backoff.ts';
import { enter, isOpen, markStale, type FeedEffect, type FeedState } from '../state/feed-state.ts';
import { reconcile } from '../upkeep/reconcile.ts';
import { nameGap, stopWaits } from '../upkeep/repair.ts';
import { doubtBooks, PAUSE_LIMIT_MS, requestCheck } from '../upkeep/verification.ts';
import { settleBarrier } from './barrier.ts';

export function connect(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  state.socket++;
  enter(state, 'connecting', atMs, effects);
  effects.push(
    { type: 'open-socket', socket: state.socket },
    { type: 'start-timer', timer: 'connect', delayMs: state.config.connectTimeoutMs },
  );
}

export function opened(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  state.epoch = state.config.nextEpoch();
  state.counters.epochs++;
  state.forgetConnection();
  effects.push(
    { type: 'stop-timer', timer: 'connect' },
    { type: 'start-timer', timer: 'stable', delayMs: state.config.stableAfterMs },
  );
  enter(state, 'subscribing', atMs, effects);
  reconcile(state, effects);
  if (state.readingPaused) fallBehind(state, effects);
  else watch(state, effects);
}

/** Starts the clocks that an open connection runs under, apart from the one of answers. */
function watch(state: FeedState, effects: FeedEffect[]): void {
  effects.push({ type: 'start-timer', timer: 'ping', delayMs: state.config.pingIntervalMs });
  scheduleAudit(state, effects);
  watchSilence(effects);
}

/** Nothing that is read late may count as silence. */
function stopWatching(state: FeedState, effects: FeedEffect[]): void {
  for (const timer of ['ping', 'pong'] as const) effects.push({ type: 'stop-timer', timer });
  stopWaits(state, effects);
  stopAudits(state, effects);
}

/** Answers wait unread in the socket: their absence proves nothing now. */
export function pauseReading(state: FeedState, effects: FeedEffect[]): void {
  state.readingPaused = true;
  stopWatching(state, effects);
  // Pauses that follow each other before the feed has caught up are one.
  if (!state.unread) fallBehind(state, effects);
}

function fallBehind(state: FeedState, effects: FeedEffect[]): void {
  state.unread = true;
  effects.push({ type: 'start-timer', timer: 'pause', delayMs: PAUSE_LIMIT_MS });
}

/**
 * The feed is behind since a second, or may be: what the books say is no longer what the exchange has sent. Where reading goes on, and nobody has
 * asked yet, it may have caught up long since: the question first.
 */
export function pauseLasts(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  if (!state.unread || !isOpen(state)) return;
  if (!state.readingPaused && state.check === null) fallBehind(state, effects);
  else if (state.doubt === null) doubtBooks(state, 'paused', atMs, effects);
  if (!state.readingPaused) requestCheck(state, state.check?.isSuspicion ?? false, effects);
}

/** What waits in the socket is read from here on; after a long pause it is the answer to a check that ends it. */
export function resumeReading(state: FeedState, effects: FeedEffect[]): void {
  state.readingPaused = false;
  state.resumedAtMs = state.monotonicMs;
  if (!isOpen(state)) return;
  watch(state, effects);
  if (state.doubt !== null) requestCheck(state, state.check?.isSuspicion ?? false, effects);
}

/** The connection is lost, or was never made: name the hole, wait, try again. There is no last try. */
export function fail(state: FeedState, error: OrderbookClientError, atMs: number, effects: FeedEffect[]): void {
  for (const subscription of state.subscriptions.values()) {
    // How many frames were under way is not known: the hole is open-ended.
    const next = (subscription.sequence?.last ?? 0) + 1;
    if (subscription.sequence ?? subscription === state.orderbook) {
      nameGap(state, subscription, { firstSeq: next, lastSeq: null, toAtMs: null, cause: 'disconnected' }, effects);
    }
  }
  leaveConnection(state, error, atMs, effects);
  effects.push({ type: 'drop-socket', socket: state.socket, polite: false });
  const retryInMs = retryDelay(state, error);
  state.retryAtMs = state.monotonicMs + retryInMs;
  state.attempt++;
  effects.push({ type: 'problem', error: explained(error, state.clockSkewMs), retryInMs, atMs });
  enter(state, 'waiting', atMs, effects);
  effects.push({ type: 'start-timer', timer: 'retry', delayMs: retryInMs });
}

/** An exchange that asks for more may be back before; and a timer of more than 24 days would fire at once. */
const MAX_RETRY_AFTER_MS = 60 * 60_000;

function retryDelay({ config, attempt }: FeedState, error: OrderbookClientError): number {
  const { backoff, authRetryMs, random } = config;
  // A rejected key does not get better by asking fast; it may by a clock being set or a key being replaced.
  if (error.code === 'AUTH_REJECTED' || error.code === 'ACCESS_DENIED') return Math.round(authRetryMs * (1 + random()));
  if (error.retryAfterMs === undefined) return retryDelayMs(backoff, attempt, random());
  // Many clients were told the same time: the jitter comes on top of it, also on the first try.
  const jitterMs = retryDelayMs(backoff, Math.max(attempt, 1), random());
  return Math.min(error.retryAfterMs, MAX_RETRY_AFTER_MS) + jitterMs;
}

/** The exchange allows 10 s; below half of that the clock is not the reason. */
const SUSPICIOUS_SKEW_MS = 5000;

/** A rejected key that the clock may explain says so. */
function explained(error: OrderbookClientError, clockSkewMs: number | null): OrderbookClientError {
  if (error.code !== 'AUTH_REJECTED' || clockSkewMs === null || Math.abs(clockSkewMs) < SUSPICIOUS_SKEW_MS)
    return error;
  const seconds = Math.round(Math.abs(clockSkewMs) / 1000);
  const text = `${error.message} This machine's clock is about ${seconds} s ${clockSkewMs > 0 ? 'behind' : 'ahead of'} the exchange's: set it.`;
  const { httpStatus, exchangeCode, cause } = error;
  return new OrderbookClientError('AUTH_REJECTED', text, {
    clockSkewMs,
    cause,
    ...(httpStatus !== undefined && { httpStatus }),
    ...(exchangeCode !== undefined && { exchangeCode }),
  });
}

export function close(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  leaveConnection(state, new OrderbookClientError('CLOSED', 'The client was closed.'), atMs, effects);
  effects.push({ type: 'stop-timer', timer: 'retry' }, { type: 'drop-socket', socket: state.socket, polite: true });
  enter(state, 'closed', atMs, effects);
}

function leaveConnection(state: FeedState, error: OrderbookClientError, atMs: number, effects: FeedEffect[]): void {
  for (const timer of ['connect', 'stable', 'pace', 'barrier', 'membership', 'pause'] as const)
    effects.push({ type: 'stop-timer', timer });
  stopWatching(state, effects);
  for (const subscription of state.subscriptions.values()) subscription.end();
  state.membershipWindow = 'closed';
  state.requests.forgetAll();
  markStale(state, state.books.markets(), 'disconnected', atMs, effects);
  for (const requestId of state.barriers.keys()) settleBarrier(state, requestId, error, effects);
}
