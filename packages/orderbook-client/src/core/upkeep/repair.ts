// Holes and their repair. A hole is named the moment it is seen, and its books are marked stale; everything else follows
// from what is stale. `keepWaitsOwned` runs at the end of each step: a book that is not synced and about which nothing is
// under way is asked for, and as long as anything is under way the timer `answer` runs.
//
// When it fires, `late-answers.ts` acts on what is late. No book at all has come since: the broken books go through
// the repair steps, together:
//
//   0 get_snapshot ──> 1 delete_markets, add_markets ──> 2 unsubscribe, subscribe ──> 3 a new connection
//
// Other books have come: the fault is that of the late market. It is asked for again, by get_snapshot and by
// delete_markets and add_markets in turn, ever more slowly, for ever, and costs its neighbours nothing. So is a market
// that never had a snapshot, since it may not exist, and one whose snapshots cannot be used.
import type { GapCause } from '../../events.ts';
import { chunked } from '../state/commands.ts';
import { ASK_PAUSE_MS, enter, isOpen, markStale, type FeedEffect, type FeedState } from '../state/feed-state.ts';
import { sendCommand } from '../state/outbox.ts';
import type { Subscription } from '../state/subscription.ts';
import { reconcile } from './reconcile.ts';

type Hole = {
  readonly firstSeq: number;
  /** `null`: nobody knows how far it goes. */
  readonly lastSeq: number | null;
  readonly toAtMs: number | null;
  readonly cause: GapCause;
  readonly market?: string | null;
};

/** Puts a hole on record. */
export function nameGap(
  state: FeedState,
  { sid, channel, lastFrameAtMs: fromAtMs }: Subscription,
  { firstSeq, lastSeq, toAtMs, cause, market = null }: Hole,
  effects: FeedEffect[],
): void {
  if (sid === null) return;
  state.counters.gaps++;
  effects.push({ type: 'gap', epoch: state.epoch, sid, channel, firstSeq, lastSeq, fromAtMs, toAtMs, cause, market });
}

/**
 * Whatever has happened: each wanted book is synced, or asked for, with a running deadline. It looks at counts alone, so
 * that it can run after every frame; only where the counts show that a book is forgotten, it looks for the book.
 */
export function keepWaitsOwned(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  if (!isOpen(state)) return;
  const { books, requests } = state;
  if (state.repairStep < 0 && books.brokenCount > 0) {
    state.repairStep = 0;
    state.counters.repairs++;
  }
  if (state.unnumbered && !state.sample && !state.askAgainArmed) askForSample(state, effects);
  if (requests.size < books.missingCount) requestForgotten(state, effects);
  if (state.repairStep >= 0 && books.brokenCount === 0) state.repairStep = -1;
  if (books.syncedCount === books.size) {
    state.waits = 0;
    if (state.snapshotsAsked) state.commands.forget('get-snapshot');
    state.snapshotsAsked = false;
    enter(state, 'live', atMs, effects);
  }
  armAnswerTimer(state, effects);
}

/** Asks for the books about which nothing is under way, unless a timer is about to. */
function requestForgotten(state: FeedState, effects: FeedEffect[]): void {
  const { orderbook, requests } = state;
  if (state.askAgainArmed || state.membershipWindow === 'changed') return;
  const { adding, deleting, confirmed } = orderbook.membership;
  const unasked: string[] = [];
  let isUnsubscribed = false;
  for (const market of state.books.missingMarkets()) {
    if (requests.get(market)) continue;
    const leaving = orderbook.ending ?? deleting.get(market);
    const coming = adding.get(market);
    if (leaving) requests.note(market, 'delete-and-add', leaving);
    else if (coming) requests.note(market, 'add', coming);
    else if (confirmed.has(market)) unasked.push(market);
    else isUnsubscribed = true;
  }
  if (unasked.length > 0 && !isTooEarly(state, effects)) askForSnapshots(state, unasked, effects);
  if (isUnsubscribed) reconcile(state, effects);
}

/** Whether the last question was just now; then a timer sees to the next one. */
function isTooEarly(state: FeedState, effects: FeedEffect[]): boolean {
  const sinceMs = state.monotonicMs - state.askedAtMs;
  if (sinceMs >= state.askPauseMs) return false;
  state.askAgainArmed = true;
  effects.push({ type: 'start-timer', timer: 'ask-again', delayMs: state.askPauseMs - sinceMs });
  return true;
}

