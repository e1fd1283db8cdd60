// What each frame does to the feed.
import type { ChannelEvent, MarketLifecycle } from '../../channel-events.ts';
import { OrderbookClientError } from '../../errors.ts';
import { compareAudited, endAuditOf } from '../upkeep/audit.ts';
import type { Level } from '../book/book.ts';
import type { TrackedBook } from '../book/book-view.ts';
import { ONE_DOLLAR } from '../price/price.ts';
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
import { nextUsualGapMs } from '../state/silence.ts';
import { answeredUnusably, keepWaitsOwned, nameGap } from '../upkeep/repair.ts';
import { awaitNextNumber, numbersAreComplete, numbersAreIncomplete } from '../upkeep/verification.ts';
import { acceptReply } from './replies.ts';
import { SequenceTracker } from '../state/sequence.ts';
import type { Subscription } from '../state/subscription.ts';

/** Takes one frame of the current socket. */
export function acceptFrame(state: FeedState, bytes: Uint8Array, atMs: number, effects: FeedEffect[]): void {
  state.counters.frames++;
  const { scanner } = state;
  if (scanner.scan(bytes)) acceptScanned(state, scanner, atMs, effects);
  else acceptText(state, frameText(bytes), atMs, effects);
}

/** A delta of a wanted market, which nearly every frame is. In the common case it leaves nothing to wait for. */
function acceptScanned(
  state: FeedState,
  scanned: DeltaScanner<TrackedBook>,
  atMs: number,
  effects: FeedEffect[],
): void {
  const { sid, seq, value: book } = scanned;
  const subscription = state.subscriptionOf(sid);
  const verdict = subscription ? count(state, subscription, seq, atMs, effects) : 'in-order';
  if (verdict === 'ignore') return;
  const isOurs = subscription === state.orderbook;
  const isBroken = acceptDelta(state, scanned, book.market, isOurs ? book : undefined, atMs, effects);
  if (isBroken || verdict === 'gap') keepWaitsOwned(state, atMs, effects);
}

function acceptText(state: FeedState, text: string | null, atMs: number, effects: FeedEffect[]): void {
  const message = text === null ? NOT_UTF8 : decodeFrame(text);
  // A subscription's first answer has its sid inside and no number.
  if (message.kind === 'subscribed') acceptReply(state, message, undefined, text ?? '', atMs, effects);
  else acceptNumbered(state, message, text ?? '', atMs, effects);
  // After the frame itself: it may be a snapshot, whose market need not be asked for.
  keepWaitsOwned(state, atMs, effects);
}

function acceptNumbered(
  state: FeedState,
  message: Exclude<Message, { kind: 'subscribed' }>,
  text: string,
  atMs: number,
  effects: FeedEffect[],
): void {
  const subscription = state.subscriptionOf(message.sid);
  if (subscription && message.seq === null) heard(state, subscription, atMs);
  else if (subscription && count(state, subscription, message.seq!, atMs, effects) === 'ignore') return;
  acceptMessage(state, message, subscription, text, atMs, effects);
}

const NOT_UTF8: ViolationMessage = {
  kind: 'violation',
  sid: null,
  seq: null,
  reason: 'not UTF-8',
  market: null,
  subject: null,
  unsupported: null,
};

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
  const sequence = (subscription.sequence ??= new SequenceTracker());
  const expected = sequence.last + 1;
  const verdict = sequence.accept(seq);
  if (verdict !== 'in-order') return countOdd(state, subscription, { verdict, expected, seq }, atMs, effects);
  if (state.unnumbered && subscription === state.orderbook) numbersAreComplete(state, atMs, effects);
  heard(state, subscription, atMs);
  return verdict;
}

type OddNumber = {
  readonly verdict: 'gap' | 'duplicate' | 'reset';
  readonly expected: number;
  readonly seq: number;
};

