// For each book that is not synced, the command that will bring it. As long as answers come, nobody is late: a deadline
// moves with each answer to the same or an earlier command. What later commands bring moves nothing, so that no stream of
// other books puts off a deadline for ever.
import type { Sending } from './commands.ts';

export type BookRequest = {
  /** The command that is to bring the book, or the first of the two that are. */
  sending: Sending;
  /** Of the two, the first: what was answered later was answered while this was not. */
  readonly firstOrder: number;
  method: 'add' | 'get-snapshot' | 'delete-and-add';
  /** How often it was asked for in vain: each wait is longer than the one before. */
  tries: number;
  /** An answer has come, and no book could be made of it. */
  unusable: boolean;
};

export class BookRequests {
  readonly #open = new Map<string, BookRequest>();
  /** The latest of the commands that have brought a book that was missing, and when it last did (monotonic). */
  #answeredOrder = 0;
  #answeredAtMs = -Infinity;
  /** The latest of the commands that have brought a book at all. */
  #newestAnswered = 0;

  get size(): number {
    return this.#open.size;
  }

  get(market: string): BookRequest | undefined {
    return this.#open.get(market);
  }

  [Symbol.iterator](): IterableIterator<[string, BookRequest]> {
    return this.#open[Symbol.iterator]();
  }

  /** Notes the command that was made for a market; how often it was asked for before is kept. */
  note(market: string, method: BookRequest['method'], sending: Sending): void {
    const before = this.#open.get(market);
    const first = method === 'add' && before?.method === 'delete-and-add' ? before : undefined;
    this.#open.set(market, {
      sending,
      firstOrder: first?.firstOrder ?? sending.order,
      method: first?.method ?? method,
      tries: before?.tries ?? 0,
      unusable: false,
    });
  }

  /** A book came that was asked for, whether it was missing or not. */
  noteAnswered(order: number): void {
    this.#newestAnswered = Math.max(this.#newestAnswered, order);
  }

  /** Whether another book has come of a command as late as this, or later. */
  isOvertaken({ firstOrder }: BookRequest): boolean {
    return this.#newestAnswered >= firstOrder;
  }

  /** The book is here. */
  fulfil(market: string, atMs: number): void {
    const request = this.#open.get(market);
    if (!request) return;
    this.#open.delete(market);
    this.#answeredOrder = Math.max(this.#answeredOrder, request.sending.order);
    this.#answeredAtMs = atMs;
    this.noteAnswered(request.sending.order);
  }

  forget(market: string): void {
    this.#open.delete(market);
  }

  forgetAll(): void {
    this.#open.clear();
  }

  /** Since when nothing has come that could be on the way to the answer of this command. */
  silentSinceMs({ order, sentAtMs }: Sending): number {
    return this.#answeredOrder > order ? sentAtMs : Math.max(sentAtMs, this.#answeredAtMs);
  }
}
