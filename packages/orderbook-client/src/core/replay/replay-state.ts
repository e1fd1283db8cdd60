// What a replay knows: what a live feed knows, without what a socket needs, and the connections of the recording.
import type { FeedRecord } from '../../records.ts';
import type { WireChannel } from '../../wire.ts';
import { FeedState, type FeedConfig, type FeedEffect } from '../state/feed-state.ts';
import { Subscription } from '../state/subscription.ts';
import { numbersAreComplete } from '../upkeep/verification.ts';
import { HeldHoles } from './held-holes.ts';
import { RecordedStreams, type RecordedStream } from './recorded-streams.ts';
import { ReplayedBooks } from './replayed-books.ts';

export class ReplayState {
  readonly feed: FeedState;
  readonly books: ReplayedBooks;
  readonly streams = new RecordedStreams();
  readonly holes = new HeldHoles(this.streams);
  /** As that of a connection, for a hole of one market. */
  readonly missedUntilMs = new Map<string, number>();
  /** Connections on which a frame came that may have had a number of the books. */
  readonly unnumbered = new Set<number>();
  newestEpoch = -1;

  constructor(config: FeedConfig, takesAll: boolean) {
    this.feed = new FeedState(config);
    this.books = new ReplayedBooks(this.feed.books, takesAll);
  }

  /** What a subscription is for is known from here on. */
  learn(stream: RecordedStream, channel: WireChannel): void {
    const { feed } = this;
    stream.channel = channel;
    const subscription = new Subscription(channel, 'all');
    subscription.sid = stream.sid;
    subscription.sequence = stream.sequence;
    feed.subscriptions = new Map([...feed.subscriptions, [channel, subscription]]);
    if (channel === 'orderbook_delta') feed.orderbook = subscription;
  }

  /** A connection's next number has come, or what it hides is named: its books are right, or are stale by now. */
  noteNumbered(epoch: number, atMs: number, effects: FeedEffect[]): void {
    if (this.unnumbered.delete(epoch) && this.unnumbered.size === 0) numbersAreComplete(this.feed, atMs, effects);
  }

  /** The reader does not want it, so a live client would not have asked for it. */
  leaveOut(): void {
    this.feed.counters.foreign++;
  }
}

export const isOfBooks = ({ channel }: RecordedStream, { kind }: FeedRecord): boolean =>
  channel === 'orderbook_delta' || kind === 'delta' || kind === 'snapshot';
