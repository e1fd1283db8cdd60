// Holes and their repair. A hole is named the moment it is seen, and its books are marked stale; everything else follows
// from what is stale. `keepWaitsOwned` runs at the end of each step: a book that is not synced and about which nothing is
// under way is asked for, and as long as anything is under way the timer `answer` runs.
//
// When it fires, `lookForLateAnswers` acts on what is late. No book at all has come since: the broken books go through
// the repair steps, together:
//
//   0 get_snapshot ──> 1 delete_markets, add_markets ──> 2 unsubscribe, subscribe ──> 3 a new connection
//
// Other books have come: the fault is that of the late market. It is asked for again, by get_snapshot and by
// delete_markets and add_markets in turn, ever more slowly, for ever, and costs its neighbours nothing. So is a market
// that never had a snapshot, since it may not exist, and one whose snapshots cannot be used.
import { OrderbookClientError } from '../../errors.ts';
import type { GapCause } from '../../events.ts';
import type { BookRequest } from '../state/book-requests.ts';
import { chunked, type Sending } from '../state/commands.ts';
import { ASK_PAUSE_MS, enter, isOpen, markStale, type FeedEffect, type FeedState } from '../state/feed-state.ts';
import { sendCommand } from '../state/outbox.ts';
import { Membership, type Subscription } from '../state/subscription.ts';
import { auditNext } from './audit.ts';
import { deleteMarkets, reconcile, unsubscribe } from './reconcile.ts';
import { giveUpVerifying, requestCheck } from './verification.ts';

/** So often a connection on which no book at all gets synced is asked before it is given up. */
const WAITS_PER_EMPTY_CONNECTION = 3;

/** A check stands behind all that waits to be read; for so many deadlines its answer may be on the way. */
const DEADLINES_PER_CHECK = 3;

/** Deadlines that follow each other closely are looked at together. */
const LOOKS_PER_DEADLINE = 10;

export type Hole = {
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
  state.askedAtMs = state.monotonicMs;
  state.askPauseMs = state.isFlooded ? Math.min(LONGEST_ASK_PAUSE_MS, state.askPauseMs * 2) : ASK_PAUSE_MS;
  state.isFlooded = false;
}

