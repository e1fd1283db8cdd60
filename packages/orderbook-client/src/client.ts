// The client: one feed per connection, their events in one place, and what users call.
import type { PriceRange } from './channel-events.ts';
import type { TrackedBook, BookView } from './core/book/book-view.ts';
import { OrderbookClientError } from './errors.ts';
import { EventQueue, type EventStreamOptions } from './streams/event-queue.ts';
import { EVENT_TYPES, type BookRepair, type FeedCounters, type FeedPhase, type OrderbookEvent } from './events.ts';
import { FeedDriver } from './feed-driver.ts';
import { guardedRuntime } from './io/guarded-runtime.ts';
import { isPromise } from './io/is-promise.ts';
import { Listeners } from './listeners.ts';
import { atLeast, functionOf, objectWith, quote, refuseUnknown, signalOf } from './option-checks.ts';
import { ReaderHandle } from './streams/reader-handle.ts';
import { resolveOptions, signerOf, tickers, type OrderbookClientOptions, type ResolvedOptions } from './options.ts';
import { TopWatches, type TopOfBook } from './streams/top-of-book.ts';
import { Waiting } from './waiting.ts';
import { notWanted, whenSynced, type SyncedView } from './when-synced.ts';
import type { ClientStatus, EventOf, EventType, Listener, OrderbookClient, WaitOptions } from './client-api.ts';

/**
 * Keeps the order books of `markets` right, over one WebSocket or several, for ever.
 *
 * @throws {TypeError | RangeError} for wrong options, quoting the value
 * @throws {OrderbookClientError} `KEY_INVALID`
 */
export function createOrderbookClient(options: OrderbookClientOptions): OrderbookClient {
  return new Client(resolveOptions(options));
}

/** What drives a client: sockets, or a recording. */
export type Feed = Pick<
  FeedDriver,
  'state' | 'tell' | 'repairOf' | 'setPaused' | 'setSigner' | 'reconnect' | 'barrier' | 'close'
>;
type MakeFeed = (...of: ConstructorParameters<typeof FeedDriver>) => Feed;

export class Client implements OrderbookClient {
  readonly #feeds: readonly Feed[];
  readonly #listeners: Listeners;
  readonly #pausedFor = new Set<object>();
  readonly #queues = new Set<EventQueue>();
  readonly #tops = new TopWatches(() => this.onRead());
  readonly #waiting: Waiting;
  readonly #nowMs: () => number;
  readonly #view: SyncedView;
  /** The latest since the client was last live, for whoever waits in vain. */
  #lastProblem: OrderbookClientError | null = null;
  /** Of each feed, as its latest event said. */
  readonly #phases: FeedPhase[];
  #phase: FeedPhase = 'idle';
  #epoch = 0;
  #closed: Promise<void> | undefined;

