// Holes and their repair. A hole is named the moment it is seen; the books behind it climb a ladder until they are back:
//
//   0 get_snapshot ──> 1 delete_markets, add_markets ──> 2 unsubscribe, subscribe ──> 3 a new connection
//
// Each rung has a deadline. Only books that this connection has served climb it whole. A market that never had a
// snapshot may not exist, and must not cost its neighbours their books: it is asked for on the two lower rungs in turn,
// ever more slowly, for ever.
import { OrderbookClientError } from '../../errors.ts';
import type { GapCause } from '../../events.ts';
import { retryDelayMs } from '../state/backoff.ts';
import { chunked } from '../state/commands.ts';
import { enter, isOpen, markStale, type FeedEffect, type FeedState } from '../state/feed-state.ts';
import { send } from '../state/send.ts';
import { deleteMarkets, reconcile, unsubscribe } from './reconcile.ts';
import type { Subscription } from '../state/subscription.ts';

/** Least time between two askings: faults come in bursts, and an answer takes a moment. */
const ASK_PAUSE_MS = 500;

/** So often a connection on which no book at all gets synced is asked before it is given up. */
const WAITS_PER_EMPTY_CONNECTION = 3;

/** Puts a hole on record. `lastSeq: null`: nobody knows how far it goes. */
export function nameGap(
  state: FeedState,
  subscription: Subscription,
  firstSeq: number,
  lastSeq: number | null,
  toAtMs: number | null,
  cause: GapCause,
  effects: FeedEffect[],
): void {
  const { sid, channel, lastFrameAtMs: fromAtMs } = subscription;
  if (sid === null) return;
  state.counters.gaps++;
  effects.push({ type: 'gap', epoch: state.epoch, sid, channel, firstSeq, lastSeq, fromAtMs, toAtMs, cause });
}

/** A fault has made books stale: ask for them, and start the ladder's clock if it does not run yet. */
export function startRepair(
  state: FeedState,
  effects: FeedEffect[],
  markets: readonly string[] = state.books.staleMarkets(),
): void {
  if (state.rung < 0 && state.books.brokenCount > 0) {
    state.counters.repairs++;
    climbTo(state, 0, effects);
  }
  askForSnapshots(state, markets, effects);
}

/** What the exchange does not count as subscribed is not asked for: adding it brings its snapshot. */
function askForSnapshots(state: FeedState, markets: readonly string[], effects: FeedEffect[]): void {
  const { sid, ending, membership } = state.orderbook;
  if (sid === null || ending) return;
  const asked = markets.filter((market) => membership.confirmed.has(market));
  if (asked.length === 0) return;
  const sinceMs = state.monotonicMs - state.askedAtMs;
  if (sinceMs < ASK_PAUSE_MS) {
    effects.push({ type: 'start-timer', timer: 'ask-again', delayMs: ASK_PAUSE_MS - sinceMs });
    return;
  }
  state.askedAtMs = state.monotonicMs;
  state.heard = false;
  for (const chunk of chunked(asked, state.config.marketsPerCommand)) {
    const params = { sid, action: 'get_snapshot' as const, market_tickers: chunk };
    send(state, state.commands.issue({ cmd: 'update_subscription', params }, { kind: 'get-snapshot' }).text, effects);
  }
}

/** The pause between two askings is over. */
export function askAgain(state: FeedState, effects: FeedEffect[]): void {
  if (isOpen(state)) askForSnapshots(state, state.books.staleMarkets(), effects);
}

function climbTo(state: FeedState, rung: number, effects: FeedEffect[]): void {
  state.rung = rung;
  armRepairDeadline(state, effects);
}

function armRepairDeadline({ readingPaused, config }: FeedState, effects: FeedEffect[]): void {
  if (readingPaused) return;
  const delayMs = Math.round(config.answerTimeoutMs * (1 + config.random() / 2));
  effects.push({ type: 'start-timer', timer: 'repair', delayMs });
}

/**
 * A rung's deadline has passed with books still broken.
 *
 * @returns why the connection has to be given up, or `null`
 */
export function climb(state: FeedState, atMs: number, effects: FeedEffect[]): OrderbookClientError | null {
  const broken = state.books.brokenMarkets();
  if (broken.length === 0) return null;
  const error = new OrderbookClientError('NO_ANSWER', `No answer came in time ${subject(broken)}.`);
  // An exchange that says nothing at all would not say more to another command.
  if (!state.heard || state.rung >= 2) return error;
  effects.push({ type: 'problem', error, retryInMs: 0, atMs });
  state.heard = false;
  climbTo(state, state.rung + 1, effects);
  if (state.rung === 1) {
    // Once a market is confirmed to be gone, it is missing, and reconciling adds it again.
    deleteMarkets(state, state.orderbook, broken.filter(isConfirmed(state)), effects);
    reconcile(state, effects);
  } else {
    markStale(state, state.books.markets(), 'resubscribed', atMs, effects);
    unsubscribe(state, state.orderbook, effects);
  }
  return null;
}

