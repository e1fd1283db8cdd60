// Books that may be right, and of which nobody knows it: they are stale, followed all the same, and synced again once it
// is shown that nothing was missed. Two things show it, and both cost one answer, however many books there are:
//
// - after a pause in reading, or an error that may have meant the books: the list of subscriptions, which stands behind
//   everything that the exchange sent before (a *check*);
// - after a frame that cannot be read and may have had a number of the books: the next number.
import type { StaleReason } from '../../events.ts';
import { suspendBooks, type FeedEffect, type FeedState } from '../state/feed-state.ts';
import { sendCommand } from '../state/outbox.ts';

/** A feed that is behind for longer than this, because reading was paused, makes the books stale. */
export const PAUSE_LIMIT_MS = 1000;

/** Nothing that the books say is sure from now on, until a check is answered that is made later. */
export function doubtBooks(state: FeedState, reason: StaleReason, atMs: number, effects: FeedEffect[]): void {
  state.doubt = reason;
  suspendBooks(state, reason, atMs, effects);
}

/** Asks what is there. Only the latest check counts: the answer to an earlier one may have been waiting unread. */
export function requestCheck(state: FeedState, isSuspicion: boolean, effects: FeedEffect[]): void {
  const command = state.commands.issue({ cmd: 'list_subscriptions' }, { kind: 'check', sids: confirmedSids(state) });
  state.check = { id: command.id, sending: command.sending, isSuspicion };
  sendCommand(state, command, effects);
}

/** What a list of subscriptions that is asked for now can say something about. */
export const confirmedSids = ({ subscriptions }: FeedState): number[] =>
  [...subscriptions.values()].flatMap(({ sid, ending }) => (sid === null || ending ? [] : [sid]));

/** The answer to the latest check has come: all that was sent before it has been read. */
export function checkAnswered(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  const askedAtMs = state.check?.sending.sentAtMs ?? -Infinity;
  state.check = null;
  // Reading may have stopped after the question had left, and what was sent then is not read yet.
  if (state.unread && !state.readingPaused && state.resumedAtMs <= askedAtMs) {
    state.unread = false;
    effects.push({ type: 'stop-timer', timer: 'pause' });
  } else if (state.unread && state.doubt !== null) {
    effects.push({ type: 'start-timer', timer: 'pause', delayMs: PAUSE_LIMIT_MS });
  }
  state.doubt = null;
  verifyBooks(state, atMs, effects);
}

/** Frames that cannot be read, and come as fast as this or faster. */
const FLOOD_MS = 10_000;

/** A frame cannot be read, and may have had a number of the books. */
export function awaitNextNumber(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  if (state.monotonicMs - state.garbageAtMs < FLOOD_MS) state.isFlooded = true;
  state.garbageAtMs = state.monotonicMs;
  state.unnumbered = true;
  suspendBooks(state, 'violation', atMs, effects);
}

/** A number of the books came, in order: whatever could not be read before had none. */
export function numbersAreComplete(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  numbersAreIncomplete(state);
  verifyBooks(state, atMs, effects);
}

/** A number of the books is missing, so that every book is to be asked for: nothing else is to be shown. */
export function numbersAreIncomplete(state: FeedState): void {
  state.unnumbered = false;
  state.sample = null;
}

/** It could not be shown: every suspended book needs a snapshot. */
export function giveUpVerifying(state: FeedState): void {
  state.unnumbered = false;
  state.sample = null;
  state.doubt = null;
  state.check = null;
  // What has not been read of the time before, snapshots stand behind.
  state.unread = false;
  state.books.giveUpSuspended();
}

function verifyBooks(state: FeedState, atMs: number, effects: FeedEffect[]): void {
  if (state.doubt !== null || state.unnumbered || state.books.suspendedCount === 0) return;
  const markets = state.books.verify();
  effects.push({ type: 'verified', epoch: state.epoch, markets, atMs });
}