  constructor(given: ResolvedOptions, makeFeed: MakeFeed = (...of) => new FeedDriver(...of)) {
    const runtime = guardedRuntime(given.runtime, (name, cause) => this.#runtimeFailed(name, cause));
    const options = { ...given, runtime };
    const { connections, markets, channels } = options;
    this.#nowMs = () => runtime.nowMs();
    this.#listeners = new Listeners(this.#nowMs);
    this.#waiting = new Waiting(
      this.#listeners,
      runtime,
      () => this.#phase === 'closed',
      () => this.onRead(),
    );
    this.#view = {
      phase: () => this.#phase,
      isSynced: () => this.#isSynced(),
      lastProblem: () => this.#lastProblem,
      book: (market) => this.book(market),
      books: () => this.books(),
    };
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
      return makeFeed(options, feed, (event) => this.#take(event, index));
    });
  }

  on<T extends EventType>(type: T, listener: Listener<T>, options: { readonly signal?: AbortSignal } = {}): () => void {
    refuseTypes('on', [type]);
    functionOf('listener', listener);
    const signal = signalOf(objectWith('on', options, ['signal'])['signal']);
    if (signal?.aborted) return () => undefined;
    const remove = this.#listeners.add(type, listener);
    if (!signal) return remove;
    const off = (): void => {
      remove();
      signal.removeEventListener('abort', off);
    };
    signal.addEventListener('abort', off);
    return off;
  }

  book(market: string): BookView | undefined {
    return this.#tracked(market);
  }

  /** Those of this moment: an iterator of the live map would keep what it had been for as long as somebody holds it. */
  books(): IterableIterator<BookView> {
    return this.#feeds.flatMap(({ state }) => [...state.books.all()]).values();
  }

  repairOf(market: string): BookRepair | null {
    const feed = this.#feeds.find(({ state }) => state.books.has(market));
    return feed?.repairOf(market) ?? null;
  }

  #tracked(market: string): TrackedBook | undefined {
    for (const { state } of this.#feeds) {
      const book = state.books.get(market);
      if (book) return book;
    }
    return undefined;
  }

  #wanted(market: string): TrackedBook {
    const book = this.#tracked(market);
    if (book) return book;
    throw notWanted(market);
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
      epoch: Math.max(...connections.map(({ epoch }) => epoch)),
      wanted: total(connections.map(({ wanted }) => wanted)),
      synced: total(connections.map(({ synced }) => synced)),
      clockSkewMs: states.find(({ clockSkewMs }) => clockSkewMs !== null)?.clockSkewMs ?? null,
      listenerFailures: this.#listeners.failures,
      connections,
      counters: sumOf(states.map(({ counters }) => counters)),
      rawFrames: sumByChannel(states.map(({ rawFrames }) => rawFrames)),
    };
  }

  nowMs(): number {
    return this.#nowMs();
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
    const removed = tickers(markets);
    for (const feed of this.#feeds) {
      const own = removed.filter((market) => feed.state.books.has(market));
      if (own.length > 0) feed.tell({ type: 'markets-removed', markets: own });
    }
    this.#tops.end(removed);
    this.#waiting.lookAgain();
  }

  setPriceRanges(market: string, ranges: readonly PriceRange[]): void {
    const list = Array.isArray(ranges) ? ranges.map(rangeOf) : [];
    if (list.length === 0) throw new TypeError(`ranges must be a list of ${RANGE}, not ${quote(ranges)}`);
    this.#wanted(market).setPriceRanges(list);
  }

  watchTop(
    market: string,
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncIterableIterator<TopOfBook, undefined> {
    const signal = signalOf(objectWith('watchTop', options, ['signal'])['signal']);
    return this.#tops.watch(this.#wanted(market), signal);
  }

  setCredentials(credentials: OrderbookClientOptions['credentials']): void {
    const signer = signerOf(credentials);
    for (const feed of this.#feeds) feed.setSigner(signer);
  }

  start(): void {
    for (const feed of this.#feeds) feed.tell({ type: 'start-requested' });
  }

  reconnect(reason = 'the caller asked for it'): void {
    for (const feed of this.#feeds) feed.reconnect(reason);
  }

  pause(): void {
    this.#pauseFor(this);
  }

  resume(): void {
    this.#resumeFor(this);
  }

  events<T extends EventType = EventType>(
    options: EventStreamOptions<T> = {},
  ): AsyncIterableIterator<EventOf<T>, undefined> {
    const signal = signalOf(objectWith('events', options, EVENT_OPTIONS)['signal']);
    const { maxQueued = 10_000, overflow = 'error', types = EVENT_TYPES, markets } = options;
    if (!Array.isArray(types)) throw new TypeError(`types must be a list such as ['delta'], not ${quote(types)}`);
    refuseTypes('types', types);
    if (overflow !== 'error' && overflow !== 'pause')
      throw new TypeError(`overflow must be 'error' or 'pause', not ${quote(overflow)}`);
    const only = markets && new Set(tickers(markets));
    const offs: (() => void)[] = [];
    const holder = {};
    const queue = new EventQueue({
      signal,
      maxQueued: atLeast('maxQueued', 1, maxQueued),
      overflow,
      onPause: () => this.#pauseFor(holder),
      onResume: () => this.#resumeFor(holder),
      onRead: () => this.onRead(),
      onEnd: () => {
        for (const off of offs) off();
        this.#queues.delete(queue);
      },
    });
    // Only events of these types get into it.
    const stream = new ReaderHandle<OrderbookEvent>(queue) as AsyncIterableIterator<EventOf<T>, undefined>;
    if (signal?.aborted) return stream;
    if (this.#phase === 'closed') {
      queue.finish();
      return stream;
    }
    this.#queues.add(queue);
    const take = (event: OrderbookEvent): void => {
      if (!only || concerns(event, only)) queue.push(event);
    };
    for (const type of new Set<EventType>(types)) offs.push(this.#listeners.add(type, take));
    return stream;
  }

  async waitFor<E extends OrderbookEvent>(
    predicate: (event: OrderbookEvent) => boolean,
    options: WaitOptions = {},
  ): Promise<E> {
    functionOf('predicate', predicate);
    return this.#waiting.wait<E>({
      name: 'waitFor',
      options,
      types: EVENT_TYPES,
      look: (event, found) => {
        const is: unknown = event && predicate(event);
        if (isPromise(is)) throw new TypeError('predicate must answer at once, and has returned a promise');
        if (is) found(event as E);
      },
      late: (timeoutMs) =>
        new OrderbookClientError('WAIT_TIMEOUT', `No event was the one that was waited for within ${timeoutMs} ms.`),
    });
  }

  whenSynced(options?: WaitOptions): Promise<void>;
  whenSynced(markets: readonly string[], options?: WaitOptions): Promise<void>;
  async whenSynced(first: readonly string[] | WaitOptions = {}, second: WaitOptions = {}): Promise<void> {
    const isList = typeof first !== 'object' || first === null || Symbol.iterator in first;
    await (isList
      ? whenSynced(this.#waiting, this.#view, tickers(first), second)
      : whenSynced(this.#waiting, this.#view, null, first));
  }

  /** A reader of events or of a top waits for what comes next, or is gone; or a call has begun to wait. */
  protected onRead(): void {}

  /** Some reader has not come back for what comes next. */
  protected get isReaderBehind(): boolean {
    for (const queue of this.#queues) if (queue.isBehind) return true;
    return this.#tops.isBehind;
  }

  /** Calls that wait for events, and how many have: the callers of those go on once promises have run. */
  protected get waits(): { readonly size: number; readonly ended: number } {
    return this.#waiting;
  }

  /** Every `for await` over events ends with this error, after what is queued. */
  protected failReaders(error: OrderbookClientError): void {
    for (const queue of this.#queues) queue.finish(error);
  }

  #runtimeFailed(name: string, cause: unknown): void {
    const what = cause === undefined ? 'gave an answer that cannot be used' : 'threw';
    const text = `runtime.${name}() ${what}. The system's own does its work where it fails.`;
    const error = new OrderbookClientError('RUNTIME_FAILED', text, { cause });
    this.#take({ type: 'problem', error, retryInMs: null, atMs: Date.now() }, 0);
  }

  async barrier(): Promise<void> {
    await Promise.all(this.#feeds.map(async (feed) => feed.barrier()));
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      await Promise.all(this.#feeds.map(async (feed) => feed.close()));
      for (const queue of this.#queues) queue.finish();
      this.#tops.endAll();
    })();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** One phase for all connections: that of the one which is furthest behind. */
  #take(event: OrderbookEvent, index: number): void {
    if (event.type === 'status') {
      const from = this.#phase;
      this.#phases[index] = event.to;
      this.#phase = PHASES.find((phase) => this.#phases.includes(phase))!;
      if (this.#phase === 'live') this.#lastProblem = null;
      if (this.#phase !== from) this.#listeners.emit({ ...event, from, to: this.#phase });
      return;
    }
    if (event.type === 'problem') this.#lastProblem = event.error;
    this.#listeners.emit(event);
    if (this.#tops.size > 0) this.#tops.take(event);
    if (event.type === 'market-lifecycle') this.#noteGrid(event);
  }

  /** The feed notes the grids of the books that it has; a listener may just have added the market that was made. */
  #noteGrid({ market, priceRanges }: EventOf<'market-lifecycle'>): void {
    if (!priceRanges || this.#tracked(market)) return;
    queueMicrotask(() => this.#tracked(market)?.setPriceRanges(priceRanges));
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

const EVENT_OPTIONS = ['signal', 'types', 'markets', 'maxQueued', 'overflow'];

/** @throws {TypeError} if one of them is no type of event */
const refuseTypes = (what: string, types: readonly unknown[]): void =>
  refuseUnknown(what, types.map(String), EVENT_TYPES);

/** Whether an event is about one of these markets. One that names no market may be about any. */
function concerns(event: OrderbookEvent, markets: ReadonlySet<string>): boolean {
  if ('markets' in event) return event.markets.some((market) => markets.has(market));
  const { market } = event as { readonly market?: string | null };
  return market === undefined || market === null || markets.has(market);
}

const RANGE = '{ start, end, step } in whole 1/10,000 dollar';

/** A copy: what the caller does with its own later changes nothing. @throws {TypeError} */
function rangeOf(range: unknown): PriceRange {
  const { start, end, step } = objectWith('a range', range, ['start', 'end', 'step']) as PriceRange;
  const isWhole = [start, end, step].every((value) => Number.isSafeInteger(value));
  if (!isWhole || start < 0 || start > end || step <= 0) throw new TypeError(`a range must be ${RANGE}`);
  return { start, end, step };
}

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