/** The order-book subscription was lost, and is made anew on this connection: that is the ladder's third rung. */
export function resubscribe(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  markStale(state, state.books.markets(), 'resubscribed', atMs, effects);
  state.counters.repairs++;
  climbTo(state, 2, effects);
  reconcile(state, effects);
}

/** Starts the wait for answers anew. */
export function armAnswerDeadline(state: FeedState, effects: FeedEffect[]): void {
  if (state.readingPaused) return;
  state.answerDue = true;
  const { answerTimeoutMs, backoff, random } = state.config;
  const extraMs = retryDelayMs({ baseMs: answerTimeoutMs, maxMs: backoff.maxMs }, state.waits, random());
  effects.push({ type: 'start-timer', timer: 'answer', delayMs: answerTimeoutMs + extraMs });
}

/** Arms whatever deadline the state of things calls for: after a pause in reading, none is running. */
export function armDeadlines(state: FeedState, effects: FeedEffect[]): void {
  if (state.rung >= 0) armRepairDeadline(state, effects);
  if (isWaiting(state)) armAnswerDeadline(state, effects);
}

export function stopDeadlines(state: FeedState, effects: FeedEffect[]): void {
  state.answerDue = false;
  for (const timer of ['answer', 'repair', 'ask-again'] as const) effects.push({ type: 'stop-timer', timer });
}

/** The wanted set has changed: ask for the difference. A wait that is running goes on, or changes could outrun it. */
export function membershipChanged(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  reconcile(state, effects);
  if (!state.answerDue && isOpen(state) && isWaiting(state)) armAnswerDeadline(state, effects);
  settle(state, atMs, effects);
}

/** Something was asked for that has not come, apart from the books on the ladder. */
function isWaiting({ books, subscriptions }: FeedState): boolean {
  if (books.awaitedCount > 0) return true;
  for (const subscription of subscriptions.values()) if (subscription.underWay) return true;
  return false;
}

/** Ends the waiting for what has come. */
export function settle(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  if (!isOpen(state)) return;
  const { books } = state;
  if (state.rung >= 0 && books.brokenCount === 0) {
    state.rung = -1;
    state.orderbook.losses = 0;
    effects.push({ type: 'stop-timer', timer: 'repair' });
  }
  if (books.syncedCount < books.size) return;
  state.commands.forget('get-snapshot');
  if (state.answerDue && !isWaiting(state)) {
    state.waits = 0;
    state.answerDue = false;
    effects.push({ type: 'stop-timer', timer: 'answer' });
  }
  enter(state, 'live', atMs, effects);
}

/**
 * The deadline of answers has passed: ask again for what is missing.
 *
 * @returns why the connection has to be given up, or `null`
 */
export function answersOverdue(state: FeedState, atMs: number, effects: FeedEffect[]): OrderbookClientError | null {
  state.answerDue = false;
  const { books, subscriptions } = state;
  if (!isWaiting(state)) return null;
  // Thousands of books take their time: as long as they come, nobody is late.
  if (state.progress) {
    state.progress = false;
    armAnswerDeadline(state, effects);
    return null;
  }
  const awaited = books.awaitedMarkets();
  const error = new OrderbookClientError('NO_ANSWER', `No answer came in time ${subject(awaited)}.`);
  state.waits++;
  const empty = books.syncedCount === 0 && books.size > 0;
  if (!state.heard || (empty && state.waits >= WAITS_PER_EMPTY_CONNECTION)) return error;
  effects.push({ type: 'problem', error, retryInMs: 0, atMs });
  for (const subscription of subscriptions.values()) subscription.giveUpWaiting();
  if (state.waits % 2 === 1) askForSnapshots(state, awaited, effects);
  else deleteMarkets(state, state.orderbook, awaited.filter(isConfirmed(state)), effects);
  reconcile(state, effects);
  state.heard = false;
  armAnswerDeadline(state, effects);
  if (books.syncedCount > 0) enter(state, 'live', atMs, effects);
  return null;
}

const isConfirmed =
  ({ orderbook }: FeedState) =>
  (market: string): boolean =>
    orderbook.membership.confirmed.has(market);

function subject(markets: readonly string[]): string {
  if (markets.length === 0) return 'for a subscription';
  const more = markets.length > 3 ? ` and ${markets.length - 3} more` : '';
  return `for the book of ${markets.slice(0, 3).join(', ')}${more}`;
}
