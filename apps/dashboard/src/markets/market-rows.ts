// The rows of the table: which markets are shown, in which order, and what stands in each.
import type { Answer, Book } from '../live/answers.ts';
import type { Covered } from './coverage-bar.ts';
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
  /** Of the last day; `null`: not known. */
  readonly covered: Covered | null;
};

type Described = Answer<'/markets'>['markets'][number];

export function marketRows(
  books: readonly Book[],
  described: readonly Described[],
  coveredOf: (market: string) => Covered | null,
): readonly MarketRow[] {
  const titles = new Map(described.map((each) => [each.market, each]));
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
      covered: coveredOf(book.market),
    };
  });
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
