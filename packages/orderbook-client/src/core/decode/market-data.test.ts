// Trades and tickers of every time. What they have in common with the other channels: decode-channels.test.ts.
import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { decodeFrame } from './decode.ts';
import { formatPrice, formatSize, ONE_DOLLAR } from '../price/price.ts';

const decode = (type: string, msg: unknown) => decodeFrame(JSON.stringify({ type, sid: 1, msg }));

const names = { trade_id: 't', market_ticker: 'KXA', taker_side: 'yes', ts: 1_669_149_841 };

describe('a trade', () => {
  test('of whole cents and contracts is the same in the shapes of all times', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 1_000_000 }), (cents, contracts) => {
        const prices = [cents * 100, ONE_DOLLAR - cents * 100].map(formatPrice);
        const inCents = { yes_price: cents, no_price: 100 - cents, count: contracts };
        const inDollars = { yes_price_dollars: prices[0], no_price_dollars: prices[1] };
        const fixedPoint = { count_fp: formatSize(contracts * 100) };
        const trades = [
          { ...names, ...inCents },
          { ...names, ...inDollars, count: contracts },
          { ...names, ...inDollars, ...fixedPoint },
          { ...names, ...inCents, ...inDollars, ...fixedPoint },
        ].map((msg) => decode('trade', msg));
        for (const trade of trades) {
          expect(trade).toEqual({
            kind: 'trade',
            sid: 1,
            seq: null,
            tradeId: 't',
            market: 'KXA',
            yesPrice: cents * 100,
            noPrice: ONE_DOLLAR - cents * 100,
            size: contracts * 100,
            takerSide: 'yes',
            blockTrade: null,
            exchangeAtMs: 1_669_149_841_000,
          });
        }
      }),
    );
  });

  const prices = { ...names, count_fp: '1.00' };

  test('has the exact price where the cents beside it are rounded', () => {
    const both = { yes_price: 8, yes_price_dollars: '0.0850', no_price: 91, no_price_dollars: '0.9150' };
    expect(decode('trade', { ...prices, ...both })).toMatchObject({ yesPrice: 850, noPrice: 9150 });
  });

  test('with one price has the other as its complement', () => {
    for (const price of [{ yes_price_dollars: '0.0850' }, { no_price_dollars: '0.9150' }]) {
      expect(decode('trade', { ...prices, ...price })).toMatchObject({ yesPrice: 850, noPrice: 9150 });
    }
  });

  test('with prices that do not add up to one dollar is a violation', () => {
    const msg = { ...prices, yes_price_dollars: '0.3600', no_price_dollars: '0.6300' };
    expect(decode('trade', msg)).toMatchObject({
      kind: 'violation',
      reason: '"trade" with prices that do not add up to one dollar',
    });
  });

  test('with renamed prices, or a renamed size, is a violation and no trade at zero', () => {
    expect(decode('trade', { ...prices, yes_price_usd: '0.36' })).toMatchObject({ kind: 'violation' });
    expect(decode('trade', { ...names, yes_price: 36, contracts: 5 })).toMatchObject({ kind: 'violation' });
  });

  test('with an exact price that cannot be read does not fall back to an older one', () => {
    const msg = { ...prices, yes_price: 36, yes_price_dollars: '0.36005', no_price: 64 };
    expect(decode('trade', msg)).toMatchObject({ kind: 'violation' });
  });
});

describe('a ticker', () => {
  const inCents = { price: 48, yes_bid: 45, yes_ask: 53, volume: 33_896, open_interest: 20_422 };
  const inDollars = { price_dollars: '0.480', yes_bid_dollars: '0.450', yes_ask_dollars: '0.530' };
  const fixedPoint = { volume_fp: '33896.00', open_interest_fp: '20422.00' };
  const { volume, open_interest } = inCents;

  test.each([
    ['cents', { ...inCents, Clock: 6_598_272_994 }],
    ['dollars with whole contracts', { ...inDollars, volume, open_interest }],
    ['cents, dollars and fixed-point sizes at once', { ...inCents, ...inDollars, ...fixedPoint }],
    ['fixed-point text', { ...inDollars, ...fixedPoint }],
  ])('of the time of %s is read exactly', (_name, fields) => {
    expect(decode('ticker', { market_ticker: 'KXA', ts: 1_669_149_841, ...fields })).toEqual({
      kind: 'ticker',
      sid: 1,
      seq: null,
      market: 'KXA',
      marketId: null,
      lastPrice: 4800,
      yesBid: 4500,
      yesAsk: 5300,
      yesBidSize: null,
      yesAskSize: null,
      lastTradeSize: null,
      volume: 3_389_600,
      openInterest: 2_042_200,
      volumeDollars: null,
      openInterestDollars: null,
      exchangeAtMs: 1_669_149_841_000,
    });
  });

  const msg = { market_ticker: 'KXA', ts: 1, ...inDollars, ...fixedPoint };

  test.each([
    ['empty text', { price_dollars: '' }],
    ['empty text beside no cents', { price_dollars: '', price: 0 }],
    ['no dollars', { price_dollars: '0.0000' }],
  ])('of a market that never traded, which is written as %s, has no last price', (_name, price) => {
    expect(decode('ticker', { ...msg, ...price })).toMatchObject({ kind: 'ticker', lastPrice: null });
  });

  test('of an empty book has no quotes, not quotes at which nobody trades', () => {
    const empty = { ...msg, yes_bid_dollars: '0.0000', yes_ask_dollars: '1.0000' };
    expect(decode('ticker', empty)).toMatchObject({ yesBid: null, yesAsk: null });
    const inCentsToo = { market_ticker: 'KXA', ts: 1, ...inCents, yes_bid: 0, yes_ask: 0 };
    expect(decode('ticker', inCentsToo)).toMatchObject({ yesBid: null, yesAsk: null });
  });

  test('has dollar figures with a sign, and costs nothing else where they cannot be read', () => {
    const figures = { dollar_volume: -16_948, dollar_open_interest: -1 };
    const read = { kind: 'ticker', volumeDollars: -16_948, openInterestDollars: -1 };
    expect(decode('ticker', { ...msg, ...figures })).toMatchObject(read);
    expect(decode('ticker', { ...msg, ...figures })).not.toHaveProperty('unreadable');
    expect(
      decode('ticker', { ...msg, dollar_volume: '5', dollar_open_interest: 0.5, yes_bid_size_fp: 'x' }),
    ).toMatchObject({
      kind: 'ticker',
      yesBid: 4500,
      yesBidSize: null,
      volumeDollars: null,
      unreadable: ['yes_bid_size_fp', 'dollar_volume', 'dollar_open_interest'],
    });
  });

  test.each(['price_dollars', 'yes_bid_dollars', 'yes_ask_dollars'])(
    'with an unreadable %s is a violation: null would say that nobody quotes',
    (key) => {
      expect(decode('ticker', { ...msg, [key]: '0.48005' })).toMatchObject({ kind: 'violation' });
    },
  );

  test('has the time of its RFC 3339 text before that of its seconds', () => {
    expect(decode('ticker', { ...msg, ts: 1_669_149_841, time: '2022-11-22T20:44:01.97871Z' })).toMatchObject({
      exchangeAtMs: 1_669_149_841_978,
    });
  });

  test.each(['1', 'yesterday', '2022-11-22', '2022-11-22T20:44:01', '2022-13-22T20:44:01Z'])(
    'with %j for a time is a violation',
    (time) => {
      expect(decode('ticker', { ...msg, time })).toMatchObject({ kind: 'violation' });
    },
  );
});
