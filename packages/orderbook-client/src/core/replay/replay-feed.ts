// A recording, told as the feed told it when it was live. A record comes in; the events that the client made of it then come
// out, and the books are what they were. It has no clock: time is the records'.
import { OrderbookClientError } from '../../errors.ts';
import type { OrderbookEvent } from '../../events.ts';
import type { FeedRecord, GapRecord } from '../../records.ts';
import type { WireChannel } from '../../wire.ts';
import { decodeFrame, type Message } from '../decode/decode.ts';
import { enter, markStale, type FeedConfig, type FeedEffect, type FeedState } from '../state/feed-state.ts';
import { SequenceTracker } from '../state/sequence.ts';
import { whatIsWrong } from './record-check.ts';
import type { RecordedStream } from './recorded-streams.ts';
import { isOfBooks, ReplayState } from './replay-state.ts';
import { takeRaw } from './take-raw-record.ts';
import { takeDelta, takeReferenceData, takeSnapshot, takeTrade } from './take-records.ts';
import { loseAll, loseUntold, tellHole, tellHoles } from './tell-holes.ts';

export class ReplayFeed {
  readonly #replay: ReplayState;

  /** @param takesAll every market of the recording is wanted, from its first record on */
  constructor(config: FeedConfig, takesAll: boolean) {
    this.#replay = new ReplayState(config, takesAll);
  }

  /** As that of a live feed, without what a socket needs. */
  get state(): FeedState {
    return this.#replay.feed;
  }

  start(atMs: number): OrderbookEvent[] {
    const effects: FeedEffect[] = [];
    if (this.state.phase === 'idle') enter(this.state, 'connecting', atMs, effects);
    return effects as OrderbookEvent[];
  }

  addMarkets(markets: readonly string[]): void {
    this.#replay.books.add(markets);
  }

  removeMarkets(markets: readonly string[]): void {
    this.#replay.books.remove(markets);
    this.#replay.answered(markets);
  }

  /** Nothing more is told. @param isLost what the books say is not known any more */
  end(isLost: boolean, atMs: number): OrderbookEvent[] {
    const effects: FeedEffect[] = [];
    const { state } = this;
    if (isLost) markStale(state, [...state.books.markets()], 'disconnected', atMs, effects);
    enter(state, 'closed', atMs, effects);
    return effects as OrderbookEvent[];
  }

  /** The holes that the next record shows to have been seen before it. `null`: there is no next record. */
  before(next: FeedRecord | null, atMs: number): readonly OrderbookEvent[] {
    const replay = this.#replay;
    const { holes, newestEpoch } = replay;
    if (holes.size === 0 && (next === null || (next?.kind === 'delta' && next.epoch === newestEpoch))) return NOTHING;
    if (next !== null && (whatIsWrong(next) !== null || next.kind === 'gap')) return NOTHING;
    const effects: FeedEffect[] = [];
    if (next === null) tellHoles(replay, holes.all(), atMs, effects);
    else if (beginsAnew(replay, next)) loseAll(replay, atMs, effects);
    else {
      if (holes.size > 0) tellHoles(replay, holes.shownBefore(next, next.epoch > newestEpoch), atMs, effects);
      const gone = next.kind === 'snapshot' ? replay.goneBy(next) : null;
      if (gone) loseUntold(replay, gone, replay.streams.connectionOf(next.epoch), atMs, effects);
    }
    return effects as OrderbookEvent[];
  }

  /** Takes a record, and adds the events that it was. */
  take(record: FeedRecord, atMs: number, effects: FeedEffect[]): void {
    const replay = this.#replay;
    const { feed, holes, streams } = replay;
    const wrong = whatIsWrong(record);
    if (wrong !== null) {
      // It may have been what shows a hole.
      tellHoles(replay, holes.all(), atMs, effects);
      return refuse(feed, record, wrong, atMs, effects);
    }
    feed.monotonicMs = atMs;
    if (record.kind === 'gap') {
      if (!holes.hold(record)) tellHole(replay, record, atMs, effects);
      return;
    }
    feed.counters.frames++;
    feed.epoch = record.epoch;
    if (record.epoch > replay.newestEpoch) replay.open(record, atMs, effects);
    const message = record.kind === 'raw' ? decodeFrame(record.text) : null;
    const stream = record.sid === null ? null : streams.streamOf(record.epoch, record.sid);
    if (stream) count(replay, stream, record, message, atMs, effects);
    switch (record.kind) {
      case 'delta':
        takeDelta(replay, stream!, record, atMs, effects);
        break;
      case 'snapshot':
        takeSnapshot(replay, stream!, record, atMs, effects);
        break;
      case 'trade':
        takeTrade(replay, stream!, record, effects);
        break;
      case 'ticker':
      case 'lifecycle':
        takeReferenceData(replay, stream!, record, effects);
        break;
      case 'raw':
        takeRaw(replay, stream, record, message!, atMs, effects);
    }
    if (holes.size > 0) tellHoles(replay, holes.shownBehind(record), atMs, effects);
    feed.epoch = replay.newestEpoch;
    replay.lookForLive(record.kind === 'snapshot', atMs, effects);
  }
}

