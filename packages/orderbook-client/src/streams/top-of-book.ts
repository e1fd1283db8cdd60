// The best bid and ask of a market, told when they change: for a slow reader only the latest of what it has missed.
import type { BookView } from '../core/book/book-view.ts';
import type { OrderbookEvent, StaleReason } from '../events.ts';
import { ReaderHandle, type ReadSource } from './reader-handle.ts';

/** The best prices for YES, in 1/10,000 dollar, with their sizes in 1/100 contract. Those for NO are their complements. */
export type TopOfBook = {
  readonly market: string;
  /** `false`: not to be traded on; the prices are the last known ones. */
  readonly synced: boolean;
  /** Why it is not synced, or `null`. */
  readonly staleReason: StaleReason | null;
  /** `null`: nobody bids. */
  readonly bidPrice: number | null;
  /** 0: nobody bids. */
  readonly bidSize: number;
  /** `null`: nobody asks. */
  readonly askPrice: number | null;
  /** 0: nobody asks. */
  readonly askSize: number;
};

function topOf(book: BookView): TopOfBook {
  const { market, synced, staleReason } = book;
  const [bidPrice, bidSize] = book.bestBid('yes') ?? [null, 0];
  const [askPrice, askSize] = book.bestAsk('yes') ?? [null, 0];
  return { market, synced, staleReason, bidPrice, bidSize, askPrice, askSize };
}

const isSame = (a: TopOfBook | null, b: TopOfBook): boolean =>
  a !== null && (Object.keys(b) as (keyof TopOfBook)[]).every((key) => a[key] === b[key]);

type Reader = PromiseWithResolvers<IteratorResult<TopOfBook, undefined>> & { readonly reader: object };

/** One reader's view of one market. */
class TopWatch implements ReadSource<TopOfBook> {
  readonly #book: BookView;
  readonly #onEnd: (watch: TopWatch) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.end(this.#signal?.reason);
  /** What the reader was given last. */
  #told: TopOfBook | null = null;
  /** Whether the book may differ from that. */
  #changed = true;
  #readers: Reader[] = [];
  #ended: { readonly error: unknown } | null = null;
  #isRead = false;
  readonly #onRead: () => void;

  constructor(book: BookView, signal: AbortSignal | undefined, onEnd: (watch: TopWatch) => void, onRead: () => void) {
    this.#onRead = onRead;
    this.#book = book;
    this.#onEnd = onEnd;
    this.#signal = signal;
    if (signal?.aborted) this.#ended = { error: signal.reason };
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get market(): string {
    return this.#book.market;
  }

  /** Its reader has been given something, and has not come back. */
  get isBehind(): boolean {
    return this.#isRead && !this.#ended && this.#readers.length === 0;
  }

  /** The book may have changed. Nothing is made of it until somebody reads. */
  touch(): void {
    this.#changed = true;
    if (this.#readers.length === 0) return;
    const top = this.#next();
    if (top) this.#readers.shift()!.resolve({ done: false, value: top });
  }

  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = { error };
    this.#signal?.removeEventListener('abort', this.#onAbort);
    for (const reader of this.#readers.splice(0)) this.#dismiss(reader, this.#ended.error);
    this.#onEnd(this);
    this.#onRead();
  }

  next(reader: object): Promise<IteratorResult<TopOfBook, undefined>> {
    this.#isRead = true;
    const top = this.#ended ? null : this.#next();
    if (top) return Promise.resolve({ done: false, value: top });
    const waiting: Reader = { ...Promise.withResolvers<IteratorResult<TopOfBook, undefined>>(), reader };
    if (this.#ended) this.#dismiss(waiting, this.#ended.error);
    else this.#readers.push(waiting);
    this.#onRead();
    return waiting.promise;
  }

  return(): Promise<IteratorResult<TopOfBook, undefined>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** What differs from what was told; a book that never was right has nothing to tell. */
  #next(): TopOfBook | null {
    if (!this.#changed) return null;
    this.#changed = false;
    if (this.#told === null && !this.#book.synced) return null;
    const top = topOf(this.#book);
    if (isSame(this.#told, top)) return null;
    this.#told = top;
    return top;
  }

  /** An error is thrown once; after it the iteration is simply over. */
  #dismiss(reader: Reader, error: unknown): void {
    this.#ended = { error: undefined };
    if (error === undefined) reader.resolve({ done: true, value: undefined });
    else reader.reject(error);
  }
}

/** Everybody who watches the top of a book, by market: a change of one market is told to its watchers alone. */
export class TopWatches {
  readonly #byMarket = new Map<string, Set<TopWatch>>();
  readonly #onRead: () => void;
  #isOver = false;

  /** @param onRead a reader waits for what comes next, or is gone */
  constructor(onRead: () => void) {
    this.#onRead = onRead;
  }

  /** A reader has been given something, and has not come back. */
  get isBehind(): boolean {
    for (const watches of this.#byMarket.values()) for (const watch of watches) if (watch.isBehind) return true;
    return false;
  }

  /** Markets that are watched. */
  get size(): number {
    return this.#byMarket.size;
  }

  watch(book: BookView, signal: AbortSignal | undefined): ReaderHandle<TopOfBook> {
    const watch = new TopWatch(book, signal, (ended) => this.#forget(ended), this.#onRead);
    const handle = new ReaderHandle(watch);
    if (this.#isOver) watch.end();
    if (this.#isOver || signal?.aborted) return handle;
    const watches = this.#byMarket.get(book.market) ?? new Set();
    watches.add(watch);
    this.#byMarket.set(book.market, watches);
    return handle;
  }

  /** Takes every event of the feeds. */
  take(event: OrderbookEvent): void {
    if ('market' in event) this.#touch(event.market);
    else if ('markets' in event) for (const market of event.markets) this.#touch(market);
  }

  /** Their books are gone. */
  end(markets: Iterable<string>): void {
    for (const market of markets) for (const watch of this.#byMarket.get(market) ?? []) watch.end();
  }

  /** For good. */
  endAll(): void {
    this.#isOver = true;
    this.end([...this.#byMarket.keys()]);
  }

  #touch(market: string | null): void {
    if (market !== null) for (const watch of this.#byMarket.get(market) ?? []) watch.touch();
  }

  #forget(watch: TopWatch): void {
    const watches = this.#byMarket.get(watch.market);
    watches?.delete(watch);
    if (watches?.size === 0) this.#byMarket.delete(watch.market);
  }
}
