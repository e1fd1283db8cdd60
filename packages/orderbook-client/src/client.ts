// Wires the pure feed to a socket, timers and listeners: it performs the feed's effects, hands facts back to it, and
// decides nothing.
import type { BookView } from './core/books.ts';
import { step } from './core/feed.ts';
import { FeedState, type FeedEffect, type FeedInput, type FeedTimer } from './core/feed-state.ts';
import { OrderbookClientError } from './errors.ts';
import type { FeedCounters, FeedPhase, OrderbookEvent } from './events.ts';
import { signHandshake } from './io/signer.ts';
import type { Socket } from './io/socket.ts';
import { EventQueue, type EventStreamOptions } from './event-queue.ts';
import { atLeast, resolveOptions, tickers, type OrderbookClientOptions, type ResolvedOptions } from './options.ts';

export type EventType = OrderbookEvent['type'];
export type Listener<T extends EventType> = (event: Extract<OrderbookEvent, { type: T }>) => void;

/** The feed at one moment. */
export type ClientStatus = {
  readonly phase: FeedPhase;
  /** Counts the sockets that were opened; 0 before the first. */
  readonly epoch: number;
  readonly wanted: number;
  readonly synced: number;
  /** The order-book sid of this connection and its highest number, or `null`. */
  readonly sid: number | null;
  readonly seq: number | null;
  /** Exchange's clock minus this machine's, in ms, to about a second; `null` before the first handshake. */
  readonly clockSkewMs: number | null;
  /** Commands that the exchange has not answered yet. */
  readonly pendingCommands: number;
  readonly counters: FeedCounters;
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
   * @throws {TypeError} if one of them is no ticker; then none is added
   */
  addMarkets(markets: readonly string[]): void;
  /** Wants these markets no longer. The others are not disturbed. Views of these books are stale from now on. */
  removeMarkets(markets: readonly string[]): void;
  /** Starts to connect. Harmless twice. */
  start(): void;
  /**
   * Gives up the present connection and makes a new one, as if it had been lost: every book comes anew, and the hole is
   * named. Does nothing before `start()`, between two tries, and after `close()`.
   */
  reconnect(reason: string): void;
  /** Stops reading the socket, so that the exchange's data waits in the network. For a short while: a slow reader is cut off. */
  pause(): void;
  resume(): void;
  /**
   * Resolves once every frame that the exchange sent before now was taken: it asks, and answers come in order.
   *
   * @throws {OrderbookClientError} `DISCONNECTED` and the like if the connection ends first, `CLOSED`
   */
  barrier(): Promise<void>;
  /** Ends it for good: after it resolves no socket and no timer is left. Callers share one promise. */
  close(): Promise<void>;
}

const EVENT_TYPES: readonly EventType[] = ['snapshot', 'delta', 'gap', 'control', 'status', 'problem'];

/** How long a closing handshake may take before the socket is dropped. */
const CLOSE_TIMEOUT_MS = 1000;

/**
 * Keeps the order books of `markets` right, over one WebSocket, for ever.
 *
 * @throws {TypeError | RangeError} for wrong options, quoting the value
 * @throws {OrderbookClientError} `KEY_INVALID`
 */
export function createOrderbookClient(options: OrderbookClientOptions): OrderbookClient {
  return new Client(resolveOptions(options));
}

type Barrier = { resolve: () => void; reject: (error: OrderbookClientError) => void };

