// What happens when a deadline has passed: the repair steps that `repair.ts` describes, for all books together or for one
// market alone.
import { OrderbookClientError } from '../../errors.ts';
import type { BookRequest } from '../state/book-requests.ts';
import type { Sending } from '../state/commands.ts';
import { enter, markStale, type FeedEffect, type FeedState } from '../state/feed-state.ts';
import { Membership, type Subscription } from '../state/subscription.ts';
import { auditNext } from './audit.ts';
import { deleteMarkets, reconcile, unsubscribe } from './reconcile.ts';
import { askForSnapshots } from './repair.ts';
import { giveUpVerifying, requestCheck } from './verification.ts';

/** So often a connection on which no book at all gets synced is asked before it is given up. */
const WAITS_PER_EMPTY_CONNECTION = 3;

/** A check stands behind all that waits to be read; for so many deadlines its answer may be on the way. */
const DEADLINES_PER_CHECK = 3;

/** Deadlines that follow each other closely are looked at together. */
const LOOKS_PER_DEADLINE = 10;

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
export function bookDueMs(state: FeedState, market: string, { sending, tries }: BookRequest): number {
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
    // Whether it is still there is not known: it has to be added.
    if (membership.deleting.delete(market)) membership.confirmed.delete(market);
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
  const { adding, deleting, confirmed } = subscription.membership;
  for (const [market, sending] of adding) {
    if (late.includes(sending) && (subscription !== state.orderbook || !state.requests.get(market)))
      adding.delete(market);
  }
  for (const [market, sending] of deleting) {
    if (!late.includes(sending)) continue;
    deleting.delete(market);
    if (state.books.has(market)) confirmed.delete(market);
  }
}

function noAnswer(markets: readonly string[]): OrderbookClientError {
  const more = markets.length > 3 ? ` and ${markets.length - 3} more` : '';
  const subject =
    markets.length === 0 ? 'for a subscription' : `for the book of ${markets.slice(0, 3).join(', ')}${more}`;
  return new OrderbookClientError('NO_ANSWER', `No answer came in time ${subject}.`);
}