const NOTHING: readonly OrderbookEvent[] = [];

/**
 * Whether it is the first of another recording, whose connections are counted from 1 again: a subscription is confirmed that had its
 * numbers, or a number comes again on a connection that is lost.
 */
function beginsAnew({ streams }: ReplayState, record: Exclude<FeedRecord, GapRecord>): boolean {
  const stream = streams.find(record);
  if (!stream || stream.sequence.last === 0) return false;
  if (record.seq !== null) return stream.connection.isLost && record.seq <= stream.sequence.last;
  return record.kind === 'raw' && decodeFrame(record.text).kind === 'subscribed';
}

/** Follows the numbers, which only go on: what is missing is named by a hole, or was left out by whoever chose markets. */
function count(
  replay: ReplayState,
  stream: RecordedStream,
  record: Exclude<FeedRecord, GapRecord>,
  message: Message | null,
  atMs: number,
  effects: FeedEffect[],
): void {
  const { holes } = replay;
  const { epoch, sid, seq } = record;
  if (message?.kind === 'subscribed') {
    tellHoles(replay, holes.shownBySubscribing(epoch, message.channel), atMs, effects);
    replay.learn(stream, message.channel as WireChannel);
  }
  // Where no confirmation was recorded, its first data says what a subscription is for.
  if (stream.channel === null && (record.kind === 'delta' || record.kind === 'snapshot')) {
    tellHoles(replay, holes.shownBySubscribing(epoch, 'orderbook_delta'), atMs, effects);
    replay.learn(stream, 'orderbook_delta');
  }
  stream.heardAtMs = record.receivedAtMs;
  if (seq === null) return;
  if (holes.size > 0) tellHoles(replay, holes.shownByNumber(epoch, sid, seq), atMs, effects);
  const verdict = stream.sequence.accept(seq);
  if (verdict === 'duplicate' || verdict === 'reset') wentBack(replay, stream, seq, atMs, effects);
  if (replay.awaitsNumbers && isOfBooks(stream, record)) replay.noteNumbered(epoch, atMs, effects);
}

/** Two recordings may stand one after the other, or one is out of order: what is known ends here. */
function wentBack(
  { feed, books }: ReplayState,
  stream: RecordedStream,
  seq: number,
  atMs: number,
  effects: FeedEffect[],
): void {
  feed.counters.duplicates++;
  const text = `The recording's numbers of sid ${stream.sid} went back from ${stream.sequence.last} to ${seq}. Its books are stale until their next snapshots.`;
  stream.sequence = new SequenceTracker(seq);
  effects.push({ type: 'problem', error: new OrderbookClientError('SEQUENCE_RESET', text), retryInMs: null, atMs });
  markStale(feed, books.marketsOf(stream), 'gap', atMs, effects);
}

/** What cannot be read may have been anything: of its market, if it says which; else of any. */
function refuse(feed: FeedState, record: unknown, wrong: string, atMs: number, effects: FeedEffect[]): void {
  feed.counters.violations++;
  const text = `The source gave what is no record: ${wrong}. Books are stale until their next snapshots.`;
  effects.push({ type: 'problem', error: new OrderbookClientError('RECORD_UNREADABLE', text), retryInMs: null, atMs });
  const { market } = (record ?? {}) as { readonly market?: unknown };
  const isKnown = typeof market === 'string' && feed.books.has(market);
  markStale(feed, isKnown ? [market] : [...feed.books.markets()], 'violation', atMs, effects);
}
