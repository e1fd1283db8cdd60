// What REST offers: one line per path. Order entry is to be further lines with other methods.
import type { Accounts } from '../accounts/accounts.ts';
import type { FeeSchedule } from '../accounts/fees.ts';
import type { ExchangeState } from '../exchange-state.ts';
import type { PublicTrade } from '../market/listing.ts';
import type { Market } from '../market/market.ts';
import {
  balanceBody,
  eventBody,
  exchangeScheduleBody,
  exchangeStatusBody,
  marketBody,
  type MarketGroup,
  orderbookBody,
  SERIES_CATEGORY,
  seriesBody,
  tradeBody,
  userDataTimestampBody,
} from './bodies.ts';
import { eventTest, marketTest, tradeTest } from './market-query.ts';
import { pageByName, pageOf } from './page.ts';
import type { Query } from './query.ts';
import { badRequest, notFound } from './refusal.ts';
import { DEFAULT_COST, type RateLimits } from './rate-limits.ts';

/** What the exchange shows to REST. */
export interface RestView {
  readonly markets: ReadonlyMap<string, Market>;
  readonly state: ExchangeState;
  readonly limits: RateLimits;
  readonly fees: FeeSchedule;
  /** `undefined` where tapes play: accounts have what they began with. */
  readonly accounts: Accounts | undefined;
  /** What every account has at the start, in 1/1,000,000 dollar. */
  readonly startBalance: number;
}

/** What is asked of a route. */
interface Question {
  readonly query: Query;
  /** What stands in the place of `*`; empty for a route without one. */
  readonly name: string;
  /** Who asks; empty without a signature. */
  readonly account: string;
  /** The exchange's clock. */
  readonly nowMs: number;
}

export interface Route {
  readonly method: string;
  /** Below `/trade-api/v2`; `*` stands for a name. */
  readonly path: string;
  /** `signed`: only with a signature. An `open` path takes one, too, and refuses a wrong one. */
  readonly access: 'open' | 'signed' | 'orderbook';
  readonly answer: (view: RestView, question: Question) => object;
}

const get = (path: string, answer: Route['answer'], access: Route['access'] = 'open'): Route => ({
  method: 'GET',
  path,
  access,
  answer,
});

/** The first that fits is taken. */
export const routes: readonly Route[] = [
  get('/exchange/status', ({ state }) => exchangeStatusBody(state)),
  get('/exchange/schedule', ({ state }) => exchangeScheduleBody(state)),
  get('/exchange/user_data_timestamp', (_, { nowMs }) => userDataTimestampBody(nowMs)),
  get('/markets', listMarkets),
  get('/markets/orderbooks', listOrderbooks, 'orderbook'),
  get('/markets/trades', listTrades),
  get('/markets/*', ({ markets }, { name }) => ({ market: marketBody(known(markets.get(name))) })),
  get('/markets/*/orderbook', showOrderbook, 'orderbook'),
  get('/events', listEvents),
  get('/events/*', showEvent),
  get('/series', listSeries),
  get('/series/*', showSeries),
  get('/portfolio/balance', showBalance, 'signed'),
  get('/account/limits', ({ limits }) => limits.body, 'signed'),
  get('/account/endpoint_costs', () => ({ default_cost: DEFAULT_COST, endpoint_costs: [] })),
];

const MOST_ORDERBOOKS = 100;
const MOST_ORDERBOOK_LEVELS = 100;

function listMarkets({ markets }: RestView, { query }: Question): object {
  const test = marketTest(query);
  const found = byTicker(markets).filter(({ listing }) => test(listing));
  const { items, cursor } = pageByName(found, query, query.limit(1000, 100), tickerOf);
  return { cursor, markets: items.map(marketBody) };
}

function showOrderbook({ markets }: RestView, { query, name: ticker }: Question): object {
  const depth = query.integer('depth', 0, MOST_ORDERBOOK_LEVELS);
  return { orderbook_fp: orderbookBody(known(markets.get(ticker)).book.levels(), depth) };
}

/** A ticker that the exchange does not have is left out. */
function listOrderbooks({ markets }: RestView, { query }: Question): object {
  const tickers = query.list('tickers');
  if (!tickers || tickers.length > MOST_ORDERBOOKS) {
    throw badRequest(`tickers must be a list of 1 to ${MOST_ORDERBOOKS}`);
  }
  const orderbooks = [...new Set(tickers)].flatMap((ticker) => {
    const market = markets.get(ticker);
    return market ? [{ orderbook_fp: orderbookBody(market.book.levels()), ticker }] : [];
  });
  return { orderbooks };
}

