// What a client is to its user. How it works is in client.ts.
import type { BookView } from './core/book/book-view.ts';
import type { EventStreamOptions } from './streams/event-queue.ts';
import type { PriceRange, RawChannel } from './channel-events.ts';
import type { BookRepair, FeedCounters, FeedPhase, OrderbookEvent } from './events.ts';
import type { TopOfBook } from './streams/top-of-book.ts';
import type { OrderbookClientOptions } from './options.ts';
import type { WireChannel } from './wire.ts';

export type EventType = OrderbookEvent['type'];
export type EventOf<T extends EventType> = Extract<OrderbookEvent, { type: T }>;
/** What it returns is not used; but if that is a promise that rejects, the listener has failed as one that throws. */
export type Listener<T extends EventType> = (event: EventOf<T>) => unknown;

/** How long a call waits. */
export type WaitOptions = {
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal;
  /** In ms. @default Infinity */
  readonly timeoutMs?: number;
};

/** The client at one moment. */
export type ClientStatus = {
  /** That of the connection which is furthest behind. */
  readonly phase: FeedPhase;
  /** Sockets that were opened so far; 0 before the first. */
  readonly epoch: number;
  readonly wanted: number;
  readonly synced: number;
  /** Exchange's clock minus this machine's, in ms, to about a second; `null` before the first handshake. */
  readonly clockSkewMs: number | null;
  /** Times that a listener threw, or that its promise rejected. */
  readonly listenerFailures: number;
  readonly connections: readonly ConnectionStatus[];
  /** Over all connections. */
  readonly counters: FeedCounters;
  /** Frames that were kept raw, by channel, since the client was made. A channel without any has no entry. */
  readonly rawFrames: Readonly<Partial<Record<RawChannel, number>>>;
};

/** One connection at one moment. */
export type ConnectionStatus = {
  readonly phase: FeedPhase;
  /** Of its current or last socket: no two sockets of a client have the same. 0 before the first. */
  readonly epoch: number;
  readonly wanted: number;
  readonly synced: number;
  /** The order-book sid and its highest number, or `null`. */
  readonly sid: number | null;
  readonly seq: number | null;
  /** Every channel that the exchange has confirmed. `seq: null`: no number has come on it. */
  readonly subscriptions: readonly {
    readonly channel: WireChannel;
    readonly sid: number;
    readonly seq: number | null;
  }[];
  /** Commands that the exchange has not answered yet. */
  readonly pendingCommands: number;
  /** When the exchange's last ping came, ms since the Unix epoch, or `null`. It sends one every 10 s. */
  readonly serverPingAtMs: number | null;
};

