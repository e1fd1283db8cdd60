// The rows of the table: which markets are shown, in which order, and what stands in each.
import type { Answer, Book } from '../live/answers.ts';
import { duration } from '../text/duration.ts';
import { parsePrice, parseSize } from '../text/price.ts';

export type MarketRow = {
  readonly market: string;
  readonly title: string | null;
  readonly isUnknown: boolean;
  readonly book: Book;
  /** In 1/10,000 dollar; `null`: nothing rests. */
  readonly bid: number | null;
  readonly ask: number | null;
  readonly spread: number | null;
  /** Bids in 1/100 contract. */
  readonly yesSize: number;
  readonly noSize: number;
  /** Of the last day; `null`: not worked out. */
  readonly covered: { readonly coveredMs: number; readonly ofMs: number } | null;
};

export type Order = 'market' | 'bid' | 'ask' | 'spread' | 'changes' | 'age' | 'covered';

export type Shown = 'all' | 'right' | 'stale';

type Described = Answer<'/markets'>['markets'][number];
type Covered = Answer<'/coverage/summary'>['markets'][number];

export function marketRows(
  books: readonly Book[],
  described: readonly Described[],
  covered: readonly Covered[],
): readonly MarketRow[] {
  const titles = new Map(described.map((each) => [each.market, each]));
  const sums = new Map(covered.map((each) => [each.market, each]));
  return books.map((book) => {
    const bid = book.yesBid && parsePrice(book.yesBid[0]);
    const ask = book.yesAsk && parsePrice(book.yesAsk[0]);
    return {
      market: book.market,
      title: titles.get(book.market)?.title ?? null,
      isUnknown: titles.get(book.market)?.unknown ?? false,
      book,
      bid,
      ask,
      spread: bid === null || ask === null ? null : ask - bid,
      yesSize: parseSize(book.yesContracts) ?? 0,
      noSize: parseSize(book.noContracts) ?? 0,
      covered: sums.get(book.market) ?? null,
    };
  });
}

/** @param text of a ticker or a title, in any case */
export function filterRows(rows: readonly MarketRow[], shown: Shown, text: string): readonly MarketRow[] {
  const wanted = text.trim().toLowerCase();
  return rows.filter(({ market, title, book }) => {
    if (shown !== 'all' && book.synced !== (shown === 'right')) return false;
    return wanted === '' || market.toLowerCase().includes(wanted) || (title?.toLowerCase().includes(wanted) ?? false);
  });
}

/** What is not right comes first, whatever the order; then by the order, and of equals by the ticker. */
export function sortRows(rows: readonly MarketRow[], order: Order, isDescending: boolean): readonly MarketRow[] {
  const sign = isDescending ? -1 : 1;
  return rows.toSorted((one, other) => {
    if (one.book.synced !== other.book.synced) return one.book.synced ? 1 : -1;
    const difference = order === 'market' ? 0 : valueOf(one, order) - valueOf(other, order);
    if (difference !== 0 && !Number.isNaN(difference)) return sign * difference;
    return (order === 'market' ? sign : 1) * (one.market < other.market ? -1 : 1);
  });
}

function valueOf({ bid, ask, spread, book, covered }: MarketRow, order: Exclude<Order, 'market'>): number {
  switch (order) {
    case 'bid':
      return bid ?? -1;
    case 'ask':
      return ask ?? -1;
    case 'spread':
      return spread ?? -1;
    case 'changes':
      return book.changesPerSecond;
    case 'age':
      return book.ageMs ?? Number.MAX_SAFE_INTEGER;
    case 'covered':
      return covered && covered.ofMs > 0 ? covered.coveredMs / covered.ofMs : -1;
  }
}

/** How many books are not right, by the reason, most first. */
export function staleReasons(books: readonly Book[]): readonly (readonly [reason: string, books: number])[] {
  const counts = new Map<string, number>();
  for (const { staleReason } of books)
    if (staleReason !== null) counts.set(staleReason, (counts.get(staleReason) ?? 0) + 1);
  return [...counts].toSorted((one, other) => other[1] - one[1]);
}

/** How a market's book does, in a word or two. */
export const bookWord = ({ isUnknown, book }: Pick<MarketRow, 'isUnknown' | 'book'>): string =>
  isUnknown ? 'unknown to the exchange' : book.synced ? 'right' : `stale: ${book.staleReason ?? 'no reason told'}`;

/** What is done about a book that is not right. */
export function repairText({ repair }: Book): string {
  if (!repair) return '';
  const { step, number, attempts, nextTryInMs } = repair;
  const name = number === null ? step : `step ${number} of 3, ${step}`;
  const next = nextTryInMs === null ? '' : `, next try in ${duration(nextTryInMs)}`;
  return `${name}, ${attempts === 1 ? 'asked once' : `asked ${attempts} times`}${next}`;
}