/** The newest first. */
function listTrades({ markets }: RestView, { query }: Question): object {
  const ticker = query.text('ticker');
  const test = tradeTest(query);
  const limit = query.limit(1000, 100);
  const wanted =
    ticker === undefined ? [...markets.values()] : [markets.get(ticker)].filter((one) => one !== undefined);
  const trades = wanted.flatMap(({ listing }) => listing.recentTrades.filter(test)).toSorted(newestFirst);
  const { items, cursor } = pageOf(trades, {
    query,
    limit,
    keyOf: tradeKey,
    isAfter: (trade, key) => tradeKey(trade) < key,
  });
  return { cursor, trades: items.map(tradeBody) };
}

function listEvents({ markets }: RestView, { query }: Question): object {
  const test = eventTest(query);
  const withMarkets = query.flag('with_nested_markets') ?? false;
  const withMilestones = query.flag('with_milestones') ?? false;
  const events = groups(markets, eventOf).filter((event) => test(event.markets));
  const limit = query.integer('limit', 1, 200) ?? 200;
  const { items, cursor } = pageByName(events, query, limit, ({ ticker }) => ticker);
  return {
    cursor,
    events: items.map((event) => eventBody(event, withMarkets)),
    ...(withMilestones && { milestones: [] }),
  };
}

/** `markets` beside the event is deprecated, and filled all the same. */
function showEvent({ markets }: RestView, { query, name: ticker }: Question): object {
  const event = known(groups(markets, eventOf).find((group) => group.ticker === ticker));
  const withMarkets = query.flag('with_nested_markets') ?? false;
  return { event: eventBody(event, withMarkets), markets: event.markets.map(marketBody) };
}

function listSeries({ markets, fees }: RestView, { query }: Question): object {
  const category = query.text('category');
  const tags = query.list('tags');
  const updatedAfterMs = query.time('min_updated_ts') ?? -Infinity;
  const withVolume = query.flag('include_volume') ?? false;
  const found = groups(markets, seriesOf).filter(
    (series) =>
      (category ?? SERIES_CATEGORY) === SERIES_CATEGORY &&
      !tags &&
      series.markets.some(({ listing }) => listing.updatedAtMs > updatedAfterMs),
  );
  return { series: found.map((series) => seriesBody(series, fees, withVolume)) };
}

function showSeries({ markets, fees }: RestView, { query, name: ticker }: Question): object {
  const series = known(groups(markets, seriesOf).find((group) => group.ticker === ticker));
  return { series: seriesBody(series, fees, query.flag('include_volume') ?? false) };
}

/** Positions are worth what somebody bids for them now. */
function showBalance({ accounts, markets, startBalance }: RestView, { account, nowMs }: Question): object {
  let worth = 0;
  for (const { ticker, size } of accounts?.positionsOf(account) ?? []) {
    worth += Math.abs(size) * (markets.get(ticker)?.book.best(size > 0 ? 'yes' : 'no') ?? 0);
  }
  return balanceBody(accounts?.balanceOf(account) ?? startBalance, worth, nowMs);
}

const tickerOf = ({ ticker }: Market): string => ticker;
const eventOf = ({ listing }: Market): string => listing.eventTicker;
const seriesOf = ({ listing }: Market): string => listing.seriesTicker;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const byTicker = (markets: ReadonlyMap<string, Market>): Market[] =>
  [...markets.values()].toSorted((a, b) => byText(a.ticker, b.ticker));

/** Sorts as time does, then by the trade's id. */
const tradeKey = ({ atMicros, tradeId }: PublicTrade): string => `${String(atMicros).padStart(17, '0')} ${tradeId}`;

const newestFirst = (a: PublicTrade, b: PublicTrade): number => b.atMicros - a.atMicros || byText(b.tradeId, a.tradeId);

/** Sorted by name. */
function groups(markets: ReadonlyMap<string, Market>, nameOf: (market: Market) => string): MarketGroup[] {
  const found = new Map<string, [Market, ...Market[]]>();
  for (const market of byTicker(markets)) {
    const group = found.get(nameOf(market));
    if (group) group.push(market);
    else found.set(nameOf(market), [market]);
  }
  return [...found]
    .map(([ticker, members]) => ({ ticker, markets: members }))
    .toSorted((a, b) => byText(a.ticker, b.ticker));
}

function known<T>(found: T | undefined): T {
  if (found === undefined) throw notFound();
  return found;
}
