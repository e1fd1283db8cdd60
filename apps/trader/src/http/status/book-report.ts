// A book in exact decimal text: dollars and contracts, spelled as the exchange spells them.
import {
  formatPrice,
  formatSize,
  type BookRepair,
  type BookView,
  type Level,
  type OrderbookClient,
  type StaleReason,
} from '@trader/orderbook-client';
import type { BookChanges } from './book-changes.ts';

/** `["0.4300", "100.00"]`: a price in dollars and a size in contracts. */
export type LevelText = readonly [price: string, size: string];

/** The top of a book, and whether it is to be trusted. */
export type BookSummary = {
  readonly market: string;
  /** Only then is it right. */
  readonly synced: boolean;
  readonly staleReason: StaleReason | null;
  /** Since it last changed; `null` if it never did. A quiet market's book grows old and stays right. */
  readonly ageMs: number | null;
  /** Of the last ten seconds, to a tenth. */
  readonly changesPerSecond: number;
  /** `null` where nothing rests. */
  readonly yesBid: LevelText | null;
  readonly yesAsk: LevelText | null;
  /** Bid levels. */
  readonly yesDepth: number;
  readonly noDepth: number;
  /** The sum of all its bids. */
  readonly yesContracts: string;
  readonly noContracts: string;
  /** What is under way to get it right; `null`: it is. */
  readonly repair: BookRepair | null;
};

/** Every level, best first: YES bids in YES prices, NO bids in NO prices. */
export type FullBook = BookSummary & { readonly yes: readonly LevelText[]; readonly no: readonly LevelText[] };

/** What a report is made of beside the book. `nowMs` is of the monotonic clock. */
export type BookSources = {
  readonly client: Pick<OrderbookClient, 'repairOf'>;
  readonly changes: BookChanges;
  readonly nowMs: number;
};

export function bookSummary(book: BookView, { client, changes, nowMs }: BookSources): BookSummary {
  const { market, synced } = book;
  const changedAtMs = changes.of(book)?.atMs;
  return {
    market,
    synced,
    staleReason: book.staleReason,
    ageMs: changedAtMs === undefined ? null : Math.round(Math.max(nowMs - changedAtMs, 0)),
    changesPerSecond: changes.perSecond(book, nowMs),
    yesBid: levelText(book.bestBid('yes')),
    yesAsk: levelText(book.bestAsk('yes')),
    yesDepth: book.depth('yes'),
    noDepth: book.depth('no'),
    yesContracts: formatSize(book.bidSizeDownTo('yes', 0)),
    noContracts: formatSize(book.bidSizeDownTo('no', 0)),
    repair: synced ? null : client.repairOf(market),
  };
}

export const fullBook = (book: BookView, sources: BookSources): FullBook => ({
  ...bookSummary(book, sources),
  yes: [...book.bids('yes')].map(toText),
  no: [...book.bids('no')].map(toText),
});

const toText = ([price, size]: Level): LevelText => [formatPrice(price), formatSize(size)];

const levelText = (level: Level | undefined): LevelText | null => (level ? toText(level) : null);
