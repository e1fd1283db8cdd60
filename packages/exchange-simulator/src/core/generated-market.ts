import type { Level, MarketBook, Side } from './book.ts';

/** One change of one level, in the book's integers. */
export interface BookChange {
  readonly side: Side;
  readonly price: number;
  readonly change: number;
}

const CENT = 100;
const FEWEST_LEVELS = 20;
const MOST_LEVELS = 40;
const LOWEST_MID = 32;
const HIGHEST_MID = 68;

/**
 * Order flow of one market around a wandering mid. YES bids stay at or below the mid, NO bids at or below 99 cents less
 * the mid, so the best two never add up to a dollar: the book is never locked or crossed, after no change. The mid stays
 * where both sides have room for 20 levels on a grid of one cent.
 */
export class GeneratedMarket {
  readonly #book: MarketBook;
  readonly #random: () => number;
  /** In cents; the highest YES bid there may be. */
  #mid: number;

  constructor(book: MarketBook, random: () => number) {
    this.#book = book;
    this.#random = random;
    this.#mid = LOWEST_MID + Math.floor(random() * (HIGHEST_MID - LOWEST_MID + 1));
    book.replace({ yes: this.#openingSide('yes'), no: this.#openingSide('no') });
  }

  /** What happens next: one to three changes, which the caller applies to the book, in order, before it asks again. */
  next(): BookChange[] {
    if (this.#random() < 0.05) {
      const changes = this.#moveMid();
      if (changes.length > 0) return changes;
    }
    return [this.#order(this.#random() < 0.5 ? 'yes' : 'no')];
  }

  #limit(side: Side): number {
    return side === 'yes' ? this.#mid : 99 - this.#mid;
  }

  #openingSide(side: Side): Level[] {
    const limit = this.#limit(side);
    const gaps = Math.min(limit - FEWEST_LEVELS, Math.floor(limit * 0.2));
    const empty = new Set(Array.from({ length: gaps }, () => 1 + Math.floor(this.#random() * limit)));
    const cents = Array.from({ length: limit }, (_, index) => index + 1).filter((cent) => !empty.has(cent));
    return cents.slice(-MOST_LEVELS).map((cent) => [cent * CENT, this.#newSize()]);
  }

  #order(side: Side): BookChange {
    const price = this.#priceNearTop(side);
    const size = this.#book.size(side, price);
    const depth = this.#book.depth(side);
    if (size === 0) return depth < MOST_LEVELS ? { side, price, change: this.#newSize() } : this.#cancel(side);
    const choice = this.#random();
    if (choice < 0.3 && depth > FEWEST_LEVELS) return { side, price, change: -size };
    if (choice < 0.6 && size > 1) return { side, price, change: -(1 + Math.floor(this.#random() * (size - 1))) };
    return { side, price, change: this.#newSize() };
  }

  /** The mid moves by a cent: a bid that the other side would now reach goes first, then the side is filled up. */
  #moveMid(): BookChange[] {
    const up = this.#mid === LOWEST_MID || (this.#mid < HIGHEST_MID && this.#random() < 0.5);
    const beaten: Side = up ? 'no' : 'yes';
    const price = this.#limit(beaten) * CENT;
    const size = this.#book.size(beaten, price);
    this.#mid += up ? 1 : -1;
    if (size === 0) return [];
    const removal = { side: beaten, price, change: -size };
    if (this.#book.depth(beaten) > FEWEST_LEVELS) return [removal];
    return [removal, { side: beaten, price: this.#vacantPrice(beaten), change: this.#newSize() }];
  }

  #cancel(side: Side): BookChange {
    const levels = this.#book.levels()[side];
    const [price, size] = levels[Math.floor(this.#random() * levels.length)] as Level;
    return { side, price, change: -size };
  }

  /** Most orders come near the top. */
  #priceNearTop(side: Side): number {
    const limit = this.#limit(side);
    const below = Math.floor(-Math.log(1 - this.#random()) * 8);
    return Math.max(1, limit - below) * CENT;
  }

  #vacantPrice(side: Side): number {
    let cent = this.#limit(side);
    while (this.#book.size(side, cent * CENT) > 0) cent--;
    return cent * CENT;
  }

  /** Most orders are small and of whole contracts, some are large, three in ten are fractional. */
  #newSize(): number {
    const contracts = Math.ceil(Math.exp(this.#random() * 7));
    const hundredths = this.#random() < 0.3 ? Math.floor(this.#random() * 100) : 0;
    return contracts * 100 + hundredths;
  }
}
