// What each frame does to the feed.
import { OrderbookClientError } from '../errors.ts';
import { compareAudited } from './audit.ts';
import type { Purpose } from './commands.ts';
import { fail, settleBarrier } from './connection.ts';
import {
  decodeFrame,
  type DeltaMessage,
  type Message,
  type ReplyMessage,
  type SnapshotMessage,
  type ViolationMessage,
} from './decode.ts';
import { emit, type FeedEffect, type FeedState } from './feed-state.ts';
import { acknowledge, CHANNEL } from './reconcile.ts';
import { nameGap, settle, startRepair } from './repair.ts';
import { SequenceTracker } from './sequence.ts';

/** After these the exchange sends nothing more on the sid: channel error, buffer overflow. */
const TERMINAL_ERRORS: readonly number[] = [10, 25];

export function takeFrame(state: FeedState, text: string, atMs: number, effects: FeedEffect[]): void {
  const message = decodeFrame(text);
  state.counters.frames++;
  state.heard = true;
  if (message.kind === 'subscribed') return takeReply(state, message, text, atMs, effects);
  const subscription = state.subscription;
  if (subscription && message.sid === subscription.sid && message.seq !== null) {
    const expected = subscription.sequence.last + 1;
    const verdict = subscription.sequence.accept(message.seq);
    if (verdict === 'duplicate') {
      state.counters.duplicates++;
      return;
    }
    if (verdict === 'gap') {
      const { sid, lastFrameAtMs } = subscription;
      nameGap(state, sid, expected, message.seq - 1, lastFrameAtMs, atMs, 'sequence', effects);
      state.books.markAllStale('gap');
    }
    subscription.lastFrameAtMs = atMs;
    takeMessage(state, message, text, atMs, effects);
    // After the frame itself: it may be a snapshot, whose market need not be asked for.
    if (verdict === 'gap') startRepair(state, effects);
    return;
  }
  takeMessage(state, message, text, atMs, effects);
}

function takeMessage(
  state: FeedState,
  message: Exclude<Message, { kind: 'subscribed' }>,
  text: string,
  atMs: number,
  effects: FeedEffect[],
): void {
  switch (message.kind) {
    case 'delta':
      return takeDelta(state, message, atMs, effects);
    case 'snapshot':
      return takeSnapshot(state, message, atMs, effects);
    case 'violation':
      return takeViolation(state, message, text, atMs, effects);
    case 'unrecognized':
      state.counters.unrecognized++;
      return passOn(state, message.frameType, message.sid, message.seq, text, atMs, effects);
    case 'ok':
    case 'unsubscribed':
    case 'error':
      return takeReply(state, message, text, atMs, effects);
  }
}

function takeDelta(state: FeedState, message: DeltaMessage, atMs: number, effects: FeedEffect[]): void {
  const { sid, seq, market, side, price, delta, exchangeAtMs } = message;
  const outcome = sid === state.subscription?.sid ? state.books.apply(message) : 'foreign';
  state.counters.deltas++;
  if (outcome === 'stale') state.counters.unapplied++;
  if (outcome === 'foreign') state.counters.foreign++;
  const applied = outcome === 'applied';
  emit(
    {
      type: 'delta',
      epoch: state.epoch,
      sid,
      seq,
      receivedAtMs: atMs,
      market,
      side,
      price,
      delta,
      exchangeAtMs,
      applied,
    },
    effects,
  );
  if (outcome === 'desynced') {
    state.counters.desyncs++;
    const text = `The book of ${market} broke an invariant at seq ${seq} (a negative level, or crossed sides); it is asked for again.`;
    const error = new OrderbookClientError('BOOK_DESYNCED', text, { market });
    emit({ type: 'problem', error, retryInMs: null, atMs }, effects);
    startRepair(state, effects, [market]);
  }
}

function takeSnapshot(state: FeedState, message: SnapshotMessage, atMs: number, effects: FeedEffect[]): void {
  const { sid, seq, market, yes, no } = message;
  const book = state.books.get(market);
  if (book && sid === state.subscription?.sid) compareAudited(state, message, book, atMs, effects);
  const wanted = sid === state.subscription?.sid && state.books.replace(message);
  state.counters.snapshots++;
  if (!wanted) state.counters.foreign++;
  emit({ type: 'snapshot', epoch: state.epoch, sid, seq, receivedAtMs: atMs, market, yes, no }, effects);
  if (wanted) settle(state, atMs, effects);
}

