// A recording, told as the feed told it when it was live. A record comes in; the events that the client made of it then come
// out, and the books are what they were. It has no clock: time is the records'.
//
// A hole is stored where it begins, and was seen later: by the next number, or by the loss of the socket. Until then the
// client had no reason to doubt its books. So a hole is held here until what showed it is reached:
//
// - a number behind it on its subscription, or a record of a later time than its end;
// - of a hole without an end: a record of another connection, as no frame comes on a socket that is gone. What else came on
//   that socket, on other subscriptions, came before;
// - of a subscription that was lost: the reply that said so.
import { OrderbookClientError } from '../../errors.ts';
import type { OrderbookEvent, StaleReason } from '../../events.ts';
import {
  eventToRecord,
  recordToEvent,
  type FeedRecord,
  type GapRecord,
  type RawRecord,
  type SnapshotRecord,
} from '../../records.ts';
import type { WireChannel } from '../../wire.ts';
import type { TrackedBook } from '../book/book-view.ts';
import { decodeFrame, type Message } from '../decode/decode.ts';
import { exchangeError } from '../decode/exchange-errors.ts';
import { messageToEvent } from '../decode/message-event.ts';
import { acceptDelta, desynced, isCrossedSnapshot, noteGrid, tellViolation } from '../feed/frames.ts';
import { enter, FeedState, markStale, type FeedConfig, type FeedEffect } from '../state/feed-state.ts';
import { SequenceTracker } from '../state/sequence.ts';
import { Subscription } from '../state/subscription.ts';
import { awaitNextNumber, numbersAreComplete } from '../upkeep/verification.ts';
import { whatIsWrong } from './record-check.ts';

/** One connection of the recording. */
type Connection = {
  readonly epoch: number;
  readonly streams: Map<number, Stream>;
  /** What was missed has no number: no book is known before a snapshot that came after this time. */
  missedUntilMs: number;
};

/** One subscription of it. */
type Stream = {
  readonly connection: Connection;
  readonly sid: number;
  channel: WireChannel | null;
  sequence: SequenceTracker;
  /** The exchange has said that it is over. */
  isEnded: boolean;
};

type Of<K extends FeedRecord['kind']> = Extract<FeedRecord, { kind: K }>;

export class ReplayFeed {
  /** As that of a live feed, without what a socket needs. */
  readonly state: FeedState;
  /** `false`: only the wanted markets are told of. */
  readonly #takesAll: boolean;
  /** The reader wants them no longer. */
  readonly #removed = new Set<string>();
  /** The recorder wanted them no longer; kept for those who hold them, should they come back. */
  readonly #parked = new Map<string, TrackedBook>();
  readonly #connections = new Map<number, Connection>();
  /** What each book was made from. */
  readonly #sources = new Map<TrackedBook, Stream>();
  /** As that of a connection, for a hole of one market. */
  readonly #missedUntilMs = new Map<string, number>();
  #held: GapRecord[] = [];
  /** Connections on which a frame came that may have had a number of the books. */
  readonly #unnumbered = new Set<number>();
  #newestEpoch = -1;
  #stream: Stream | null = null;

  /** @param takesAll every market of the recording is wanted, from its first record on */
  constructor(config: FeedConfig, takesAll: boolean) {
    this.state = new FeedState(config);
    this.#takesAll = takesAll;
  }

  start(atMs: number): OrderbookEvent[] {
    const effects: FeedEffect[] = [];
    if (this.state.phase === 'idle') enter(this.state, 'connecting', atMs, effects);
    return effects as OrderbookEvent[];
  }

