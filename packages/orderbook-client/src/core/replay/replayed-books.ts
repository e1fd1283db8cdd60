// Which markets of a recording are wanted, and what each of their books was made from.
import type { TrackedBook } from '../book/book-view.ts';
import type { Books } from '../state/books.ts';
import type { RecordedStream } from './recorded-streams.ts';

export class ReplayedBooks {
  /** `false`: only the wanted markets are told of. */
  readonly takesAll: boolean;
  readonly #books: Books;
  /** The reader wants them no longer. */
  readonly #removed = new Set<string>();
  /** The recorder wanted them no longer; kept for those who hold them, should they come back. */
  readonly #parked = new Map<string, TrackedBook>();
  readonly #sources = new Map<TrackedBook, RecordedStream>();

  constructor(books: Books, takesAll: boolean) {
    this.#books = books;
    this.takesAll = takesAll;
  }

  add(markets: readonly string[]): void {
    for (const market of markets) {
      this.#removed.delete(market);
      this.#books.add(market, this.#parked.get(market));
    }
  }

  remove(markets: readonly string[]): void {
    for (const market of markets) {
      this.#removed.add(market);
      this.#takeOut(market);
    }
  }

  /** The recorder has taken them out of its subscription. */
  park(markets: readonly string[]): void {
    if (!this.takesAll) return;
    for (const market of markets) {
      this.#parked.set(market, this.#books.get(market)!);
      this.#takeOut(market);
    }
  }

  /** The book of a market, which is wanted from its first record on where all are. */
  bookOf(market: string): TrackedBook | undefined {
    const book = this.#books.get(market);
    if (book || !this.takesAll || this.#removed.has(market)) return book;
    this.#books.add(market, this.#parked.get(market));
    this.#parked.delete(market);
    return this.#books.get(market);
  }

  isLeftOut(market: string): boolean {
    return this.takesAll ? this.#removed.has(market) : !this.#books.has(market);
  }

  sourceOf(book: TrackedBook): RecordedStream | undefined {
    return this.#sources.get(book);
  }

  madeFrom(book: TrackedBook, stream: RecordedStream): void {
    this.#sources.set(book, stream);
  }

  /** The markets whose books were made from it. */
  marketsOf(stream: RecordedStream): string[] {
    const markets: string[] = [];
    for (const [{ market }, source] of this.#sources) if (source === stream) markets.push(market);
    return markets;
  }

  #takeOut(market: string): void {
    const book = this.#books.get(market);
    if (!book) return;
    this.#sources.delete(book);
    this.#books.remove(market);
  }
}