function noteAsking(state: FeedState): void {
  state.snapshotsAsked = true;
  state.askedAtMs = state.monotonicMs;
  state.askPauseMs = state.isFlooded ? Math.min(LONGEST_ASK_PAUSE_MS, state.askPauseMs * 2) : ASK_PAUSE_MS;
  state.isFlooded = false;
}

export function askForSnapshots(state: FeedState, markets: readonly string[], effects: FeedEffect[]): void {
  const { sid, channel } = state.orderbook;
  if (sid === null || markets.length === 0) return;
  noteAsking(state);
  for (const chunk of chunked(markets, state.config.marketsPerCommand)) {
    const params = { sid, action: 'get_snapshot' as const, market_tickers: chunk };
    const purpose = { kind: 'get-snapshot', channel: channel as 'orderbook_delta', sid } as const;
    const command = state.commands.issue({ cmd: 'update_subscription', params }, purpose);
    for (const market of chunk) state.requests.note(market, 'get-snapshot', command.sending);
    sendCommand(state, command, effects);
  }
}

/** Frames that cannot be read come in floods, and each may cost a question: the pause between those grows. */
const LONGEST_ASK_PAUSE_MS = 16 * ASK_PAUSE_MS;

/** One of the suspended books is asked for: its answer brings the next number. */
function askForSample(state: FeedState, effects: FeedEffect[]): void {
  const { sid, channel } = state.orderbook;
  const market = state.books.firstSuspended();
  if (sid === null || market === undefined || isTooEarly(state, effects)) return;
  const params = { sid, action: 'get_snapshot' as const, market_tickers: [market] };
  const purpose = { kind: 'get-snapshot', channel: channel as 'orderbook_delta', sid } as const;
  const command = state.commands.issue({ cmd: 'update_subscription', params }, purpose);
  noteAsking(state);
  state.sample = command.sending;
  sendCommand(state, command, effects);
}

/** An answer has come of which no book can be made. From now on the market is asked for ever more slowly. */
export function answeredUnusably(state: FeedState, market: string): void {
  const request = state.requests.get(market);
  if (!request) return;
  request.tries++;
  request.unusable = true;
  state.books.setAside(market);
}

/** The order-book subscription was lost, and is made anew on this connection: that is the third repair step. */
export function resubscribe(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  markStale(state, state.books.markets(), 'resubscribed', atMs, effects);
  state.requests.forgetAll();
  if (state.books.brokenCount > 0) {
    state.counters.repairs++;
    state.repairStep = 2;
  }
  reconcile(state, effects);
}

/** Something is under way that has not come. */
function isWaiting({ requests, subscriptions, check, sample }: FeedState): boolean {
  let isUnderWay = requests.size > 0 || check !== null || sample !== null;
  for (const subscription of subscriptions.values()) {
    if (subscription.underWay) isUnderWay = true;
    else subscription.waits = 0;
  }
  return isUnderWay;
}

function armAnswerTimer(state: FeedState, effects: FeedEffect[]): void {
  const { answerTimeoutMs, random } = state.config;
  if (!isWaiting(state)) {
    if (!state.answerTimerArmed) return;
    state.answerTimerArmed = false;
    effects.push({ type: 'stop-timer', timer: 'answer' });
  } else if (!state.answerTimerArmed && !state.readingPaused) {
    state.answerTimerArmed = true;
    // Jittered after a fault, so that many clients that lost the same answer do not ask together.
    const isAfterFault = state.repairStep >= 0 || state.waits > 0;
    const jitterMs = isAfterFault ? (random() * answerTimeoutMs) / 2 : 0;
    const delayMs = Math.round((state.nextLookMs ?? answerTimeoutMs) + jitterMs);
    state.nextLookMs = null;
    effects.push({ type: 'start-timer', timer: 'answer', delayMs });
  }
}

export function stopWaits(state: FeedState, effects: FeedEffect[]): void {
  state.answerTimerArmed = false;
  state.askAgainArmed = false;
  for (const timer of ['answer', 'ask-again'] as const) effects.push({ type: 'stop-timer', timer });
}
