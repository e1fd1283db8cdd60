// What a replay knows: what a live feed knows, without what a socket needs, and the connections of the recording.
import type { FeedRecord, GapRecord, SnapshotRecord } from '../../records.ts';
import type { WireChannel } from '../../wire.ts';
import { enter, FeedState, suspendBooks, type FeedConfig, type FeedEffect } from '../state/feed-state.ts';
import { Subscription } from '../state/subscription.ts';
import { HeldHoles } from './held-holes.ts';
import { RecordedStreams, type RecordedConnection, type RecordedStream } from './recorded-streams.ts';
import { ReplayedBooks } from './replayed-books.ts';

type Frame = Exclude<FeedRecord, GapRecord>;

export class ReplayState {
  readonly feed: FeedState;
  readonly books: ReplayedBooks;
  readonly streams = new RecordedStreams();
  readonly holes = new HeldHoles(this.streams);
  /** As that of a connection, for a hole of one market. */
  readonly missedUntilMs = new Map<string, number>();
  newestEpoch = -1;
  /** Connections on which a frame came that may have had a number of the books. */
  readonly #unnumbered = new Set<number>();
  /** Connections that are lost, and in whose place there is none yet. */
  #lost = 0;
  /** Those that have to be answered until the phase is `live`: of a connection that was lost beside others. `null`: all. */
  #awaited: Set<string> | null = null;

  constructor(config: FeedConfig, takesAll: boolean) {
    this.feed = new FeedState(config);
    this.books = new ReplayedBooks(this.feed.books, takesAll);
  }

  /** A connection begins. Where it is the only one, what the one before left open is forgotten, as the client does. */
  open({ epoch, receivedAtMs }: Frame, atMs: number, effects: FeedEffect[]): void {
    const { feed } = this;
    const isOnly = this.streams.open().length === 0;
    if (isOnly) feed.forgetConnection();
    this.newestEpoch = epoch;
    this.streams.connectionOf(epoch).openedAtMs = receivedAtMs;
    feed.counters.epochs++;
    this.#lost = isOnly ? 0 : Math.max(0, this.#lost - 1);
    if (this.#lost === 0) this.#goOn(atMs, effects);
  }

  /** A connection is lost, with the books of these markets. @param successor what has come in its place */
  lose(
    connection: RecordedConnection,
    markets: readonly string[],
    atMs: number,
    effects: FeedEffect[],
    successor?: RecordedConnection,
  ): void {
    const { feed } = this;
    connection.isLost = true;
    if (successor) return;
    this.#lost++;
    if (this.streams.open().length === 0) this.#awaited = null;
    else if (feed.phase === 'live') this.#awaited = new Set(markets);
    else for (const market of markets) this.#awaited?.add(market);
    enter(feed, 'waiting', atMs, effects);
  }

  /** Another recording begins: nothing of this one goes on. */
  forgetConnections(): void {
    this.streams.forgetAll();
    this.missedUntilMs.clear();
    this.#unnumbered.clear();
    this.newestEpoch = -1;
    this.#lost = 0;
    this.#awaited = null;
  }

  /** They are answered by snapshots, or wanted no longer. */
  answered(markets: readonly string[]): void {
    for (const market of markets) this.#awaited?.delete(market);
  }

  /** @param isAnswer a snapshot has come: a connection may have taken over the books of two */
  lookForLive(isAnswer: boolean, atMs: number, effects: FeedEffect[]): void {
    const { feed } = this;
    const { books, phase } = feed;
    if ((phase !== 'subscribing' && !(phase === 'waiting' && isAnswer)) || books.size === 0) return;
    const areSynced = books.syncedCount === books.size;
    if (!areSynced && (phase === 'waiting' || this.#awaited?.size !== 0)) return;
    this.#lost = 0;
    this.#goOn(atMs, effects);
    enter(feed, 'live', atMs, effects);
  }

  #goOn(atMs: number, effects: FeedEffect[]): void {
    if (this.feed.phase === 'waiting') enter(this.feed, 'connecting', atMs, effects);
    enter(this.feed, 'subscribing', atMs, effects);
  }

  /** What a subscription is for is known from here on. A connection has one for each channel. */
  learn(stream: RecordedStream, channel: WireChannel): void {
    const { feed } = this;
    for (const other of stream.connection.streams.values())
      if (other !== stream && other.channel === channel) other.isEnded = true;
    stream.channel = channel;
    const subscription = new Subscription(channel, 'all');
    subscription.sid = stream.sid;
    subscription.sequence = stream.sequence;
    feed.subscriptions = new Map([...feed.subscriptions, [channel, subscription]]);
    if (channel === 'orderbook_delta') feed.orderbook = subscription;
  }

  /** A frame of this connection cannot be read, and may have had a number of its books: its next number shows it. */
  awaitNumber(epoch: number, atMs: number, effects: FeedEffect[]): void {
    this.#unnumbered.add(epoch);
    suspendBooks(this.feed, 'violation', atMs, effects, this.marketsOf(this.streams.connectionOf(epoch)));
  }

  get awaitsNumbers(): boolean {
    return this.#unnumbered.size > 0;
  }

  /** A connection's next number has come, or what it hides is named: its books are right, or are stale by now. */
  noteNumbered(epoch: number, atMs: number, effects: FeedEffect[]): void {
    if (!this.#unnumbered.delete(epoch)) return;
    const markets = this.feed.books.verify(this.marketsOf(this.streams.connectionOf(epoch)));
    if (markets.length > 0) effects.push({ type: 'verified', epoch, markets, atMs });
  }

  /**
   * The connection that a snapshot shows to be gone, of which no hole says so, as where another recording goes on: it had the book, and
   * nothing has come on it since the snapshot's connection is there.
   */
  goneBy({ epoch, market }: SnapshotRecord): RecordedConnection | null {
    const book = this.feed.books.get(market);
    const had = book && this.books.sourceOf(book)?.connection;
    if (!had || had.isLost || had.epoch >= epoch) return null;
    const { openedAtMs } = this.streams.connectionOf(epoch);
    return [...had.streams.values()].every(({ heardAtMs }) => heardAtMs <= openedAtMs) ? had : null;
  }

  /** The markets whose books were made from a connection. */
  marketsOf({ streams }: RecordedConnection): string[] {
    return [...streams.values()].flatMap((stream) => this.books.marketsOf(stream));
  }

  /** The reader does not want it, so a live client would not have asked for it. */
  leaveOut(): void {
    this.feed.counters.foreign++;
  }
}

export const isOfBooks = ({ channel }: RecordedStream, { kind }: FeedRecord): boolean =>
  channel === 'orderbook_delta' || kind === 'delta' || kind === 'snapshot';