/** Apart from {@link count}, which is small enough without it to be compiled into its callers. */
function countOdd(
  state: FeedState,
  subscription: Subscription,
  { verdict, expected, seq }: OddNumber,
  atMs: number,
  effects: FeedEffect[],
): 'gap' | 'ignore' {
  if (verdict === 'gap') {
    nameGap(state, subscription, { firstSeq: expected, lastSeq: seq - 1, toAtMs: atMs, cause: 'sequence' }, effects);
    if (subscription === state.orderbook) {
      numbersAreIncomplete(state);
      markStale(state, state.books.markets(), 'gap', atMs, effects);
    }
    heard(state, subscription, atMs);
    return verdict;
  }
  state.counters.duplicates++;
  if (verdict === 'reset') {
    const text = `The numbers of sid ${subscription.sid} went back from ${expected - 1} to ${seq}.`;
    fail(state, new OrderbookClientError('SEQUENCE_RESET', text), atMs, effects);
  }
  return 'ignore';
}

/** Data of the books has come, which acknowledgements and errors are not. */
function dataArrived(state: FeedState): void {
  state.usualGapMs = nextUsualGapMs(state.usualGapMs, state.monotonicMs - state.dataAtMs);
  state.dataAtMs = state.monotonicMs;
}

function acceptMessage(
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
      acceptDelta(state, message, message.market, book, atMs, effects);
      return;
    }
    case 'snapshot':
      return acceptSnapshot(state, message, subscription, atMs, effects);
    case 'violation':
      return acceptViolation(state, subscription, message, text, atMs, effects);
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
      return acceptReply(state, message, subscription, text, atMs, effects);
    default: {
      state.counters.channelFrames++;
      state.counters.unreadableFields += message.unreadable?.length ?? 0;
      if (!subscription) state.counters.foreign++;
      if (message.kind === 'market-lifecycle') noteGrid(state, message);
      const { kind, ...payload } = message;
      effects.push({ type: kind, epoch: state.epoch, receivedAtMs: atMs, text, ...payload } as ChannelEvent);
    }
  }
}

export function noteGrid({ books }: FeedState, { market, priceRanges }: MarketLifecycle): void {
  if (priceRanges) books.get(market)?.setPriceRanges(priceRanges);
}

/** Of a frame, or of a record, which may have no microseconds. */
type AcceptedDelta = Omit<DeltaMessage, 'kind' | 'market' | 'exchangeAtUs'> &
  Partial<Pick<DeltaMessage, 'exchangeAtUs'>>;

/**
 * @param book `undefined` if nobody wants the market, or the sid is not the one that books come from
 * @returns whether the book is broken by it
 */
export function acceptDelta(
  state: FeedState,
  { sid, seq, side, price, delta, exchangeAtMs, exchangeAtUs = null }: AcceptedDelta,
  market: string,
  book: TrackedBook | undefined,
  atMs: number,
  effects: FeedEffect[],
): boolean {
  const { counters, epoch, books } = state;
  counters.deltas++;
  if (sid === state.orderbook.sid) dataArrived(state);
  let applied = false;
  let broken = false;
  if (!book) {
    counters.foreign++;
  } else if (book.staleReason !== null && !book.suspended) {
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
    exchangeAtUs,
    applied,
  });
  if (broken)
    desynced(state, market, `broke an invariant at seq ${seq} (a negative level, or crossed sides)`, atMs, effects);
  return broken;
}

export function desynced(state: FeedState, market: string, what: string, atMs: number, effects: FeedEffect[]): void {
  state.counters.desyncs++;
  markStale(state, [market], 'desync', atMs, effects);
  const text = `The book of ${market} ${what}; it is asked for again.`;
  const error = new OrderbookClientError('BOOK_DESYNCED', text, { market });
  effects.push({ type: 'problem', error, retryInMs: null, atMs });
}

