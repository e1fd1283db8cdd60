// The life of the connection: opening it, watching it, losing it, and trying again for ever.
import { OrderbookClientError } from '../../errors.ts';
import { scheduleAudit, stopAudits, watchSilence } from '../upkeep/audit.ts';
import { retryDelayMs } from '../state/backoff.ts';
import { enter, isOpen, markStale, type FeedEffect, type FeedState } from '../state/feed-state.ts';
import { send } from '../state/send.ts';
import { reconcile } from '../upkeep/reconcile.ts';
import { armDeadlines, nameGap, settle, stopDeadlines } from '../upkeep/repair.ts';

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
  watch(state, effects);
  settle(state, atMs, effects);
}

/** Starts the clocks that an open connection runs under. */
export function watch(state: FeedState, effects: FeedEffect[]): void {
  if (state.readingPaused) return;
  effects.push({ type: 'start-timer', timer: 'ping', delayMs: state.config.pingIntervalMs });
  scheduleAudit(state, effects);
  watchSilence(effects);
  armDeadlines(state, effects);
  for (const requestId of state.barriers.keys()) state.barriers.set(requestId, state.monotonicMs);
}

/** Nothing that is read late may count as silence. */
export function stopWatching(state: FeedState, effects: FeedEffect[]): void {
  for (const timer of ['ping', 'pong'] as const) effects.push({ type: 'stop-timer', timer });
  stopDeadlines(state, effects);
  stopAudits(state, effects);
}

/** The connection is lost, or was never made: name the hole, wait, try again. There is no last try. */
export function fail(state: FeedState, error: OrderbookClientError, atMs: number, effects: FeedEffect[]): void {
  for (const subscription of state.subscriptions.values()) {
    // How many frames were under way is not known: the hole is open-ended.
    const next = (subscription.sequence?.last ?? 0) + 1;
    if (subscription.sequence ?? subscription === state.orderbook) {
      nameGap(state, subscription, next, null, null, 'disconnected', effects);
    }
  }
  leaveConnection(state, error, atMs, effects);
  effects.push({ type: 'drop-socket', socket: state.socket, polite: false });
  const retryInMs = retryDelay(state, error);
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
  for (const timer of ['connect', 'stable', 'pace', 'barrier'] as const) effects.push({ type: 'stop-timer', timer });
  stopWatching(state, effects);
  for (const subscription of state.subscriptions.values()) subscription.end();
  state.rung = -1;
  markStale(state, state.books.markets(), 'disconnected', atMs, effects);
  for (const requestId of state.barriers.keys()) settleBarrier(state, requestId, error, effects);
}

export function requestBarrier(state: FeedState, requestId: number, effects: FeedEffect[]): void {
  if (!isOpen(state)) {
    const error = new OrderbookClientError('DISCONNECTED', 'There is no open connection.');
    effects.push({ type: 'settle-barrier', requestId, error });
    return;
  }
  if (state.barriers.size === 0) armBarrierDeadline(state, effects);
  state.barriers.set(requestId, state.monotonicMs);
  send(state, state.commands.issue({ cmd: 'list_subscriptions' }, { kind: 'barrier', requestId }).text, effects);
}

/** The answer may stand behind much else, so that only silence counts as late. */
export function barriersOverdue(state: FeedState, effects: FeedEffect[]): void {
  const { answerTimeoutMs } = state.config;
  for (const [requestId, askedAtMs] of state.barriers) {
    const silentMs = state.monotonicMs - Math.max(askedAtMs, state.heardAtMs);
    if (state.readingPaused || silentMs < answerTimeoutMs) continue;
    const error = new OrderbookClientError('NO_ANSWER', `No answer came within ${answerTimeoutMs} ms for a barrier.`);
    settleBarrier(state, requestId, error, effects);
  }
  if (state.barriers.size > 0) armBarrierDeadline(state, effects);
}

const armBarrierDeadline = ({ config }: FeedState, effects: FeedEffect[]): void =>
  void effects.push({ type: 'start-timer', timer: 'barrier', delayMs: config.answerTimeoutMs });

export function settleBarrier(
  state: FeedState,
  requestId: number,
  error: OrderbookClientError | null,
  effects: FeedEffect[],
): void {
  state.barriers.delete(requestId);
  if (state.barriers.size === 0) effects.push({ type: 'stop-timer', timer: 'barrier' });
  effects.push({ type: 'settle-barrier', requestId, error });
}
