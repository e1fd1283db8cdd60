// What a record with fields of its own does to the books, and the events that it was.
import {
  recordToEvent,
  type DeltaRecord,
  type LifecycleRecord,
  type SnapshotRecord,
  type TickerRecord,
  type TradeRecord,
} from '../../records.ts';
import { acceptDelta, desynced, isCrossedSnapshot, noteGrid } from '../feed/frames.ts';
import { markStale, type FeedEffect } from '../state/feed-state.ts';
import type { RecordedStream } from './recorded-streams.ts';
import type { ReplayState } from './replay-state.ts';

export function takeDelta(
  state: ReplayState,
  stream: RecordedStream,
  record: DeltaRecord,
  atMs: number,
  effects: FeedEffect[],
): void {
  const { feed, books } = state;
  const { market } = record;
  if (stream.channel === null) state.learn(stream, 'orderbook_delta');
  const book = books.bookOf(market);
  if (!book) return state.leaveOut();
  const source = books.sourceOf(book);
  if (source !== stream && source) {
    // The market has moved, and what it moved from says nothing of it any more.
    if (source.connection.epoch <= record.epoch) markStale(feed, [market], 'resubscribed', atMs, effects);
    acceptDelta(feed, record, market, undefined, atMs, effects);
    return;
  }
  acceptDelta(feed, record, market, book, atMs, effects);
}

export function takeSnapshot(
  state: ReplayState,
  stream: RecordedStream,
  record: SnapshotRecord,
  atMs: number,
  effects: FeedEffect[],
): void {
  const { feed, books } = state;
  const { market, receivedAtMs, seq } = record;
  if (stream.channel === null) state.learn(stream, 'orderbook_delta');
  const book = books.bookOf(market);
  if (!book) return state.leaveOut();
  feed.counters.snapshots++;
  const isCrossed = isCrossedSnapshot(record);
  const missedUntilMs = Math.max(stream.connection.missedUntilMs, state.missedUntilMs.get(market) ?? -Infinity);
  const applied = !isCrossed && receivedAtMs > missedUntilMs;
  if (applied) {
    feed.books.replace(book, record, feed.doubt, atMs);
    books.madeFrom(book, stream);
    state.answered([market]);
  }
  effects.push(recordToEvent(record, { applied }));
  if (isCrossed) desynced(feed, market, `came crossed at seq ${seq}`, atMs, effects);
}

export function takeTrade(
  state: ReplayState,
  stream: RecordedStream,
  record: TradeRecord,
  effects: FeedEffect[],
): void {
  stream.channel = 'trade';
  if (state.books.isLeftOut(record.market)) return state.leaveOut();
  state.feed.counters.channelFrames++;
  effects.push(recordToEvent(record));
}

export function takeReferenceData(
  { feed }: ReplayState,
  stream: RecordedStream,
  record: TickerRecord | LifecycleRecord,
  effects: FeedEffect[],
): void {
  const event = recordToEvent(record);
  stream.channel = record.kind === 'ticker' ? 'ticker' : 'market_lifecycle_v2';
  feed.counters.channelFrames++;
  if (event.type === 'market-lifecycle') noteGrid(feed, event);
  effects.push(event);
}
