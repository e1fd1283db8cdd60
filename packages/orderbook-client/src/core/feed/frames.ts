// What each frame does to the feed.
import type { ChannelEvent, MarketLifecycle } from '../../channel-events.ts';
import { OrderbookClientError } from '../../errors.ts';
import { compareAudited } from '../upkeep/audit.ts';
import type { TrackedBook } from '../book/book-view.ts';
import { fail } from './connection.ts';
import {
  decodeFrame,
  frameText,
  type DeltaMessage,
  type Message,
  type SnapshotMessage,
  type ViolationMessage,
} from '../decode/decode.ts';
import type { DeltaScanner } from '../decode/delta-scanner.ts';
import { markStale, type FeedEffect, type FeedState } from '../state/feed-state.ts';
import { nameGap, settle, startRepair } from '../upkeep/repair.ts';
import { takeReply } from './replies.ts';
import { SequenceTracker } from '../state/sequence.ts';
import type { Subscription } from '../state/subscription.ts';

/** Takes one frame of the current socket. */
export function takeFrame(state: FeedState, bytes: Uint8Array, atMs: number, effects: FeedEffect[]): void {
  state.counters.frames++;
  state.heard = true;
  const { scanner } = state;
  if (scanner.scan(bytes)) takeScanned(state, scanner, atMs, effects);
  else takeText(state, frameText(bytes), atMs, effects);
}

/** A delta of a wanted market, which nearly every frame is. */
function takeScanned(state: FeedState, scanned: DeltaScanner<TrackedBook>, atMs: number, effects: FeedEffect[]): void {
  const { sid, seq, value: book } = scanned;
  const subscription = state.subscriptionOf(sid);
  const verdict = subscription ? count(state, subscription, seq, atMs, effects) : 'in-order';
  if (verdict === 'ignore') return;
  takeDelta(state, scanned, book.market, subscription === state.orderbook ? book : undefined, atMs, effects);
  if (verdict === 'gap' && subscription === state.orderbook) startRepair(state, effects);
}

function takeText(state: FeedState, text: string | null, atMs: number, effects: FeedEffect[]): void {
  if (text === null) return takeViolation(state, undefined, NOT_UTF8, '', atMs, effects);
  const message = decodeFrame(text);
  // A subscription's first answer has its sid inside and no number.
  if (message.kind === 'subscribed') return takeReply(state, message, undefined, text, atMs, effects);
  const subscription = state.subscriptionOf(message.sid);
  if (!subscription || message.seq === null) {
    if (subscription) heard(state, subscription, atMs);
    return takeMessage(state, message, subscription, text, atMs, effects);
  }
  const verdict = count(state, subscription, message.seq, atMs, effects);
  if (verdict === 'ignore') return;
  takeMessage(state, message, subscription, text, atMs, effects);
  // After the frame itself: it may be a snapshot, whose market need not be asked for.
  if (verdict === 'gap' && subscription === state.orderbook) startRepair(state, effects);
}

const NOT_UTF8: ViolationMessage = { kind: 'violation', sid: null, seq: null, reason: 'not UTF-8', market: null };

function heard(state: FeedState, subscription: Subscription, atMs: number): void {
  subscription.lastFrameAtMs = atMs;
  state.heardAtMs = state.monotonicMs;
}

/** Follows the numbers of a sid. `ignore`: the frame was seen before, or the connection is given up. */
function count(
  state: FeedState,
  subscription: Subscription,
  seq: number,
  atMs: number,
  effects: FeedEffect[],
): 'in-order' | 'gap' | 'ignore' {
  subscription.sequence ??= new SequenceTracker();
  const expected = subscription.sequence.last + 1;
  const verdict = subscription.sequence.accept(seq);
  switch (verdict) {
    case 'in-order':
      heard(state, subscription, atMs);
      return verdict;
    case 'gap':
      nameGap(state, subscription, expected, seq - 1, atMs, 'sequence', effects);
      if (subscription === state.orderbook) markStale(state, state.books.markets(), 'gap', atMs, effects);
      heard(state, subscription, atMs);
      return verdict;
    case 'duplicate':
      state.counters.duplicates++;
      return 'ignore';
    case 'reset': {
      state.counters.duplicates++;
      const text = `The numbers of sid ${subscription.sid} went back from ${expected - 1} to ${seq}.`;
      fail(state, new OrderbookClientError('SEQUENCE_RESET', text), atMs, effects);
      return 'ignore';
    }
  }
}

/** Weight of the newest of the times between frames. */
const CADENCE_WEIGHT = 1 / 16;

/** Data of the books has come, which acknowledgements and errors are not. */
function dataArrived(state: FeedState): void {
  const gapMs = state.monotonicMs - state.dataAtMs;
  const usualMs = state.usualGapMs;
  state.usualGapMs = Number.isNaN(usualMs) ? gapMs : usualMs + (gapMs - usualMs) * CADENCE_WEIGHT;
  state.dataAtMs = state.monotonicMs;
}

