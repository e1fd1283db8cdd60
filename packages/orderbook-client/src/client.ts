// The client: one feed per connection, their events in one place, and what users call.
import type { BookView } from './core/book/book-view.ts';
import { OrderbookClientError } from './errors.ts';
import { EventQueue, type EventStreamOptions } from './event-queue.ts';
import { EVENT_TYPES, type FeedCounters, type FeedPhase, type OrderbookEvent } from './events.ts';
import { FeedDriver } from './feed-driver.ts';
import { Listeners } from './listeners.ts';
import { atLeast, resolveOptions, tickers, type OrderbookClientOptions, type ResolvedOptions } from './options.ts';
import type { ClientStatus, EventType, Listener, OrderbookClient } from './client-api.ts';

/**
 * Keeps the order books of `markets` right, over one WebSocket or several, for ever.
 *
 * @throws {TypeError | RangeError} for wrong options, quoting the value
 * @throws {OrderbookClientError} `KEY_INVALID`
 */
export function createOrderbookClient(options: OrderbookClientOptions): OrderbookClient {
  return new Client(resolveOptions(options));
}

class Client implements OrderbookClient {
  readonly #options: ResolvedOptions;
  readonly #feeds: readonly FeedDriver[];
  readonly #listeners: Listeners;
  readonly #pausedFor = new Set<object>();
  readonly #queues = new Set<EventQueue>();
  /** Of each feed, as its latest event said. */
  readonly #phases: FeedPhase[];
  #phase: FeedPhase = 'idle';
  #epoch = 0;
  #closed: Promise<void> | undefined;

