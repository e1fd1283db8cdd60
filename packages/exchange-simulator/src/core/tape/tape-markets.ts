// From what scans have learnt of tapes to the markets that they have, each with its first book.
import type { BookLevels } from '../market/book.ts';
import { type MarketListing, newListing } from '../market/listing.ts';
import { Market } from '../market/market.ts';
import type { TapeSpan } from './tape-timeline.ts';

const YEAR_MS = 31_536_000_000;

/** How a market begins on one tape. */
export interface MarketOpening {
  readonly marketId: string;
  /** Time of the market's first frame; `undefined` on an untimed tape. */
  readonly firstMs: number | undefined;
  /** The book of the first frame, when that is a snapshot. */
  readonly levels: BookLevels | undefined;
}

export interface TapeContents extends TapeSpan {
  readonly openings: ReadonlyMap<string, MarketOpening>;
  /** Numbers of the lines that are no frames, and are not played. */
  readonly badLines: ReadonlySet<number>;
}

export interface TapeMarkets {
  /** Ascending by ticker, primed. */
  readonly markets: readonly Market[];
  /** For each tape, the tickers whose first snapshot is in the book already and is not to be played. */
  readonly primed: readonly Set<string>[];
}

/**
 * The markets of all tapes. A market whose first frame of all is a snapshot has it as its book from the start, so that
 * a subscriber gets it as the answer to its subscription, as on the real exchange; any other begins empty.
 */
export function marketsOfTapes(tapes: readonly TapeContents[]): TapeMarkets {
  const first = new Map<string, { tape: number; opening: MarketOpening }>();
  for (const [tape, { openings }] of tapes.entries()) {
    for (const [ticker, opening] of openings) {
      const known = first.get(ticker);
      if (!known || startOf(opening) < startOf(known.opening)) first.set(ticker, { tape, opening });
    }
  }
  const primed = tapes.map(() => new Set<string>());
  const markets: Market[] = [];
  for (const [ticker, { tape, opening }] of [...first].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const market = new Market(ticker, opening.marketId, listingOf(ticker, opening));
    markets.push(market);
    if (!opening.levels) continue;
    market.book.replace(opening.levels);
    primed[tape]?.add(ticker);
  }
  return { markets, primed };
}

/** A tape tells the market's names and when it was first heard of; that it ends within a year is a guess. */
function listingOf(ticker: string, { marketId, firstMs = 0 }: MarketOpening): MarketListing {
  const openAtMs = Math.floor(firstMs);
  return newListing({ ticker, marketId, openAtMs, closeAtMs: openAtMs + YEAR_MS });
}

/** Untimed frames are played first of all. */
const startOf = ({ firstMs = -Infinity }: MarketOpening): number => firstMs;