function takeMessage(
  state: FeedState,
  message: Exclude<Message, { kind: 'subscribed' }>,
  subscription: Subscription | undefined,
  text: string,
  atMs: number,
  effects: FeedEffect[],
): void {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- whatever else there is belongs to another channel
  switch (message.kind) {
    case 'delta': {
      const book = subscription === state.orderbook ? state.books.get(message.market) : undefined;
      return takeDelta(state, message, message.market, book, atMs, effects);
    }
    case 'snapshot':
      return takeSnapshot(state, message, subscription, atMs, effects);
    case 'violation':
      return takeViolation(state, subscription, message, text, atMs, effects);
    case 'unrecognized': {
      state.counters.unrecognized++;
      const { frameType, sid, seq } = message;
      const { epoch } = state;
      effects.push({ type: 'unrecognized', epoch, frameType, sid, seq, receivedAtMs: atMs, text, reason: null });
      return;
    }
    case 'raw':
      return acceptRaw(state, message, subscription, text, atMs, effects);
    case 'ok':
    case 'unsubscribed':
    case 'error':
      return takeReply(state, message, subscription, text, atMs, effects);
    default: {
      state.counters.channelFrames++;
      state.counters.unreadableFields += message.unreadable?.length ?? 0;
      if (!subscription) state.counters.foreign++;
      else subscription.losses = 0;
      if (message.kind === 'market-lifecycle') noteGrid(state, message);
      const { kind, ...payload } = message;
      effects.push({ type: kind, epoch: state.epoch, receivedAtMs: atMs, text, ...payload } as ChannelEvent);
    }
  }
}

function noteGrid({ books }: FeedState, { market, priceRanges }: MarketLifecycle): void {
  if (priceRanges) books.get(market)?.setPriceRanges(priceRanges);
}

/** @param book `undefined` if nobody wants the market, or the sid is not the one that books come from */
function takeDelta(
  state: FeedState,
  { sid, seq, side, price, delta, exchangeAtMs }: Omit<DeltaMessage, 'kind' | 'market'>,
  market: string,
  book: TrackedBook | undefined,
  atMs: number,
  effects: FeedEffect[],
): void {
  const { counters, epoch, books } = state;
  counters.deltas++;
  if (sid === state.orderbook.sid) dataArrived(state);
  let applied = false;
  let broken = false;
  if (!book) {
    counters.foreign++;
  } else if (!book.synced) {
    // It would build on numbers that are not there.
    counters.unapplied++;
  } else {
    broken = book.apply(side, price, delta) !== 'applied';
    applied = !broken;
    books.changed(book, state.monotonicMs);
  }
  effects.push({
    type: 'delta',
    epoch,
    sid,
    seq,
    receivedAtMs: atMs,
    market,
    side,
    price,
    delta,
    exchangeAtMs,
    applied,
  });
  if (broken) desynced(state, market, seq, atMs, effects);
}

function desynced(state: FeedState, market: string, seq: number, atMs: number, effects: FeedEffect[]): void {
  state.counters.desyncs++;
  markStale(state, [market], 'desync', atMs, effects);
  const text = `The book of ${market} broke an invariant at seq ${seq} (a negative level, or crossed sides); it is asked for again.`;
  const error = new OrderbookClientError('BOOK_DESYNCED', text, { market });
  effects.push({ type: 'problem', error, retryInMs: null, atMs });
  startRepair(state, effects, [market]);
}

function takeSnapshot(
  state: FeedState,
  message: SnapshotMessage,
  subscription: Subscription | undefined,
  atMs: number,
  effects: FeedEffect[],
): void {
  const { sid, seq, market, yes, no } = message;
  const { books, counters, epoch } = state;
  const book = subscription === state.orderbook ? books.get(market) : undefined;
  counters.snapshots++;
  if (subscription === state.orderbook) dataArrived(state);
  if (!book) counters.foreign++;
  // What still comes of a subscription that is being made anew would be followed by nothing.
  const applied = book !== undefined && !state.orderbook.ending;
  if (applied) {
    compareAudited(state, message, book, atMs, effects);
    state.progress ||= !book.synced;
    books.replace(book, message, state.monotonicMs);
    // Only what it has taken in does an exchange send; its acknowledgement may be late, or lost.
    state.orderbook.membership.confirm(market);
  }
  effects.push({ type: 'snapshot', epoch, sid, seq, receivedAtMs: atMs, market, yes, no, applied });
  if (applied) settle(state, atMs, effects);
}

/** A frame that cannot be read is kept as text, and every book that it could have changed is asked for again. */
function takeViolation(
  state: FeedState,
  subscription: Subscription | undefined,
  { sid, seq, reason, market }: ViolationMessage,
  text: string,
  atMs: number,
  effects: FeedEffect[],
): void {
  state.counters.violations++;
  const { epoch } = state;
  effects.push({ type: 'unrecognized', epoch, frameType: '', sid, seq, receivedAtMs: atMs, text, reason });
  const error = new OrderbookClientError('PROTOCOL_VIOLATION', `The exchange sent a frame that is ${reason}.`, {
    ...(market !== null && { market }),
  });
  effects.push({ type: 'problem', error, retryInMs: null, atMs });
  // Without a number the frame shows as a gap once the next one comes.
  if (!subscription || seq === null) return;
  nameGap(state, subscription, seq, seq, atMs, 'violation', effects);
  if (subscription !== state.orderbook) return;
  markStale(state, state.books.markets(), 'violation', atMs, effects);
  startRepair(state, effects);
}

/** A frame of a channel that is known by name: counted, and passed on unread. */
function acceptRaw(
  { counters, rawFrames, epoch }: FeedState,
  { channel, frameType, sid, seq }: Extract<Message, { kind: 'raw' }>,
  subscription: Subscription | undefined,
  text: string,
  atMs: number,
  effects: FeedEffect[],
): void {
  counters.channelFrames++;
  rawFrames[channel] = (rawFrames[channel] ?? 0) + 1;
  if (!subscription) counters.foreign++;
  effects.push({ type: 'raw', channel, frameType, epoch, sid, seq, receivedAtMs: atMs, text });
}
