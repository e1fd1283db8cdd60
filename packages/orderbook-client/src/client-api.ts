// What a client is to its user. How it works is in client.ts.
import type { BookView } from './core/book/book-view.ts';
import type { RawChannel } from './channel-events.ts';
import type { EventStreamOptions } from './event-queue.ts';
import type { FeedCounters, FeedPhase, OrderbookEvent } from './events.ts';
import type { WireChannel } from './wire.ts';

export type EventType = OrderbookEvent['type'];
export type Listener<T extends EventType> = (event: Extract<OrderbookEvent, { type: T }>) => void;

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
  /** Times that a listener threw. */
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
  /** Calls `listener` for each event of a type, in order. The returned function ends that; calling it again is harmless. */
  on<T extends EventType>(type: T, listener: Listener<T>): () => void;
  /**
   * The same events as an async iterable, from now until `close()`. Leaving the loop ends it.
   *
   * @throws {OrderbookClientError} `QUEUE_OVERFLOW` in the loop, unless `overflow` is `pause`
   * @throws {RangeError} for a wrong `maxQueued`
   */
  events(options?: EventStreamOptions): AsyncIterableIterator<OrderbookEvent, undefined>;
  /**
   * Resolves once every wanted book is synced; at once if so.
   *
   * @throws {OrderbookClientError} `NOT_SYNCED` after `timeoutMs`, `CLOSED`
   * @throws the signal's reason
   */
  whenSynced(options?: { readonly signal?: AbortSignal; readonly timeoutMs?: number }): Promise<void>;
  /** The book of a wanted market, or `undefined` for any other. Look at `synced` before you trade on it. */
  book(market: string): BookView | undefined;
  /** Every wanted market's book. */
  books(): IterableIterator<BookView>;
  status(): ClientStatus;
  /**
   * Wants these markets too, from now on and over reconnects. The others are not disturbed.
   *
   * @throws {TypeError} if one of them is no ticker; then none is added. `isMarketTicker` tells which
   */
  addMarkets(markets: readonly string[]): void;
  /** Wants these markets no longer. The others are not disturbed. Views of these books are stale from now on. */
  removeMarkets(markets: readonly string[]): void;
  /** Starts to connect. Harmless twice. */
  start(): void;
  /**
   * Gives up the present connections and makes new ones, as if they had been lost: every book comes anew, and the holes
   * are named. Does nothing before `start()`, between two tries, and after `close()`.
   */
  reconnect(reason: string): void;
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