  addMarkets(markets: readonly string[]): void {
    for (const market of markets) {
      this.#removed.delete(market);
      this.state.books.add(market, this.#parked.get(market));
    }
  }

  removeMarkets(markets: readonly string[]): void {
    for (const market of markets) {
      this.#removed.add(market);
      this.#takeOut(market);
    }
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
    if (this.#held.length === 0 || (next !== null && (next.kind === 'gap' || whatIsWrong(next) !== null)))
      return NOTHING;
    const effects: FeedEffect[] = [];
    this.#release(
      ({ epoch, toAtMs }) => next === null || (toAtMs === null ? next.epoch !== epoch : next.receivedAtMs > toAtMs),
      atMs,
      effects,
    );
    return effects as OrderbookEvent[];
  }

  /** Takes a record. @returns the events that it was */
  take(record: FeedRecord, atMs: number, effects: FeedEffect[]): void {
    const { state } = this;
    const wrong = whatIsWrong(record);
    if (wrong !== null) return this.#refuse(record, wrong, atMs, effects);
    state.monotonicMs = atMs;
    if (record.kind === 'gap') return this.#takeGap(record, atMs, effects);
    state.counters.frames++;
    state.epoch = record.epoch;
    if (record.epoch > this.#newestEpoch) this.#open(record.epoch, atMs, effects);
    const message = record.kind === 'raw' ? decodeFrame(record.text) : null;
    const stream = record.sid === null ? null : this.#streamOf(record.epoch, record.sid);
    if (stream) this.#count(stream, record, message, atMs, effects);
    switch (record.kind) {
      case 'delta':
        this.#takeDelta(stream!, record, atMs, effects);
        break;
      case 'snapshot':
        this.#takeSnapshot(stream!, record, atMs, effects);
        break;
      case 'trade':
        stream!.channel = 'trade';
        this.#takeTrade(record, effects);
        break;
      case 'ticker':
      case 'lifecycle':
        this.#takeFact(stream!, record, effects);
        break;
      case 'raw':
        this.#takeRaw(stream, record, message!, atMs, effects);
    }
    if (this.#held.length > 0) this.#releaseBehind(record, atMs, effects);
    state.epoch = this.#newestEpoch;
    const { books } = state;
    if (state.phase === 'subscribing' && books.size > 0 && books.syncedCount === books.size)
      enter(state, 'live', atMs, effects);
  }

  /** A connection begins. What the one before left open is forgotten, as the client does. */
  #open(epoch: number, atMs: number, effects: FeedEffect[]): void {
    const { state } = this;
    this.#newestEpoch = epoch;
    state.counters.epochs++;
    state.forgetConnection();
    if (state.phase === 'waiting') enter(state, 'connecting', atMs, effects);
    enter(state, 'subscribing', atMs, effects);
  }

  #connectionOf(epoch: number): Connection {
    let connection = this.#connections.get(epoch);
    if (!connection) {
      connection = { epoch, streams: new Map(), missedUntilMs: -Infinity };
      this.#connections.set(epoch, connection);
    }
    return connection;
  }

  #streamOf(epoch: number, sid: number): Stream {
    const last = this.#stream;
    if (last?.sid === sid && last.connection.epoch === epoch) return last;
    const connection = this.#connectionOf(epoch);
    let stream = connection.streams.get(sid);
    if (!stream) {
      stream = { connection, sid, channel: null, sequence: new SequenceTracker(), isEnded: false };
      connection.streams.set(sid, stream);
    }
    this.#stream = stream;
    return stream;
  }

