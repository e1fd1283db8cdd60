// Kalshi's own client, pointed at the exchange with its key, and nothing else changed.
import { temporaryFolder } from '@trader/testkit';
import { AccountApi, Configuration, EventsApi, ExchangeApi, MarketApi } from 'kalshi-typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExchange, type Exchange, type Runtime } from '../src/index.ts';
import { at, deltaOf, snapshotOf, writeTape } from './tape.ts';

const folder = temporaryFolder();
/** The rate limit is on this clock, which a test stops: how fast a machine asks must not matter. */
let stoppedAtMs: number | undefined;
const runtime: Runtime = {
  nowMs: () => Date.now(),
  monotonicMs: () => stoppedAtMs ?? performance.now(),
  setTimer: (delayMs, fire) => {
    const timer = setTimeout(fire, delayMs);
    return () => clearTimeout(timer);
  },
};
let exchange: Exchange;
let markets: MarketApi;
let configuration: Configuration;

beforeAll(async () => {
  const tickers = Array.from({ length: 250 }, (_, index) => `KXSDK-${String(index).padStart(3, '0')}`);
  const tape = writeTape(folder, 'sdk.ndjson', [
    ...tickers.map((ticker) => at(1000, snapshotOf(ticker, [['0.4200', '3.50']], [['0.5500', '7.00']]))),
    at(2000, {
      type: 'trade',
      sid: 2,
      seq: 1,
      msg: {
        trade_id: 'd91bc706-ee49-470d-82d8-11418bda6fed',
        market_ticker: 'KXSDK-007',
        yes_price_dollars: '0.4500',
        no_price_dollars: '0.5500',
        count_fp: '2.00',
        taker_side: 'yes',
        taker_outcome_side: 'yes',
        taker_book_side: 'bid',
        ts: 2,
        ts_ms: 2000,
      },
    }),
    at(2000, deltaOf('KXSDK-007', 'no', '0.5500', '-2.00', 2000)),
  ]);
  // The SDK signs with RSA only.
  exchange = await createExchange({ tapes: [tape], speed: 1_000_000, playback: 'on-play', keyType: 'rsa', runtime });
  exchange.play();
  await exchange.finished;
  const { keyId: apiKey, privateKeyPem } = exchange.credentials;
  configuration = new Configuration({ apiKey, privateKeyPem, basePath: exchange.restUrl });
  markets = new MarketApi(configuration);
});

afterAll(async () => {
  await exchange.close();
  folder.remove();
});

describe('the kalshi-typescript SDK', () => {
  it('lists all markets through all pages', async () => {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const { data } = await markets.getMarkets(100, cursor);
      found.push(...data.markets.map(({ ticker }) => ticker));
      cursor = data.cursor || undefined;
    } while (cursor);
    expect(found).toEqual(exchange.markets);
  });

  it('reads a market, its order book, its trades', async () => {
    const { data } = await markets.getMarket('KXSDK-007');
    expect(data.market).toMatchObject({ yes_bid_dollars: '0.4200', yes_ask_size_fp: '5.00', volume_fp: '2.00' });
    expect((await markets.getMarketOrderbook('KXSDK-007', 10)).data.orderbook_fp).toEqual({
      yes_dollars: [['0.4200', '3.50']],
      no_dollars: [['0.5500', '5.00']],
    });
    expect((await markets.getMarketOrderbooks(['KXSDK-001', 'KXSDK-002'])).data.orderbooks).toHaveLength(2);
    const { data: page } = await markets.getTrades(10, undefined, 'KXSDK-007');
    expect(page.trades).toMatchObject([{ count_fp: '2.00', yes_price_dollars: '0.4500', taker_book_side: 'bid' }]);
  });

  it('reads status, schedule, events, series and its own limits', async () => {
    const api = new ExchangeApi(configuration);
    expect((await api.getExchangeStatus()).data).toMatchObject({ exchange_active: true, trading_active: true });
    expect((await api.getExchangeSchedule()).data.schedule.standard_hours).toHaveLength(1);
    expect((await new EventsApi(configuration).getEvents(200)).data.events.length).toBeGreaterThan(0);
    expect((await markets.getSeries('KXSDK')).data.series.ticker).toBe('KXSDK');
    expect((await new AccountApi(configuration).getAccountApiLimits()).data.read.refill_rate).toBe(240);
  });

  it('gets the documented errors', async () => {
    await expect(markets.getMarket('NOPE')).rejects.toMatchObject({
      response: { status: 404, data: { error: { code: 'not_found' } } },
    });
    await expect(markets.getMarkets(1001)).rejects.toMatchObject({
      response: { status: 400, data: { error: { code: 'bad_request' } } },
    });
    stoppedAtMs = performance.now();
    const asked = Array.from({ length: 60 }, () => markets.getMarket('KXSDK-000'));
    const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected');
    stoppedAtMs = undefined;
    expect(refused[0]).toMatchObject({
      reason: { response: { status: 429, data: { error: 'too many requests' } } },
    });
  });

  it('gets a 401 with a key that the exchange does not know', async () => {
    const { privateKeyPem } = exchange.credentials;
    const stranger = new Configuration({ apiKey: 'b5fe5d9c-5bd1-4bd4-9d3a-d3b1e1c0a2f1', privateKeyPem });
    // The SDK signs in a hook of one client that all its objects share, where the first key wins.
    type Client = (typeof markets)['axios'];
    const ownClient = (markets['axios'] as Client & { create(): Client }).create();
    await expect(new MarketApi(stranger, exchange.restUrl, ownClient).getMarket('KXSDK-000')).rejects.toMatchObject({
      response: { status: 401, data: { error: { code: 'authentication_error', details: 'NOT_FOUND' } } },
    });
  });
});