export interface OrderbookClient extends AsyncDisposable {
  /**
   * Calls `listener` for each event of a type, in order, until the signal is aborted. The returned function ends it too;
   * calling it again is harmless.
   *
   * @throws {TypeError} for a type of event that there is not
   */
  on<T extends EventType>(type: T, listener: Listener<T>, options?: { readonly signal?: AbortSignal }): () => void;
  /**
   * The same events as an async iterable, from now until `close()`. Leaving the loop ends it.
   *
   * @throws {OrderbookClientError} `QUEUE_OVERFLOW` in the loop, unless `overflow` is `pause`
   * @throws {TypeError | RangeError} for wrong options
   */
  events<T extends EventType = EventType>(
    options?: EventStreamOptions<T>,
  ): AsyncIterableIterator<EventOf<T>, undefined>;
  /**
   * Resolves with the first event, from now on, for which `predicate` is true. It rejects with what the predicate throws.
   *
   * @throws {OrderbookClientError} `WAIT_TIMEOUT` after `timeoutMs`, `CLOSED`
   * @throws the signal's reason
   */
  waitFor<E extends OrderbookEvent>(
    predicate: (event: OrderbookEvent) => event is E,
    options?: WaitOptions,
  ): Promise<E>;
  waitFor(predicate: (event: OrderbookEvent) => boolean, options?: WaitOptions): Promise<OrderbookEvent>;
  /**
   * Resolves once every wanted book is synced, or every one of `markets`; at once if so. A rejected key ends the wait:
   * the client tries it again, but books will not come by waiting.
   *
   * @throws {OrderbookClientError} `NOT_SYNCED` after `timeoutMs`, with the last problem as its cause; `AUTH_REJECTED` or
   * `ACCESS_DENIED`; `NOT_WANTED` if one of `markets` is not, or is no longer; `CLOSED`
   * @throws the signal's reason
   */
  whenSynced(options?: WaitOptions): Promise<void>;
  whenSynced(markets: readonly string[], options?: WaitOptions): Promise<void>;
  /**
   * The best bid and ask of a wanted market: what they are once the book is right, and then whenever they or `synced`
   * change. A reader that is slow gets the latest and none of those before, so that nothing ever queues up. It ends when the
   * market is removed, and with `close()`.
   *
   * @throws {OrderbookClientError} `NOT_WANTED`
   */
  watchTop(market: string, options?: { readonly signal?: AbortSignal }): AsyncIterableIterator<TopOfBook, undefined>;
  /** The book of a wanted market, or `undefined` for any other. Look at `synced` before you trade on it. */
  book(market: string): BookView | undefined;
  /** Every wanted market's book. */
  books(): IterableIterator<BookView>;
  /** What is under way to get a book synced; `null` for one that is, or is not wanted, and in a replay. Changes nothing. */
  repairOf(market: string): BookRepair | null;
  status(): ClientStatus;
  /** The client's clock, ms since the Unix epoch: this machine's, or in a replay the recording's. */
  nowMs(): number;
  /**
   * Wants these markets too, from now on and over reconnects. The others are not disturbed.
   *
   * @throws {TypeError} if one of them is no ticker; then none is added. `isMarketTicker` tells which
   */
  addMarkets(markets: readonly string[]): void;
  /** Wants these markets no longer. The others are not disturbed. Views of these books are stale from now on. */
  removeMarkets(markets: readonly string[]): void;
  /**
   * Says which prices are valid in a wanted market, as REST's `price_ranges` do. With the channel `market_lifecycle_v2`
   * the client learns of changes, and of new markets, by itself.
   *
   * @throws {TypeError} for what is no list of ranges
   * @throws {OrderbookClientError} `NOT_WANTED`
   */
  setPriceRanges(market: string, ranges: readonly PriceRange[]): void;
  /**
   * Signs each handshake from now on with this key. A connection that is open stays; one that waits for its next try makes it
   * now.
   *
   * @throws {TypeError} as for the option; then the old key goes on
   * @throws {OrderbookClientError} `KEY_INVALID`
   */
  setCredentials(credentials: OrderbookClientOptions['credentials']): void;
  /** Starts to connect. Harmless twice. */
  start(): void;
  /**
   * Redials now: gives up the present connections as if they had been lost, so that every book comes anew and the holes are
   * named; where the next try is still waited for, it is made at once. Asked for more than once a second, it keeps the
   * usual delays. Does nothing before `start()` and after `close()`.
   *
   * @param reason for the `problem` event. @default 'the caller asked for it'
   */
  reconnect(reason?: string): void;
  /** Stops reading the socket, so that the exchange's data waits in the network. For a short while: a slow reader is cut off. */
  pause(): void;
  resume(): void;
  /**
   * Resolves once every frame that the exchange sent before now was taken: it asks, and answers come in order.
   *
   * @throws {OrderbookClientError} `NO_ANSWER` if nothing comes for `answerTimeoutMs`, `DISCONNECTED` and the like if a
   * connection ends first, `CLOSED`
   */
  barrier(): Promise<void>;
  /** Ends it for good: after it resolves no socket and no timer is left. Callers share one promise. */
  close(): Promise<void>;
}