  /** Follows the numbers, which only go on: what is missing is named by a hole, or was left out by whoever chose markets. */
  #count(
    stream: Stream,
    record: Exclude<FeedRecord, GapRecord>,
    message: Message | null,
    atMs: number,
    effects: FeedEffect[],
  ): void {
    const { seq } = record;
    if (message?.kind === 'subscribed') {
      const isLost = (gap: GapRecord): boolean =>
        gap.epoch === record.epoch && gap.cause === 'subscription-lost' && this.#channelOf(gap) === message.channel;
      this.#release(isLost, atMs, effects);
      this.#learn(stream, message.channel as WireChannel);
    }
    if (seq === null) return;
    if (this.#held.length > 0) {
      const isBehind = ({ epoch, sid, firstSeq, lastSeq }: GapRecord): boolean =>
        epoch === record.epoch && sid === record.sid && (lastSeq === null ? seq >= firstSeq! : seq > lastSeq);
      this.#release(isBehind, atMs, effects);
    }
    const verdict = stream.sequence.accept(seq);
    if (verdict === 'duplicate' || verdict === 'reset') this.#wentBack(stream, seq, atMs, effects);
    if (this.#unnumbered.size > 0 && isOfBooks(stream, record)) this.#noteNumbered(record.epoch, atMs, effects);
  }

  /** A connection's next number has come, or what it hides is named: its books are right, or are stale by now. */
  #noteNumbered(epoch: number, atMs: number, effects: FeedEffect[]): void {
    if (this.#unnumbered.delete(epoch) && this.#unnumbered.size === 0) numbersAreComplete(this.state, atMs, effects);
  }

  #learn(stream: Stream, channel: WireChannel): void {
    const { state } = this;
    stream.channel = channel;
    const subscription = new Subscription(channel, 'all');
    subscription.sid = stream.sid;
    subscription.sequence = stream.sequence;
    state.subscriptions = new Map([...state.subscriptions, [channel, subscription]]);
    if (channel === 'orderbook_delta') state.orderbook = subscription;
  }

  /** Two recordings may stand one after the other, or one is out of order: what is known ends here. */
  #wentBack(stream: Stream, seq: number, atMs: number, effects: FeedEffect[]): void {
    const { state } = this;
    state.counters.duplicates++;
    const text = `The recording's numbers of sid ${stream.sid} went back from ${stream.sequence.last} to ${seq}. Its books are stale until their next snapshots.`;
    stream.sequence = new SequenceTracker(seq);
    effects.push({ type: 'problem', error: new OrderbookClientError('SEQUENCE_RESET', text), retryInMs: null, atMs });
    markStale(state, this.#marketsOf(stream), 'gap', atMs, effects);
  }

  #takeDelta(stream: Stream, record: Of<'delta'>, atMs: number, effects: FeedEffect[]): void {
    const { state } = this;
    const { market } = record;
    if (stream.channel === null) this.#learn(stream, 'orderbook_delta');
    const book = this.#bookOf(market);
    if (!book) return this.#leaveOut();
    const source = this.#sources.get(book);
    if (source !== stream && source) {
      // The market has moved, and what it moved from says nothing of it any more.
      if (source.connection.epoch <= record.epoch) markStale(state, [market], 'resubscribed', atMs, effects);
      acceptDelta(state, record, market, undefined, atMs, effects);
      return;
    }
    acceptDelta(state, record, market, book, atMs, effects);
  }

  #takeSnapshot(stream: Stream, record: SnapshotRecord, atMs: number, effects: FeedEffect[]): void {
    const { state } = this;
    const { market, receivedAtMs, seq } = record;
    if (stream.channel === null) this.#learn(stream, 'orderbook_delta');
    const book = this.#bookOf(market);
    if (!book) return this.#leaveOut();
    state.counters.snapshots++;
    const isCrossed = isCrossedSnapshot(record);
    const missedUntilMs = Math.max(stream.connection.missedUntilMs, this.#missedUntilMs.get(market) ?? -Infinity);
    const applied = !isCrossed && receivedAtMs > missedUntilMs;
    if (applied) {
      state.books.replace(book, record, state.doubt, atMs);
      this.#sources.set(book, stream);
    }
    effects.push(recordToEvent(record, { applied }));
    if (isCrossed) desynced(state, market, `came crossed at seq ${seq}`, atMs, effects);
  }

  #takeTrade(record: Of<'trade'>, effects: FeedEffect[]): void {
    if (this.#isLeftOut(record.market)) return this.#leaveOut();
    this.state.counters.channelFrames++;
    effects.push(recordToEvent(record));
  }

  #takeFact(stream: Stream, record: Of<'ticker' | 'lifecycle'>, effects: FeedEffect[]): void {
    const event = recordToEvent(record);
    stream.channel = record.kind === 'ticker' ? 'ticker' : 'market_lifecycle_v2';
    this.state.counters.channelFrames++;
    if (event.type === 'market-lifecycle') noteGrid(this.state, event);
    effects.push(event);
  }

  #takeRaw(stream: Stream | null, record: RawRecord, message: Message, atMs: number, effects: FeedEffect[]): void {
    const { state } = this;
    const { counters, rawFrames } = state;
    const event = messageToEvent(message, record);
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- whatever else there is belongs to another channel
    switch (event.type) {
      // What this version can read and the one that recorded it could not.
      case 'delta':
      case 'snapshot': {
        const read = eventToRecord(event) as Of<'delta'> | SnapshotRecord;
        if (read.kind === 'delta') this.#takeDelta(this.#streamOf(read.epoch, read.sid), read, atMs, effects);
        else this.#takeSnapshot(this.#streamOf(read.epoch, read.sid), read, atMs, effects);
        return;
      }
      case 'control':
        counters.control++;
        effects.push(event);
        this.#noteEnded(record.epoch, record.sid, message);
        if (stream?.channel === 'orderbook_delta') this.#follow(stream, message, atMs, effects);
        return;
      case 'unrecognized': {
        effects.push(event);
        counters[message.kind === 'violation' ? 'violations' : 'unrecognized']++;
        if (message.kind !== 'violation') return;
        tellViolation(state, message, atMs, effects);
        const isOfBooks = record.sid === null || stream?.channel === 'orderbook_delta';
        if (isOfBooks && (record.seq === null || record.sid === null)) {
          this.#unnumbered.add(record.epoch);
          awaitNextNumber(state, atMs, effects);
        }
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
        if (event.type === 'market-lifecycle') noteGrid(state, event);
        effects.push(event);
    }
  }

  /** The books' subscription was ended or changed by the recorder: what it does not have any more, nothing is known of. */
  #follow(stream: Stream, message: Message, atMs: number, effects: FeedEffect[]): void {
    const { state } = this;
    const ofStream = this.#marketsOf(stream);
    if (message.kind === 'unsubscribed') markStale(state, ofStream, 'resubscribed', atMs, effects);
    if (message.kind !== 'ok' || message.markets === null) return;
    const listed = new Set(message.markets);
    const gone = ofStream.filter((market) => !listed.has(market));
    markStale(state, gone, 'unwanted', atMs, effects);
    if (!this.#takesAll) return;
    for (const market of gone) {
      this.#parked.set(market, state.books.get(market)!);
      this.#takeOut(market);
    }
  }

  #takeGap(gap: GapRecord, atMs: number, effects: FeedEffect[]): void {
    const { epoch, sid, firstSeq, lastSeq } = gap;
    const stream = sid === null ? undefined : this.#connections.get(epoch)?.streams.get(sid);
    const isPassed = lastSeq !== null && stream !== undefined && stream.sequence.last >= lastSeq;
    if (sid === null || firstSeq === null || isPassed || isLoss(gap, stream)) this.#tellGap(gap, atMs, effects);
    else this.#held.push(gap);
  }

  /** A hole that is the record itself, which could not be read; or the loss of a subscription that the record told. */
  #releaseBehind({ epoch, sid, seq }: Exclude<FeedRecord, GapRecord>, atMs: number, effects: FeedEffect[]): void {
    const streams = this.#connectionOf(epoch).streams;
    this.#release(
      (gap) =>
        gap.epoch === epoch &&
        ((gap.sid === sid && gap.lastSeq !== null && seq !== null && gap.lastSeq <= seq) ||
          isLoss(gap, streams.get(gap.sid!))),
      atMs,
      effects,
    );
  }

  /** Notes which subscriptions a reply says to be over. */
  #noteEnded(epoch: number, sid: number | null, message: Message): void {
    const { streams } = this.#connectionOf(epoch);
    const isTerminal = message.kind === 'error' && exchangeError(message.code).terminal;
    const listed = message.kind === 'ok' ? message.subscriptions : null;
    for (const stream of streams.values()) {
      const isMeant = sid === null ? streams.size === 1 : stream.sid === sid;
      const isLeftOut = listed !== null && !listed.some((one) => one.sid === stream.sid);
      if (isLeftOut || (isMeant && (isTerminal || message.kind === 'unsubscribed'))) stream.isEnded = true;
    }
  }

  #release(isSeen: (gap: GapRecord) => boolean, atMs: number, effects: FeedEffect[]): void {
    const seen = this.#held.filter(isSeen);
    if (seen.length === 0) return;
    this.#held = this.#held.filter((gap) => !seen.includes(gap));
    const lost = seen.filter(({ cause }) => cause === 'disconnected');
    for (const gap of seen) if (!lost.includes(gap)) this.#tellGap(gap, atMs, effects);
    // The client names the holes of all subscriptions of a socket, and then its books.
    const inOrder = lost.toSorted(
      (a, b) => a.epoch - b.epoch || this.#placeOf(a) - this.#placeOf(b) || a.sid! - b.sid!,
    );
    for (const gap of inOrder) this.#pushGap(gap, effects);
    for (const epoch of new Set(lost.map((gap) => gap.epoch))) this.#close(epoch, atMs, effects);
  }

  #close(epoch: number, atMs: number, effects: FeedEffect[]): void {
    const { state } = this;
    const connection = this.#connectionOf(epoch);
    const markets = [...connection.streams.values()].flatMap((stream) => this.#marketsOf(stream));
    state.epoch = epoch;
    markStale(state, markets, 'disconnected', atMs, effects);
    this.#noteNumbered(epoch, atMs, effects);
    this.#connections.delete(epoch);
    this.#stream = null;
    if (epoch === this.#newestEpoch) enter(state, 'waiting', atMs, effects);
  }

  #tellGap(gap: GapRecord, atMs: number, effects: FeedEffect[]): void {
    const { state } = this;
    const { epoch, sid, firstSeq, fromAtMs, toAtMs, cause, market } = gap;
    this.#pushGap(gap, effects);
    const connection = this.#connectionOf(epoch);
    const streams = sid === null ? [...connection.streams.values()] : [connection.streams.get(sid)];
    // What was missed without a number was missed by its end, and a book that came before that may lack it.
    if (firstSeq === null) {
      const untilMs = toAtMs ?? fromAtMs;
      if (market) this.#missedUntilMs.set(market, untilMs);
      else connection.missedUntilMs = Math.max(connection.missedUntilMs, untilMs);
    }
    const before = state.epoch;
    state.epoch = epoch;
    const markets = market ? [market] : streams.flatMap((stream) => (stream ? this.#marketsOf(stream) : []));
    markStale(state, markets, STALE_REASONS.get(cause) ?? 'gap', atMs, effects);
    const isOfBooks = streams.some((stream) => stream?.channel === 'orderbook_delta');
    if (isOfBooks && !market) this.#noteNumbered(epoch, atMs, effects);
    state.epoch = before;
  }

  #pushGap(gap: GapRecord, effects: FeedEffect[]): void {
    this.state.counters.gaps++;
    effects.push(recordToEvent(gap, { channel: this.#channelOf(gap) }));
  }

  #channelOf({ epoch, sid }: GapRecord): WireChannel | null {
    return sid === null ? null : (this.#connections.get(epoch)?.streams.get(sid)?.channel ?? null);
  }

  #placeOf(gap: GapRecord): number {
    const channel = this.#channelOf(gap);
    return channel === null ? CHANNELS.length : CHANNELS.indexOf(channel);
  }

  /** What cannot be read may have been anything: of its market, if it says which; else of any. */
  #refuse(record: unknown, wrong: string, atMs: number, effects: FeedEffect[]): void {
    const { state } = this;
    state.counters.violations++;
    const text = `The source gave what is no record: ${wrong}. Books are stale until their next snapshots.`;
    effects.push({
      type: 'problem',
      error: new OrderbookClientError('RECORD_UNREADABLE', text),
      retryInMs: null,
      atMs,
    });
    const { market } = (record ?? {}) as { readonly market?: unknown };
    const isKnown = typeof market === 'string' && state.books.has(market);
    markStale(state, isKnown ? [market] : [...state.books.markets()], 'violation', atMs, effects);
  }

  /** The markets whose books were made from it. */
  #marketsOf(stream: Stream): string[] {
    const markets: string[] = [];
    for (const [{ market }, source] of this.#sources) if (source === stream) markets.push(market);
    return markets;
  }

  #bookOf(market: string): TrackedBook | undefined {
    const { books } = this.state;
    const book = books.get(market);
    if (book || !this.#takesAll || this.#removed.has(market)) return book;
    books.add(market, this.#parked.get(market));
    this.#parked.delete(market);
    return books.get(market);
  }

  #takeOut(market: string): void {
    const book = this.state.books.get(market);
    if (!book) return;
    this.#sources.delete(book);
    this.state.books.remove(market);
  }

  #isLeftOut(market: string): boolean {
    return this.#takesAll ? this.#removed.has(market) : !this.state.books.has(market);
  }

  /** The reader does not want it, so a live client would not have asked for it. */
  #leaveOut(): void {
    this.state.counters.foreign++;
  }
}

/** The order in which the holes of one cut are told; the client's is that of its option. */
const CHANNELS: readonly WireChannel[] = [
  'orderbook_delta',
  'trade',
  'ticker',
  'market_lifecycle_v2',
  'fill',
  'user_orders',
  'market_positions',
  'order_group_updates',
];

const isLoss = ({ cause }: GapRecord, stream: Stream | undefined): boolean =>
  cause === 'subscription-lost' && stream?.isEnded === true;

const NOTHING: readonly OrderbookEvent[] = [];

/** What the books are called after a hole of the client's own. */
const STALE_REASONS: ReadonlyMap<string, StaleReason> = new Map([
  ['violation', 'violation'],
  ['disconnected', 'disconnected'],
  ['subscription-lost', 'resubscribed'],
]);

const isOfBooks = ({ channel }: Stream, { kind }: FeedRecord): boolean =>
  channel === 'orderbook_delta' || kind === 'delta' || kind === 'snapshot';
