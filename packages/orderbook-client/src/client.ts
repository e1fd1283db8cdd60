// Wires the pure feed to a socket, timers and listeners: it performs the feed's effects, hands facts back to it, and
// decides nothing.
import type { BookView } from './core/book-view.ts';
import { step } from './core/feed.ts';
import { FeedState, type FeedEffect, type FeedInput, type FeedTimer } from './core/feed-state.ts';
import { OrderbookClientError } from './errors.ts';
import { EventQueue, type EventStreamOptions } from './event-queue.ts';
import { signHandshake } from './io/signer.ts';
import type { Socket } from './io/socket.ts';
import { Listeners } from './listeners.ts';
import { atLeast, resolveOptions, tickers, type OrderbookClientOptions, type ResolvedOptions } from './options.ts';
import type { ClientStatus, EventType, Listener, OrderbookClient } from './orderbook-client.ts';

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
  readonly #listeners: Listeners;
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
    this.#listeners = new Listeners(() => options.runtime.nowMs());
    this.#state = new FeedState({ ...options, random: () => options.runtime.random() });
  }

  on<T extends EventType>(type: T, listener: Listener<T>): () => void {
    return this.#listeners.add(type, listener);
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
      listenerFailures: this.#listeners.failures,
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
        this.#listeners.emit(effect.event);
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
}