function acceptSnapshot(
  state: FeedState,
  message: SnapshotMessage,
  subscription: Subscription | undefined,
  atMs: number,
  effects: FeedEffect[],
): void {
  const { sid, seq, market, marketId, yes, no } = message;
  const { books, counters, epoch, orderbook } = state;
  const book = subscription === orderbook ? books.get(market) : undefined;
  counters.snapshots++;
  if (subscription === orderbook) dataArrived(state);
  if (!book) counters.foreign++;
  // What still comes of a subscription, or of a market, that is being taken out is followed by nothing.
  const isFollowed = book !== undefined && !orderbook.ending && !orderbook.membership.deleting.has(market);
  const isCrossed = isCrossedSnapshot(message);
  const applied = isFollowed && !isCrossed;
  if (applied) {
    compareAudited(state, message, book, atMs, effects);
    books.replace(book, message, state.doubt, state.monotonicMs);
    state.requests.fulfil(market, state.monotonicMs);
    // Only what it has taken in does an exchange send; its acknowledgement may be late, or lost.
    orderbook.membership.confirm(market);
  }
  effects.push({ type: 'snapshot', epoch, sid, seq, receivedAtMs: atMs, market, marketId, yes, no, applied });
  if (isFollowed && isCrossed) {
    endAuditOf(state, market, effects);
    desynced(state, market, `came crossed at seq ${seq}`, atMs, effects);
    answeredUnusably(state, market);
  }
}

export const isCrossedSnapshot = ({ yes, no }: Pick<SnapshotMessage, 'yes' | 'no'>): boolean =>
  highest(yes) + highest(no) >= ONE_DOLLAR;

const highest = (levels: readonly Level[]): number => {
  let price = -Infinity;
  for (const level of levels) if (level[0] > price) price = level[0];
  return price;
};

/** A frame that cannot be read is kept as text. What it may have changed is stale from here on, and nothing else. */
function acceptViolation(
  state: FeedState,
  subscription: Subscription | undefined,
  violation: ViolationMessage,
  text: string,
  atMs: number,
  effects: FeedEffect[],
): void {
  const { sid, seq, reason, market, subject } = violation;
  const { books, orderbook, epoch } = state;
  state.counters.violations++;
  effects.push({ type: 'unrecognized', epoch, frameType: '', sid, seq, receivedAtMs: atMs, text, reason });
  tellViolation(state, violation, atMs, effects);
  if (subscription && seq !== null) {
    const hole = { firstSeq: seq, lastSeq: seq, toAtMs: atMs, cause: 'violation', market } as const;
    nameGap(state, subscription, hole, effects);
  }
  // Another channel's, or of a sid that is nobody's.
  if (sid !== null && subscription !== orderbook) return;
  if (seq === null || sid === null) return awaitNextNumber(state, atMs, effects);
  if (market === null || subject === null) return markStale(state, books.markets(), 'violation', atMs, effects);
  markStale(state, [market], 'violation', atMs, effects);
  if (subject === 'delta') return;
  endAuditOf(state, market, effects);
  answeredUnusably(state, market);
}

/** What this version cannot hold will come again and again: it is told once for each market. */
export function tellViolation(
  { toldUnsupported, books }: FeedState,
  { reason, market, unsupported }: Pick<ViolationMessage, 'reason' | 'market' | 'unsupported'>,
  atMs: number,
  effects: FeedEffect[],
): void {
  const details = market === null ? {} : { market };
  if (unsupported === null || market === null || !books.has(market)) {
    const error = new OrderbookClientError(
      'PROTOCOL_VIOLATION',
      `The exchange sent a frame that is ${reason}.`,
      details,
    );
    effects.push({ type: 'problem', error, retryInMs: null, atMs });
    return;
  }
  if (toldUnsupported.has(market)) return;
  toldUnsupported.add(market);
  const message =
    `The exchange sent ${unsupported} for ${market}, and this version holds prices to $0.0001 and sizes to 0.01 ` +
    `contract. Its book is stale whenever such a value is in it; the others are not. Install a newer version, or take ` +
    `the market out with removeMarkets.`;
  const error = new OrderbookClientError('PRECISION_UNSUPPORTED', message, details);
  effects.push({ type: 'problem', error, retryInMs: null, atMs });
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