function askForSnapshots(state: FeedState, markets: readonly string[], effects: FeedEffect[]): void {
  const { sid, channel } = state.orderbook;
  if (sid === null || markets.length === 0) return;
  noteAsking(state);
  state.snapshotsAsked = true;
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

/** How long an answer may take, after so many questions in vain. */
function timeoutMs({ config: { answerTimeoutMs, backoff } }: FeedState, tries: number): number {
  const extraMs = tries < 2 ? 0 : Math.min(backoff.maxMs, answerTimeoutMs * 2 ** (tries - 2));
  return answerTimeoutMs + extraMs;
}

/** The time of the question counts from its sending; after that, silence does. */
function dueMs(state: FeedState, { sentAtMs }: Sending, tries: number, silentSinceMs: number): number {
  const { answerTimeoutMs } = state.config;
  return Math.max(Math.max(sentAtMs, state.resumedAtMs) + timeoutMs(state, tries), silentSinceMs + answerTimeoutMs);
}

/** What is set aside waits for nobody's answer but its own. */
function bookDueMs(state: FeedState, market: string, { sending, tries }: BookRequest): number {
  const isAlone = state.books.isSetAside(market);
  return dueMs(state, sending, tries, isAlone ? sending.sentAtMs : state.requests.silentSinceMs(sending));
}

/** An acknowledgement stands behind the books that earlier commands brought. */
function acknowledgementDueMs(state: FeedState, { waits }: Subscription, sending: Sending): number {
  const acknowledgedAtMs = state.acknowledgedOrder > sending.order ? -Infinity : state.acknowledgedAtMs;
  return dueMs(state, sending, waits, Math.max(state.requests.silentSinceMs(sending), acknowledgedAtMs));
}

/**
 * The timer `answer` has fired: whatever is late is asked for again.
 *
 * @returns why the connection has to be given up, or `null`
 */
export function lookForLateAnswers(state: FeedState, atMs: number, effects: FeedEffect[]): OrderbookClientError | null {
  state.answerTimerArmed = false;
  const { books, requests, config, monotonicMs: nowMs } = state;
  const lateBooks = [...requests].filter(([market, request]) => bookDueMs(state, market, request) <= nowMs);
  const lateSubscriptions = [...state.subscriptions.values()].flatMap((subscription) => {
    const sendings = sendingsOf(state, subscription).filter(
      (sending) => acknowledgementDueMs(state, subscription, sending) <= nowMs,
    );
    return sendings.length > 0 ? [{ subscription, sendings }] : [];
  });
  const failure = checkIsLate(state) ? giveUpCheck(state) : null;
  if (failure) return failure;
  if (state.sample && nowMs - Math.max(state.sample.sentAtMs, state.resumedAtMs) >= config.answerTimeoutMs)
    giveUpVerifying(state);
  if (lateBooks.length > 0 || lateSubscriptions.length > 0) {
    const silent = lateBooks.filter(([, { unusable }]) => !unusable).map(([market]) => market);
    const error = noAnswer(silent);
    const sendings = [
      ...lateBooks.map(([, { sending }]) => sending),
      ...lateSubscriptions.flatMap((late) => late.sendings),
    ];
    if (isSilentSince(state, sendings)) {
      // An exchange that says nothing at all would not say more to another command.
      if (books.syncedCount === 0 || lateBooks.some(([market]) => books.isBroken(market))) return error;
      if (!state.check) requestCheck(state, false, effects);
    }
    const questions: FeedEffect[] = [];
    if (askForLateBooks(state, lateBooks, atMs, questions) === 'exhausted') return error;
    if (lateSubscriptions.length > 0 || silent.length > 0) effects.push({ type: 'problem', error, retryInMs: 0, atMs });
    effects.push(...questions);
    for (const late of lateSubscriptions) giveUpWaiting(state, late.subscription, late.sendings);
    reconcile(state, effects);
    if (books.syncedCount > 0) enter(state, 'live', atMs, effects);
  }
  let nextMs = config.answerTimeoutMs;
  for (const [market, request] of requests) nextMs = Math.min(nextMs, bookDueMs(state, market, request) - nowMs);
  state.nextLookMs = Math.max(nextMs, config.answerTimeoutMs / LOOKS_PER_DEADLINE);
  return null;
}

/** What a subscription waits for, apart from books: their requests look after themselves. */
function sendingsOf(state: FeedState, subscription: Subscription): Sending[] {
  const { held, ending, membership } = subscription;
  const sendings = new Set<Sending>(membership.deleting.values());
  if (held) sendings.add(held);
  if (ending) sendings.add(ending);
  for (const [market, sending] of membership.adding)
    if (subscription !== state.orderbook || !state.requests.get(market)) sendings.add(sending);
  return [...sendings];
}

const isSilentSince = ({ counters }: FeedState, sendings: readonly Sending[]): boolean =>
  sendings.every(({ framesBefore }) => counters.frames <= framesBefore);

function checkIsLate({ check, heardAtMs, resumedAtMs, config, monotonicMs: nowMs }: FeedState): boolean {
  if (!check) return false;
  const sinceMs = Math.max(check.sending.sentAtMs, resumedAtMs);
  return (
    nowMs - Math.max(sinceMs, heardAtMs) >= config.answerTimeoutMs ||
    nowMs - sinceMs >= config.answerTimeoutMs * DEADLINES_PER_CHECK
  );
}

/** Where other frames come, snapshots show as well what is right; but not what an error has ended. */
function giveUpCheck(state: FeedState): OrderbookClientError | null {
  const { check, config, monotonicMs: nowMs } = state;
  if (check?.isSuspicion || nowMs - state.heardAtMs >= config.answerTimeoutMs)
    return new OrderbookClientError('NO_ANSWER', 'No answer came in time for the list of subscriptions.');
  giveUpVerifying(state);
  return null;
}

/** @returns `exhausted`: the last repair step was in vain, or no book at all comes on this connection */
function askForLateBooks(
  state: FeedState,
  late: readonly (readonly [string, BookRequest])[],
  atMs: number,
  effects: FeedEffect[],
): 'asked' | 'exhausted' {
  const { books, requests } = state;
  const together = late.filter(([market]) => !books.isSetAside(market));
  const alone = late.filter(([market]) => books.isSetAside(market));
  if (books.syncedCount === 0 && late.some(([, { unusable }]) => !unusable)) {
    state.waits++;
    if (state.waits >= WAITS_PER_EMPTY_CONNECTION) return 'exhausted';
  }
  if (together.length > 0 && !together.some(([, request]) => requests.isOvertaken(request))) {
    if (together.some(([market]) => books.isBroken(market))) {
      if (state.repairStep >= 2) return 'exhausted';
      state.repairStep++;
      if (state.repairStep === 2) {
        markStale(state, books.markets(), 'resubscribed', atMs, effects);
        requests.forgetAll();
        if (state.orderbook.sid === null) state.orderbook.end();
        else unsubscribe(state, state.orderbook, effects);
        return 'asked';
      }
      askAgain(state, together, 'delete-and-add', effects);
      // Whether a neighbour gets an answer shows whose fault it is, before the next step costs them all their books.
      auditNext(state, effects);
    } else {
      for (const [, request] of together) request.tries++;
      askInTurn(state, together, effects);
    }
  } else {
    for (const [market, request] of together) {
      request.tries++;
      books.setAside(market);
    }
    // The answer may have been lost: nothing is taken out for that.
    askAgain(state, together, 'get-snapshot', effects);
  }
  // While the subscription is being ended, it is that which is waited for.
  if (state.orderbook.ending) return 'asked';
  for (const [, request] of alone) if (!request.unusable) request.tries++;
  askInTurn(state, alone, effects);
  return 'asked';
}

/** Each by the other way than the last time. */
function askInTurn(state: FeedState, late: readonly (readonly [string, BookRequest])[], effects: FeedEffect[]): void {
  askAgain(
    state,
    late.filter(([, { method }]) => method !== 'get-snapshot'),
    'get-snapshot',
    effects,
  );
  askAgain(
    state,
    late.filter(([, { method }]) => method === 'get-snapshot'),
    'delete-and-add',
    effects,
  );
}

/** What is not subscribed is added, whatever the method; reconciling does that, once nothing says that it is under way. */
function askAgain(
  state: FeedState,
  late: readonly (readonly [string, BookRequest])[],
  method: 'get-snapshot' | 'delete-and-add',
  effects: FeedEffect[],
): void {
  const { orderbook, requests } = state;
  const { membership } = orderbook;
  for (const [market] of late) {
    membership.adding.delete(market);
    membership.deleting.delete(market);
  }
  const subscribed = late.map(([market]) => market).filter((market) => membership.confirmed.has(market));
  if (method === 'get-snapshot') return askForSnapshots(state, subscribed, effects);
  deleteMarkets(state, orderbook, subscribed, effects);
  for (const market of subscribed) requests.note(market, method, membership.deleting.get(market)!);
}

/** Answers about a subscription are overdue: whatever is still missing is to be asked for again. */
function giveUpWaiting(state: FeedState, subscription: Subscription, late: readonly Sending[]): void {
  subscription.waits++;
  if (subscription.held && late.includes(subscription.held)) subscription.held = null;
  if (subscription.ending && late.includes(subscription.ending)) {
    // It may be there or not. All of it is asked for as if it were; an error says if it is not.
    subscription.ending = null;
    subscription.membership = new Membership();
    if (subscription === state.orderbook) state.requests.forgetAll();
    return;
  }
  const { adding, deleting } = subscription.membership;
  for (const [market, sending] of adding) {
    if (late.includes(sending) && (subscription !== state.orderbook || !state.requests.get(market)))
      adding.delete(market);
  }
  for (const [market, sending] of deleting) if (late.includes(sending)) deleting.delete(market);
}

function noAnswer(markets: readonly string[]): OrderbookClientError {
  const more = markets.length > 3 ? ` and ${markets.length - 3} more` : '';
  const subject =
    markets.length === 0 ? 'for a subscription' : `for the book of ${markets.slice(0, 3).join(', ')}${more}`;
  return new OrderbookClientError('NO_ANSWER', `No answer came in time ${subject}.`);
}