  constructor(options: ResolvedOptions) {
    const { connections, markets, channels, runtime } = options;
    this.#options = options;
    this.#listeners = new Listeners(() => runtime.nowMs());
    const unfiltered = new Map([...channels].filter(([, scope]) => scope === 'all'));
    const filtered = new Map([...channels].filter(([, scope]) => scope === 'markets'));
    this.#phases = Array.from({ length: connections }, () => 'idle');
    this.#feeds = this.#phases.map((_, index) => {
      const feed = {
        markets: markets.filter((_market, at) => at % connections === index),
        // What has no filter comes once, however many connections there are.
        channels: new Map([...filtered, ...(index === 0 ? unfiltered : [])]),
        nextEpoch: () => ++this.#epoch,
      };
      return new FeedDriver(options, feed, (event) => this.#take(event, index));
    });
  }

  on<T extends EventType>(type: T, listener: Listener<T>): () => void {
    return this.#listeners.add(type, listener);
  }

  book(market: string): BookView | undefined {
    for (const { state } of this.#feeds) {
      const book = state.books.get(market);
      if (book) return book;
    }
    return undefined;
  }

  *books(): IterableIterator<BookView> {
    for (const { state } of this.#feeds) yield* state.books.all();
  }

  status(): ClientStatus {
    const states = this.#feeds.map(({ state }) => state);
    const connections = states.map(({ phase, epoch, books, orderbook, subscriptions, commands, serverPingAtMs }) => ({
      phase,
      epoch,
      wanted: books.size,
      synced: books.syncedCount,
      sid: orderbook.sid,
      seq: orderbook.sequence?.last ?? null,
      subscriptions: [...subscriptions.values()].flatMap(({ channel, sid, sequence }) =>
        sid === null ? [] : [{ channel, sid, seq: sequence?.last ?? null }],
      ),
      pendingCommands: commands.pending,
      serverPingAtMs,
    }));
    return {
      phase: this.#phase,
      epoch: this.#epoch,
      wanted: total(connections.map(({ wanted }) => wanted)),
      synced: total(connections.map(({ synced }) => synced)),
      clockSkewMs: states.find(({ clockSkewMs }) => clockSkewMs !== null)?.clockSkewMs ?? null,
      listenerFailures: this.#listeners.failures,
      connections,
      counters: sumOf(states.map(({ counters }) => counters)),
      rawFrames: sumByChannel(states.map(({ rawFrames }) => rawFrames)),
    };
  }

  addMarkets(markets: readonly string[]): void {
    const added = tickers(markets).filter((market) => this.book(market) === undefined);
    const shares = this.#feeds.map(({ state }) => ({ size: state.books.size, markets: [] as string[] }));
    for (const market of added) {
      const least = shares.reduce((a, b) => (b.size < a.size ? b : a));
      least.markets.push(market);
      least.size++;
    }
    for (const [index, share] of shares.entries()) {
      if (share.markets.length > 0) this.#feeds[index]!.tell({ type: 'markets-added', markets: share.markets });
    }
  }

  removeMarkets(markets: readonly string[]): void {
    for (const feed of this.#feeds) {
      const own = markets.filter((market) => feed.state.books.has(market));
      if (own.length > 0) feed.tell({ type: 'markets-removed', markets: own });
    }
  }

  start(): void {
    for (const feed of this.#feeds) feed.tell({ type: 'start-requested' });
  }

  reconnect(reason: string): void {
    for (const feed of this.#feeds) feed.tell({ type: 'reconnect-requested', reason });
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
    if (this.#phase === 'closed') {
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
      else if (this.#phase === 'closed') reject(new OrderbookClientError('CLOSED', 'The client is closed.'));
    };
    const onAbort = (): void => reject(signal?.reason);
    const offs = [this.on('snapshot', look), this.on('status', look)];
    const late = (): void => {
      const { wanted, synced } = this.status();
      const text = `${wanted - synced} of ${wanted} books were not synced within ${timeoutMs} ms.`;
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

  async barrier(): Promise<void> {
    await Promise.all(this.#feeds.map(async (feed) => feed.barrier()));
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      await Promise.all(this.#feeds.map(async (feed) => feed.close()));
      for (const queue of this.#queues) queue.finish();
    })();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** One phase for all connections: that of the one which is furthest behind. */
  #take(event: OrderbookEvent, index: number): void {
    if (event.type !== 'status') return this.#listeners.emit(event);
    const from = this.#phase;
    this.#phases[index] = event.to;
    this.#phase = PHASES.find((phase) => this.#phases.includes(phase))!;
    if (this.#phase !== from) this.#listeners.emit({ ...event, from, to: this.#phase });
  }

  /** Synced and connected: without markets there is nothing to wait for but the connection. */
  #isSynced(): boolean {
    return this.#phase === 'live' && this.#feeds.every(({ state: { books } }) => books.syncedCount === books.size);
  }

  /** Reading stops while anybody wants it to. */
  #pauseFor(holder: object): void {
    this.#pausedFor.add(holder);
    for (const feed of this.#feeds) feed.setPaused(true);
  }

  #resumeFor(holder: object): void {
    this.#pausedFor.delete(holder);
    if (this.#pausedFor.size === 0) for (const feed of this.#feeds) feed.setPaused(false);
  }
}

/** From the furthest behind on. */
const PHASES: readonly FeedPhase[] = ['idle', 'waiting', 'connecting', 'subscribing', 'live', 'closed'];

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

function sumOf(counters: readonly FeedCounters[]): FeedCounters {
  const names = Object.keys(counters[0]!) as (keyof FeedCounters)[];
  return Object.fromEntries(
    names.map((name) => [name, total(counters.map((of) => of[name]))]),
  ) as unknown as FeedCounters;
}

function sumByChannel(each: readonly ClientStatus['rawFrames'][]): ClientStatus['rawFrames'] {
  const sums: { -readonly [Channel in keyof ClientStatus['rawFrames']]: number } = {};
  for (const counts of each) {
    for (const [channel, count] of Object.entries(counts) as [keyof typeof sums, number][]) {
      sums[channel] = (sums[channel] ?? 0) + count;
    }
  }
  return sums;
}
