// What the exchange says of a market apart from its book: names, times, state, prices that were. REST renders it, the
// lifecycle channel tells its changes. Prices are integers of 1/10,000 dollar, sizes of 1/100 contract, times of ms
// since the epoch.
import type { Side } from './book.ts';
import { DOLLAR } from './fixed-point.ts';

/** `initialized` is before its opening, `inactive` paused, `finalized` settled. */
type MarketStatus = 'initialized' | 'active' | 'inactive' | 'closed' | 'determined' | 'finalized';

/** A band of the price grid: from `start` to `end` in steps. */
export interface PriceRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** One print. The taker bought `takerOutcome`; the resting order that it met was a bid of the other side. */
export interface PublicTrade {
  readonly tradeId: string;
  readonly ticker: string;
  readonly yesPrice: number;
  readonly size: number;
  readonly takerOutcome: Side;
  readonly isBlockTrade: boolean;
  /** The exchange's time, microseconds since the epoch. */
  readonly atMicros: number;
}

export interface MarketListing {
  readonly ticker: string;
  readonly marketId: string;
  readonly eventTicker: string;
  readonly seriesTicker: string;
  readonly title: string;
  readonly yesSubtitle: string;
  readonly noSubtitle: string;
  createdAtMs: number;
  openAtMs: number;
  closeAtMs: number;
  status: MarketStatus;
  priceLevelStructure: string;
  priceRanges: readonly PriceRange[];
  result: Side | '';
  /** What a YES contract paid; `null` before it is determined. */
  settlementValue: number | null;
  determinedAtMs: number | null;
  settledAtMs: number | null;
  volume: number;
  volume24h: number;
  openInterest: number;
  /** YES price of the last trade; `null` when there was none. */
  lastPrice: number | null;
  /** Size of the last trade; `null` when there was none. */
  lastSize: number | null;
  /** What was paid for all contracts, both sides together a dollar each: whole 1/10,000 $. */
  dollarVolume: number;
  /** A day ago, as far as the exchange knows: 0 and a dollar for an empty book, 0 for no trade. */
  previousYesBid: number;
  previousYesAsk: number;
  previousPrice: number;
  updatedAtMs: number;
  /** The newest last; at most {@link MOST_RECENT_TRADES}. */
  readonly recentTrades: readonly PublicTrade[];
}

const MOST_RECENT_TRADES = 1000;

const tapered = (center: number, edge: number, width: number): readonly PriceRange[] => [
  { start: 0, end: width, step: edge },
  { start: width, end: DOLLAR - width, step: center },
  { start: DOLLAR - width, end: DOLLAR, step: edge },
];

const steps = { whole: 100, half: 50, quint: 20, deci: 10, centi: 1 } as const;

/** Coarse in the middle and fine towards the ends: the edges are ten cents wide, of combos one cent. */
const centerAndEdge = Object.fromEntries(
  Object.entries(steps).flatMap(([center, coarse]) =>
    Object.entries(steps)
      .filter(([, fine]) => fine < coarse)
      .map(([edge, fine]) => {
        const width = center === 'deci' && edge === 'centi' ? 100 : 1000;
        return [`center_${center}_edge_${edge}_cent`, tapered(coarse, fine, width)];
      }),
  ),
);

/** By label, the grids that this exchange knows. */
export const PRICE_STRUCTURES: Readonly<Record<string, readonly PriceRange[]>> = {
  linear_cent: [{ start: 0, end: DOLLAR, step: 100 }],
  deci_cent: [{ start: 0, end: DOLLAR, step: 10 }],
  tapered_deci_cent: tapered(100, 10, 1000),
  ...centerAndEdge,
};

/** `linear_cent`: one cent everywhere. */
const LINEAR_CENT = PRICE_STRUCTURES['linear_cent'] as readonly PriceRange[];

type Known = Pick<MarketListing, 'ticker' | 'marketId'> & Partial<Omit<MarketListing, 'recentTrades'>>;

/** A listing out of what is known; the event and the series are read off the ticker (`SERIES-EVENT-MARKET`). */
export function newListing(known: Known): MarketListing {
  const { ticker, openAtMs = 0, createdAtMs = openAtMs } = known;
  return {
    eventTicker: eventOf(ticker),
    seriesTicker: ticker.split('-')[0] ?? ticker,
    title: ticker,
    yesSubtitle: 'Yes',
    noSubtitle: 'No',
    createdAtMs,
    openAtMs,
    closeAtMs: openAtMs,
    status: 'active',
    priceLevelStructure: 'linear_cent',
    priceRanges: LINEAR_CENT,
    result: '',
    settlementValue: null,
    determinedAtMs: null,
    settledAtMs: null,
    volume: 0,
    volume24h: 0,
    openInterest: 0,
    lastPrice: null,
    lastSize: null,
    dollarVolume: 0,
    previousYesBid: 0,
    previousYesAsk: DOLLAR,
    previousPrice: 0,
    updatedAtMs: createdAtMs,
    ...known,
    recentTrades: [],
  };
}

/** Takes a print into the figures. Half of a simulated market's trades open interest: nobody knows who held what. */
export function recordTrade(listing: MarketListing, trade: PublicTrade): void {
  const trades = listing.recentTrades as PublicTrade[];
  trades.push(trade);
  // In one go now and then: taking one off the front of a long list at each trade costs more.
  if (trades.length >= 2 * MOST_RECENT_TRADES) trades.splice(0, trades.length - MOST_RECENT_TRADES);
  listing.lastPrice = trade.yesPrice;
  listing.lastSize = trade.size;
  listing.volume += trade.size;
  listing.volume24h += trade.size;
  listing.openInterest += Math.floor(trade.size / 2);
  listing.dollarVolume += Math.floor((trade.size * trade.yesPrice) / 100);
  listing.updatedAtMs = Math.floor(trade.atMicros / 1000);
}

function eventOf(ticker: string): string {
  const end = ticker.lastIndexOf('-');
  return end > ticker.indexOf('-') ? ticker.slice(0, end) : ticker;
}