class Client implements OrderbookClient {
  readonly #options: ResolvedOptions;
  readonly #state: FeedState;
  readonly #listeners = new Map<EventType, Set<(event: never) => void>>();
  readonly #timers = new Map<FeedTimer, () => void>();
  readonly #barriers = new Map<number, Barrier>();
  readonly #inputs: FeedInput[] = [];
  #stepping = false;
  #barrierId = 0;
  #socket: { readonly id: number; readonly socket: Socket } | null = null;
  readonly #pausedFor = new Set<object>();
  readonly #queues = new Set<EventQueue>();
  #paused = false;
  #closed: Promise<void> | undefined;
  #gone: Promise<void> = Promise.resolve();

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#state = new FeedState({ ...options, random: () => options.runtime.random() });
  }

  on<T extends EventType>(type: T, listener: Listener<T>): () => void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    // Wrapped, so that the same function registered twice is two registrations.
    const entry = (event: never): void => listener(event);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  book(market: string): BookView | undefined {
    return this.#state.books.get(market);
  }

  books(): IterableIterator<BookView> {
    return this.#state.books.all();
  }

  status(): ClientStatus {
    const { phase, epoch, books, subscription, commands, clockSkewMs, counters } = this.#state;
    return {
      phase,
      epoch,
      wanted: books.size,
      synced: books.syncedCount,
      sid: subscription?.sid ?? null,
      seq: subscription?.sequence.last ?? null,
      clockSkewMs,
      pendingCommands: commands.pending,
      counters: { ...counters },
    };
  }

  addMarkets(markets: readonly string[]): void {
    this.#take({ type: 'markets-added', markets: tickers(markets), atMs: this.#now() });
  }

  removeMarkets(markets: readonly string[]): void {
    this.#take({ type: 'markets-removed', markets, atMs: this.#now() });
  }

  start(): void {
    this.#take({ type: 'start-requested', atMs: this.#now() });
  }

  reconnect(reason: string): void {
    this.#take({ type: 'reconnect-requested', reason, atMs: this.#now() });
  }

  pause(): void {
    this.#pauseFor(this);
  }

  resume(): void {
    this.#resumeFor(this);
  }

  events({ signal, maxQueued = 10_000, overflow = 'error' }: EventStreamOptions = {}): EventQueue {
    const offs: (() => void)[] = [];
    const holder = {};
    const queue = new EventQueue({
      signal,
      maxQueued: atLeast('maxQueued', 1, maxQueued),
      overflow,
      onPause: () => this.#pauseFor(holder),
      onResume: () => this.#resumeFor(holder),
      onEnd: () => {
        for (const off of offs) off();
        this.#queues.delete(queue);
      },
    });
    if (signal?.aborted) return queue;
    if (this.#state.phase === 'closed') {
      queue.finish();
      return queue;
    }
    this.#queues.add(queue);
    for (const type of EVENT_TYPES) offs.push(this.on(type, (event) => queue.push(event)));
    return queue;
  }

  async whenSynced({ signal, timeoutMs }: { signal?: AbortSignal; timeoutMs?: number } = {}): Promise<void> {
    signal?.throwIfAborted();
    if (this.#isSynced()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (): void => {
      if (this.#isSynced()) resolve();
      else if (this.#state.phase === 'closed') reject(new OrderbookClientError('CLOSED', 'The client is closed.'));
    };
    const onAbort = (): void => reject(signal?.reason);
    const offs = [this.on('snapshot', look), this.on('status', look)];
    const late = (): void => {
      const { size, syncedCount } = this.#state.books;
      const text = `${size - syncedCount} of ${size} books were not synced within ${timeoutMs} ms.`;
      reject(new OrderbookClientError('NOT_SYNCED', text));
    };
    if (timeoutMs !== undefined) offs.push(this.#options.runtime.setTimer(timeoutMs, late));
    signal?.addEventListener('abort', onAbort);
    look();
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      for (const off of offs) off();
    }
  }

  barrier(): Promise<void> {
    return new Promise((resolve, reject) => {
      const requestId = ++this.#barrierId;
      this.#barriers.set(requestId, { resolve, reject });
      this.#take({ type: 'barrier-requested', requestId, atMs: this.#now() });
    });
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      this.#take({ type: 'close-requested', atMs: this.#now() });
      await this.#gone;
      for (const queue of this.#queues) queue.finish();
    })();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Synced and connected: without markets there is nothing to wait for but the connection. */
  #isSynced(): boolean {
    const { phase, books } = this.#state;
    return phase === 'live' && books.syncedCount === books.size;
  }

  /** Reading stops while anybody wants it to. */
  #pauseFor(holder: object): void {
    this.#pausedFor.add(holder);
    if (this.#pausedFor.size > 1 || this.#paused) return;
    this.#paused = true;
    this.#socket?.socket.pause();
    this.#take({ type: 'reading-paused', atMs: this.#now() });
  }

  #resumeFor(holder: object): void {
    this.#pausedFor.delete(holder);
    if (this.#pausedFor.size > 0 || !this.#paused) return;
    this.#paused = false;
    this.#socket?.socket.resume();
    this.#take({ type: 'reading-resumed', atMs: this.#now() });
  }

  #now(): number {
    return this.#options.runtime.nowMs();
  }

  /** One input at a time, in order: a listener may call the client in the middle of a step. */
  #take(input: FeedInput): void {
    this.#inputs.push(input);
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) {
        for (const effect of step(this.#state, next)) this.#perform(effect);
      }
    } finally {
      this.#stepping = false;
    }
  }

  #perform(effect: FeedEffect): void {
    switch (effect.type) {
      case 'emit':
        this.#emit(effect.event);
        return;
      case 'open-socket':
        void this.#open(effect.socket);
        return;
      case 'drop-socket':
        this.#drop(effect.polite);
        return;
      case 'send-frame':
        if (this.#socket?.id === effect.socket) this.#socket.socket.send(effect.text);
        return;
      case 'send-ping':
        if (this.#socket?.id === effect.socket) this.#socket.socket.ping();
        return;
      case 'start-timer':
        this.#startTimer(effect.timer, effect.delayMs);
        return;
      case 'stop-timer':
        this.#timers.get(effect.timer)?.();
        this.#timers.delete(effect.timer);
        return;
      case 'settle-barrier': {
        const barrier = this.#barriers.get(effect.requestId);
        this.#barriers.delete(effect.requestId);
        if (effect.error) barrier?.reject(effect.error);
        else barrier?.resolve();
      }
    }
  }

  async #open(id: number): Promise<void> {
    const { url, signer, openSocket } = this.#options;
    let headers: Record<string, string>;
    try {
      headers = await signHandshake(signer, url, this.#now());
    } catch (cause) {
      const error = new OrderbookClientError('SIGNER_FAILED', 'The signer did not sign the handshake.', { cause });
      this.#take({ type: 'socket-closed', socket: id, error, atMs: this.#now() });
      return;
    }
    // The signer may have taken so long that this try is over.
    if (this.#state.socket !== id || this.#state.phase !== 'connecting') return;
    const socket = openSocket(url, headers, {
      serverTime: (serverTimeMs) => {
        this.#take({ type: 'server-time-seen', socket: id, serverTimeMs, atMs: this.#now() });
      },
      opened: () => {
        if (this.#paused) socket.pause();
        this.#take({ type: 'socket-opened', socket: id, atMs: this.#now() });
      },
      frame: (text) => this.#take({ type: 'frame-received', socket: id, text, atMs: this.#now() }),
      pong: () => this.#take({ type: 'pong-received', socket: id, atMs: this.#now() }),
      closed: (error) => this.#take({ type: 'socket-closed', socket: id, error, atMs: this.#now() }),
    });
    this.#socket = { id, socket };
  }

  #drop(polite: boolean): void {
    const socket = this.#socket?.socket;
    this.#socket = null;
    if (!socket) return;
    if (polite) this.#gone = socket.close(CLOSE_TIMEOUT_MS);
    else socket.drop();
  }

  #startTimer(timer: FeedTimer, delayMs: number): void {
    this.#timers.get(timer)?.();
    const cancel = this.#options.runtime.setTimer(delayMs, () => {
      this.#timers.delete(timer);
      this.#take({ type: 'timer-fired', timer, atMs: this.#now() });
    });
    this.#timers.set(timer, cancel);
  }

  #emit(event: OrderbookEvent): void {
    const listeners = this.#listeners.get(event.type);
    if (!listeners) return;
    for (const listener of listeners) {
      try {
        listener(event as never);
      } catch (cause) {
        this.#listenerFailed(event, cause);
      }
    }
  }

  /** A listener that throws must not stop the others, nor the feed. A failing `problem` listener has nobody to tell. */
  #listenerFailed(event: OrderbookEvent, cause: unknown): void {
    if (event.type === 'problem') return;
    const error = new OrderbookClientError('LISTENER_FAILED', `A listener of "${event.type}" threw.`, { cause });
    this.#emit({ type: 'problem', error, retryInMs: null, atMs: this.#now() });
  }
}
