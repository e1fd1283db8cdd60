// The filters of `GET /markets`, `/events` and `/markets/trades`.
import type { MarketListing, PublicTrade } from '../market/listing.ts';
import type { Market } from '../market/market.ts';
import { badRequest } from './refusal.ts';
import type { Query } from './query.ts';

export type ListingTest = (listing: MarketListing) => boolean;

/** What the filter's words mean; `closed` is every market past its close that is not settled. */
const statusTests = {
  unopened: ({ status }) => status === 'initialized',
  open: ({ status }) => status === 'active',
  paused: ({ status }) => status === 'inactive',
  closed: ({ status }) => status === 'closed' || status === 'determined',
  settled: ({ status }) => status === 'finalized',
} as const satisfies Record<string, ListingTest>;

type Status = keyof typeof statusTests;

const STATUSES = Object.keys(statusTests) as readonly Status[];

/** Kalshi allows one kind of time at once, and each only with the states in which it means something. */
const timeFilters = [
  { name: 'created', statuses: ['unopened', 'open'], timeOf: ({ createdAtMs }) => createdAtMs },
  { name: 'close', statuses: ['closed'], timeOf: ({ closeAtMs }) => closeAtMs },
  { name: 'settled', statuses: ['settled'], timeOf: ({ settledAtMs }) => settledAtMs },
] as const satisfies readonly {
  name: string;
  statuses: readonly Status[];
  timeOf: (listing: MarketListing) => number | null;
}[];

/** @throws {RestRefusal} 400 for a wrong value and for filters that exclude each other */
export function marketTest(query: Query): ListingTest {
  const status = query.oneOf('status', STATUSES);
  const tests: ListingTest[] = [...nameTests(query), ...timeTests(query, status)];
  if (status) tests.push(statusTests[status]);
  const mve = query.oneOf('mve_filter', ['only', 'exclude']);
  if (mve) tests.push(({ ticker }) => ticker.startsWith('KXMVE') === (mve === 'only'));
  const updatedAfterMs = query.time('min_updated_ts');
  if (updatedAfterMs !== undefined) {
    const others = ['status', 'tickers', 'event_ticker', ...timeFilters.flatMap(namesOf)];
    const other = others.find((name) => query.text(name) !== undefined);
    if (other !== undefined) throw badRequest(`min_updated_ts cannot be combined with ${other}`);
    if (query.text('series_ticker') !== undefined && mve !== 'exclude') {
      throw badRequest('min_updated_ts with series_ticker requires mve_filter=exclude');
    }
    tests.push(({ updatedAtMs }) => updatedAtMs > updatedAfterMs);
  }
  return all(tests);
}

/** An event has a state when one of its markets has; combos are not events here. */
export function eventTest(query: Query): (markets: readonly Market[]) => boolean {
  const status = query.oneOf('status', ['unopened', 'open', 'closed', 'settled']);
  const closesAfterMs = query.time('min_close_ts');
  const updatedAfterMs = query.time('min_updated_ts');
  const series = query.text('series_ticker');
  const tickers = query.list('tickers');
  const tests: ListingTest[] = [({ ticker }) => !ticker.startsWith('KXMVE')];
  if (status) tests.push(statusTests[status]);
  if (closesAfterMs !== undefined) tests.push(({ closeAtMs }) => closeAtMs > closesAfterMs);
  if (updatedAfterMs !== undefined) tests.push(({ updatedAtMs }) => updatedAtMs > updatedAfterMs);
  if (series !== undefined) tests.push(({ seriesTicker }) => seriesTicker === series);
  if (tickers) tests.push(({ eventTicker }) => tickers.includes(eventTicker));
  const test = all(tests);
  return (markets) => markets.some(({ listing }) => test(listing));
}

export function tradeTest(query: Query): (trade: PublicTrade) => boolean {
  const fromMs = query.time('min_ts') ?? -Infinity;
  // The second that is named belongs to it.
  const toMs = (query.time('max_ts') ?? Infinity) + 1000;
  const isBlockTrade = query.flag('is_block_trade');
  return (trade) => {
    const atMs = trade.atMicros / 1000;
    return atMs >= fromMs && atMs < toMs && (isBlockTrade === undefined || trade.isBlockTrade === isBlockTrade);
  };
}

function nameTests(query: Query): ListingTest[] {
  const tests: ListingTest[] = [];
  const event = query.text('event_ticker');
  if (event !== undefined) tests.push(({ eventTicker }) => eventTicker === event);
  const series = query.text('series_ticker');
  if (series !== undefined) tests.push(({ seriesTicker }) => seriesTicker === series);
  const tickers = query.list('tickers');
  if (tickers) {
    const wanted = new Set(tickers);
    tests.push(({ ticker }) => wanted.has(ticker));
  }
  return tests;
}

function timeTests(query: Query, status: Status | undefined): ListingTest[] {
  const given = timeFilters.filter((filter) => namesOf(filter).some((name) => query.text(name) !== undefined));
  const [filter, second] = given;
  if (!filter) return [];
  if (second) throw badRequest(`${filter.name} and ${second.name} times cannot be combined`);
  if (status && !filter.statuses.some((one) => one === status)) {
    throw badRequest(`${filter.name} times cannot be combined with status=${status}`);
  }
  const fromMs = query.time(`min_${filter.name}_ts`) ?? -Infinity;
  const toMs = query.time(`max_${filter.name}_ts`) ?? Infinity;
  return [
    (listing) => {
      const atMs = filter.timeOf(listing);
      return atMs !== null && atMs >= fromMs && atMs <= toMs;
    },
  ];
}

const namesOf = ({ name }: { readonly name: string }): string[] => [`min_${name}_ts`, `max_${name}_ts`];

const all =
  (tests: readonly ListingTest[]): ListingTest =>
  (listing) =>
    tests.every((test) => test(listing));