/** A frame that cannot be read is kept as text, and every book that it could have changed is asked for again. */
function takeViolation(
  state: FeedState,
  message: ViolationMessage,
  text: string,
  atMs: number,
  effects: FeedEffect[],
): void {
  state.counters.violations++;
  passOn(state, '', message.sid, message.seq, text, atMs, effects);
  const error = new OrderbookClientError('PROTOCOL_VIOLATION', `The exchange sent a frame that is ${message.reason}.`, {
    ...(message.market !== null && { market: message.market }),
  });
  emit({ type: 'problem', error, retryInMs: null, atMs }, effects);
  // Without a number the frame shows as a gap once the next one comes.
  if (message.seq === null || message.sid === null || message.sid !== state.subscription?.sid) return;
  nameGap(state, message.sid, message.seq, message.seq, atMs, atMs, 'violation', effects);
  state.books.markAllStale('violation');
  startRepair(state, effects);
}

function takeReply(state: FeedState, reply: ReplyMessage, text: string, atMs: number, effects: FeedEffect[]): void {
  const purpose = state.commands.settle(reply.commandId);
  passOn(state, reply.kind, reply.sid, reply.kind === 'subscribed' ? null : reply.seq, text, atMs, effects);
  switch (reply.kind) {
    case 'subscribed':
      if (purpose?.kind !== 'add' || reply.channel !== CHANNEL || state.subscription) {
        state.counters.foreign++;
        return;
      }
      state.subscription = { sid: reply.sid, sequence: new SequenceTracker(), lastFrameAtMs: atMs };
      acknowledge(state, purpose, null, effects);
      return;
    case 'ok':
      if (purpose?.kind === 'barrier') settleBarrier(state, purpose.requestId, null, effects);
      else if (purpose?.kind === 'add' || purpose?.kind === 'delete') {
        acknowledge(state, purpose, reply.markets, effects);
        settle(state, atMs, effects);
      }
      return;
    case 'unsubscribed':
      if (reply.sid === state.subscription?.sid) {
        loseSubscription(state, 'the exchange unsubscribed it', null, atMs, effects);
      }
      return;
    case 'error':
      if (TERMINAL_ERRORS.includes(reply.code) && (reply.sid === null || reply.sid === state.subscription?.sid)) {
        loseSubscription(state, `error ${reply.code}, "${reply.message}"`, reply.code, atMs, effects);
        return;
      }
      rejectCommand(state, reply.code, reply.message, purpose, atMs, effects);
  }
}

function rejectCommand(
  state: FeedState,
  code: number,
  message: string,
  purpose: Purpose | undefined,
  atMs: number,
  effects: FeedEffect[],
): void {
  const text = `The exchange refused a command (${purpose?.kind ?? 'unknown'}): error ${code}, "${message}".`;
  const error = new OrderbookClientError('COMMAND_REJECTED', text, { exchangeCode: code });
  if (purpose?.kind === 'barrier') settleBarrier(state, purpose.requestId, error, effects);
  emit({ type: 'problem', error, retryInMs: null, atMs }, effects);
}

/** Nothing more comes on this sid. A new connection is the one remedy that needs no state of the old one. */
function loseSubscription(
  state: FeedState,
  why: string,
  code: number | null,
  atMs: number,
  effects: FeedEffect[],
): void {
  const details = code === null ? {} : { exchangeCode: code };
  fail(state, new OrderbookClientError('SUBSCRIPTION_LOST', `The subscription ended: ${why}.`, details), atMs, effects);
}

function passOn(
  state: FeedState,
  frameType: string,
  sid: number | null,
  seq: number | null,
  text: string,
  atMs: number,
  effects: FeedEffect[],
): void {
  state.counters.control++;
  emit({ type: 'control', epoch: state.epoch, frameType, sid, seq, receivedAtMs: atMs, text }, effects);
}
