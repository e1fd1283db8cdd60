// The life of the connection: opening it, watching it, losing it, and trying again for ever.
import { OrderbookClientError } from '../errors.ts';
import { scheduleAudit, stopAudits } from './audit.ts';
import { retryDelayMs } from './backoff.ts';
import { Commands } from './commands.ts';
import { emit, enter, isOpen, send, type FeedEffect, type FeedState } from './feed-state.ts';
import { Membership } from './membership.ts';
import { reconcile } from './reconcile.ts';
import { armAnswerDeadline, nameGap, settle, stopAnswerDeadline } from './repair.ts';

export function connect(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  state.socket++;
  enter(state, 'connecting', atMs, effects);
  effects.push(
    { type: 'open-socket', socket: state.socket },
    { type: 'start-timer', timer: 'connect', delayMs: state.config.connectTimeoutMs },
  );
}

export function opened(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  state.epoch++;
  state.counters.epochs++;
  state.commands = new Commands();
  state.subscription = null;
  state.membership = new Membership();
  state.repairRound = 0;
  state.heard = false;
  effects.push(
    { type: 'stop-timer', timer: 'connect' },
    { type: 'start-timer', timer: 'stable', delayMs: state.config.stableAfterMs },
  );
  enter(state, 'subscribing', atMs, effects);
  reconcile(state, effects);
  watch(state, effects);
  settle(state, atMs, effects);
}

/** Starts the clocks that an open connection runs under. */
export function watch(state: FeedState, effects: FeedEffect[]): void {
  if (state.readingPaused) return;
  effects.push({ type: 'start-timer', timer: 'ping', delayMs: state.config.pingIntervalMs });
  scheduleAudit(state, effects);
  if (state.books.syncedCount < state.books.size) armAnswerDeadline(state, effects);
}

/** The connection is lost, or was never made: name the hole, wait, try again. There is no last try. */
export function fail(state: FeedState, error: OrderbookClientError, atMs: number, effects: FeedEffect[]): void {
  if (state.subscription) {
    const { sid, sequence, lastFrameAtMs } = state.subscription;
    // How many frames were under way is not known: the hole is open-ended.
    nameGap(state, sid, sequence.last + 1, null, lastFrameAtMs, null, 'disconnected', effects);
  }
  leaveConnection(state, error, effects);
  effects.push({ type: 'drop-socket', socket: state.socket, polite: false });
  const retryInMs = retryDelay(state, error);
  state.attempt++;
  emit({ type: 'problem', error: explained(error, state.clockSkewMs), retryInMs, atMs }, effects);
  enter(state, 'waiting', atMs, effects);
  effects.push({ type: 'start-timer', timer: 'retry', delayMs: retryInMs });
}

/** An exchange that asks for more may be back before; and a timer of more than 24 days would fire at once. */
const MAX_RETRY_AFTER_MS = 60 * 60_000;

function retryDelay({ config, attempt }: FeedState, error: OrderbookClientError): number {
  const { backoff, authRetryMs, random } = config;
  // A rejected key does not get better by asking fast; it may by a clock being set or a key being replaced.
  if (error.code === 'AUTH_REJECTED' || error.code === 'ACCESS_DENIED') return Math.round(authRetryMs * (1 + random()));
  const delayMs = retryDelayMs(backoff, attempt, random());
  // Many clients were told the same time: the jitter comes on top of it.
  return error.retryAfterMs === undefined ? delayMs : Math.min(error.retryAfterMs, MAX_RETRY_AFTER_MS) + delayMs;
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
  leaveConnection(state, new OrderbookClientError('CLOSED', 'The client was closed.'), effects);
  effects.push({ type: 'stop-timer', timer: 'retry' }, { type: 'drop-socket', socket: state.socket, polite: true });
  enter(state, 'closed', atMs, effects);
}

function leaveConnection(state: FeedState, error: OrderbookClientError, effects: FeedEffect[]): void {
  for (const timer of ['connect', 'ping', 'pong', 'stable'] as const) effects.push({ type: 'stop-timer', timer });
  stopAnswerDeadline(state, effects);
  stopAudits(state, effects);
  state.subscription = null;
  state.books.markAllStale('disconnected');
  for (const requestId of state.barriers) settleBarrier(state, requestId, error, effects);
}

export function requestBarrier(state: FeedState, requestId: number, effects: FeedEffect[]): void {
  if (!isOpen(state)) {
    const error = new OrderbookClientError('DISCONNECTED', 'There is no open connection.');
    effects.push({ type: 'settle-barrier', requestId, error });
    return;
  }
  state.barriers.add(requestId);
  send(state, state.commands.issue({ cmd: 'list_subscriptions' }, { kind: 'barrier', requestId }).text, effects);
}

export function settleBarrier(
  state: FeedState,
  requestId: number,
  error: OrderbookClientError | null,
  effects: FeedEffect[],
): void {
  state.barriers.delete(requestId);
  effects.push({ type: 'settle-barrier', requestId, error });
}
