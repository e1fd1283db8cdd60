// What a frame does that was kept as its text. It is decoded again, by this version.
import { eventToRecord, type DeltaRecord, type RawRecord, type SnapshotRecord } from '../../records.ts';
import type { Message } from '../decode/decode.ts';
import { messageToEvent } from '../decode/message-event.ts';
import { noteGrid, tellViolation } from '../feed/frames.ts';
import { markStale, type FeedEffect } from '../state/feed-state.ts';
import { noteEnded, type RecordedStream } from './recorded-streams.ts';
import type { ReplayState } from './replay-state.ts';
import { takeDelta, takeSnapshot } from './take-records.ts';

export function takeRaw(
  state: ReplayState,
  stream: RecordedStream | null,
  record: RawRecord,
  message: Message,
  atMs: number,
  effects: FeedEffect[],
): void {
  const { feed, streams } = state;
  const { counters, rawFrames } = feed;
  const event = messageToEvent(message, record);
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- whatever else there is belongs to another channel
  switch (event.type) {
    // What this version can read and the one that recorded it could not.
    case 'delta':
    case 'snapshot': {
      const read = eventToRecord(event) as DeltaRecord | SnapshotRecord;
      const of = streams.streamOf(read.epoch, read.sid);
      if (read.kind === 'delta') takeDelta(state, of, read, atMs, effects);
      else takeSnapshot(state, of, read, atMs, effects);
      return;
    }
    case 'control':
      counters.control++;
      effects.push(event);
      noteEnded(streams.connectionOf(record.epoch), record.sid, message);
      if (stream?.channel === 'orderbook_delta') follow(state, stream, message, atMs, effects);
      return;
    case 'unrecognized': {
      effects.push(event);
      counters[message.kind === 'violation' ? 'violations' : 'unrecognized']++;
      if (message.kind !== 'violation') return;
      tellViolation(feed, message, atMs, effects);
      const isOfBooks = record.sid === null || stream?.channel === 'orderbook_delta';
      if (isOfBooks && (record.seq === null || record.sid === null)) state.awaitNumber(record.epoch, atMs, effects);
      return;
    }
    case 'raw':
      counters.channelFrames++;
      rawFrames[event.channel] = (rawFrames[event.channel] ?? 0) + 1;
      effects.push(event);
      return;
    default:
      counters.channelFrames++;
      counters.unreadableFields += event.unreadable?.length ?? 0;
      if (event.type === 'market-lifecycle') noteGrid(feed, event);
      effects.push(event);
  }
}

/** The books' subscription was ended or changed by the recorder: what it does not have any more, nothing is known of. */
function follow(
  state: ReplayState,
  stream: RecordedStream,
  message: Message,
  atMs: number,
  effects: FeedEffect[],
): void {
  const { feed, books } = state;
  const ofStream = books.marketsOf(stream);
  if (message.kind === 'unsubscribed') markStale(feed, ofStream, 'resubscribed', atMs, effects);
  if (message.kind !== 'ok' || message.markets === null) return;
  const listed = new Set(message.markets);
  const gone = ofStream.filter((market) => !listed.has(market));
  markStale(feed, gone, 'unwanted', atMs, effects);
  books.park(gone);
  state.answered(gone);
}
