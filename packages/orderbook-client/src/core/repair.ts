// Holes and their repair. A hole is named the moment it is seen; the books behind it are asked for until they are back.
import { OrderbookClientError } from '../errors.ts';
import type { GapCause } from '../events.ts';
import { retryDelayMs } from './backoff.ts';
import { chunked } from './commands.ts';
import { emit, enter, isOpen, send, type FeedEffect, type FeedState } from './feed-state.ts';
import { reconcile } from './reconcile.ts';

/** How often a connection is asked for the books of markets that it has served before. */
const ROUNDS_PER_CONNECTION = 2;

/** Puts a hole on record. `lastSeq: null`: nobody knows how far it goes. */
export function nameGap(
  state: FeedState,
  sid: number,
  firstSeq: number,
  lastSeq: number | null,
  fromAtMs: number,
  toAtMs: number | null,
  cause: GapCause,
  effects: FeedEffect[],
): void {
  state.counters.gaps++;
  emit({ type: 'gap', epoch: state.epoch, sid, firstSeq, lastSeq, fromAtMs, toAtMs, cause }, effects);
}

/** A fault has made books stale: ask for them at once. */
export function startRepair(state: FeedState, effects: FeedEffect[], markets = state.books.staleMarkets()): void {
  state.repairRound = 0;
  askForSnapshots(state, markets, effects);
}

function askForSnapshots(state: FeedState, markets: readonly string[], effects: FeedEffect[]): void {
  if (!state.subscription || markets.length === 0) return;
  const { sid } = state.subscription;
  for (const chunk of chunked(markets, state.config.marketsPerCommand)) {
    const params = { sid, action: 'get_snapshot' as const, market_tickers: chunk };
    send(state, state.commands.issue({ cmd: 'update_subscription', params }, { kind: 'get-snapshot' }).text, effects);
  }
  state.heard = false;
  armAnswerDeadline(state, effects);
}

/** Starts the wait for answers anew. */
export function armAnswerDeadline(state: FeedState, effects: FeedEffect[]): void {
  if (state.readingPaused) return;
  state.answerDue = true;
  const { answerTimeoutMs, backoff, random } = state.config;
  const extraMs = retryDelayMs({ baseMs: answerTimeoutMs, maxMs: backoff.maxMs }, state.repairRound, random());
  effects.push({ type: 'start-timer', timer: 'answer', delayMs: answerTimeoutMs + extraMs });
}

export function stopAnswerDeadline(state: FeedState, effects: FeedEffect[]): void {
  state.answerDue = false;
  effects.push({ type: 'stop-timer', timer: 'answer' });
}

/** The wanted set has changed: ask for the difference. A wait that is running goes on, or changes could outrun it. */
export function membershipChanged(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  reconcile(state, effects);
  if (state.membership.underWay && !state.answerDue) armAnswerDeadline(state, effects);
  settle(state, atMs, effects);
}

/** Ends the waiting once every wanted book is synced. */
export function settle(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  if (!isOpen(state) || state.books.syncedCount < state.books.size) return;
  state.repairRound = 0;
  state.commands.forget('get-snapshot');
  if (!state.membership.underWay) stopAnswerDeadline(state, effects);
  enter(state, 'live', atMs, effects);
}

/**
 * The deadline of an answer has passed with books still stale: ask again, ever more slowly, or give up this connection.
 * A market that never had a snapshot may not exist, and must not cost its neighbours their connection; one that had
 * one does exist, and an exchange that does not answer for it is not well.
 *
 * @returns why the connection has to be given up, or `null`
 */
export function repair(state: FeedState, atMs: number, effects: FeedEffect[]): OrderbookClientError | null {
  state.answerDue = false;
  const { membership, books } = state;
  const stale = books.staleMarkets();
  if (stale.length === 0 && !membership.underWay) return null;
  const error = new OrderbookClientError('NO_ANSWER', `No answer came in time ${subject(stale)}.`);
  const known = stale.some((market) => books.get(market)?.staleReason !== 'no-snapshot-yet');
  if (!state.subscription || !state.heard || (known && state.repairRound >= ROUNDS_PER_CONNECTION)) return error;
  emit({ type: 'problem', error, retryInMs: 0, atMs }, effects);
  state.repairRound++;
  membership.giveUpWaiting();
  reconcile(state, effects);
  const asked = stale.filter((market) => membership.confirmed.has(market));
  askForSnapshots(state, asked, effects);
  state.heard = false;
  armAnswerDeadline(state, effects);
  if (books.syncedCount > 0) enter(state, 'live', atMs, effects);
  return null;
}

function subject(stale: readonly string[]): string {
  if (stale.length === 0) return 'for a change of the subscription';
  const more = stale.length > 3 ? ` and ${stale.length - 3} more` : '';
  return `for the book of ${stale.slice(0, 3).join(', ')}${more}`;
}
