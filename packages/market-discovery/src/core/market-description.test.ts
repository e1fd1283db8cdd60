import { readFileSync } from 'node:fs';
import { captures } from '@trader/testkit';
import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { readExchangeState } from './exchange-state.ts';
import { readMarketDescription, readSeriesFees } from './market-description.ts';

const read = (fields: object) => readMarketDescription({ ticker: 'KX-1', ...fields }, 'entry 1');

describe('a market', () => {
  const { path, missing, title } = captures('rest-2026-08/market_single.json');
  test.skipIf(missing)(title('is read as the exchange has described one'), () => {
    const { nested } = JSON.parse(readFileSync(path, 'utf8')) as { nested: object };
    expect(readMarketDescription(nested, '')).toEqual({
      market: 'KXNCAAFGAME-26SEP19MSUND-ND',
      eventTicker: 'KXNCAAFGAME-26SEP19MSUND',
      seriesTicker: 'KXNCAAFGAME',
      title: expect.any(String) as string,
      subtitle: null,
      yesSubtitle: 'Notre Dame',
      noSubtitle: 'Notre Dame',
      primaryRules: expect.stringMatching(/^If Notre Dame wins/) as string,
      secondaryRules: expect.stringMatching(/^The following market/) as string,
      openAtMs: Date.UTC(2026, 4, 20, 19, 10),
      closeAtMs: Date.UTC(2026, 8, 21, 23, 30),
      expectedExpirationAtMs: Date.UTC(2026, 8, 20, 2, 30),
      canCloseEarly: true,
      strikeType: 'structured',
      floorStrike: null,
      capStrike: null,
      customStrike: { football_team: 'e29b78dd-ca06-432f-8f2f-8d25aca47b9a' },
      priceLevelStructure: 'linear_cent',
      priceRanges: [{ start: 0, end: 10_000, step: 100 }],
      feeType: null,
      feeMultiplier: null,
      status: 'open',
      exchangeStatus: 'active',
      result: null,
      settlementValue: null,
      settledAtMs: null,
    });
  });

  test.each([
    ['initialized', 'unopened'],
    ['inactive', 'paused'],
    ['disputed', 'determined'],
    ['finalized', 'settled'],
    ['constructor', null],
    [7, null],
  ])('%s is the status %s', (status, expected) => {
    expect(read({ status })).toMatchObject({
      status: expected,
      exchangeStatus: typeof status === 'string' ? status : null,
    });
  });

  test.each([
    ['0.0010', 10],
    ['1', 10_000],
    ['0.00100000', 10],
    ['0.00001', null],
    ['1e3', null],
    ['-1.0000', null],
    [0.5, null],
  ])('%s dollars are %s, and never rounded', (settlement_value_dollars, expected) => {
    const ranges = [{ start: '0.0000', end: '1.0000', step: settlement_value_dollars }];
    expect(read({ settlement_value_dollars, price_ranges: ranges })).toMatchObject({
      settlementValue: expected,
      priceRanges: expected === null ? null : [{ start: 0, end: 10_000, step: expected }],
    });
  });

  test('what cannot be read is null, whatever it is', () => {
    const keys = [
      'event_ticker',
      'title',
      'open_time',
      'can_close_early',
      'floor_strike',
      'custom_strike',
      'price_ranges',
    ];
    const anything = fc.record(Object.fromEntries(keys.map((key) => [key, fc.jsonValue()])));
    fc.assert(
      fc.property(anything, (fields) => {
        const found = read(fields);
        const { floor_strike: strike, can_close_early: early } = fields;
        expect(found).toMatchObject({
          market: 'KX-1',
          floorStrike: typeof strike === 'number' ? strike : null,
          canCloseEarly: typeof early === 'boolean' ? early : null,
        });
      }),
    );
    expect(read({ open_time: 7 })).toMatchObject({ openAtMs: null });
    expect(read({ open_time: '1960-01-01T00:00:00Z', close_time: 'soon' })).toMatchObject({
      openAtMs: null,
      closeAtMs: null,
    });
  });

  test('that has no name is refused', () => {
    for (const entry of [null, 7, [], {}, { ticker: 7 }, { ticker: 'a b' }])
      expect(readMarketDescription(entry, 'entry 1')).toHaveProperty('reason');
  });
});

test('fees and the exchange are read as far as they can be', () => {
  expect(readSeriesFees({ series: { fee_type: 'quadratic', fee_multiplier: 0.5 } })).toEqual({
    feeType: 'quadratic',
    feeMultiplier: 0.5,
  });
  const state = {
    exchange_active: true,
    trading_active: false,
    exchange_estimated_resume_time: '2026-08-06T07:00:00Z',
  };
  expect(readExchangeState(state, { schedule: { maintenance_windows: [] } })).toEqual({
    exchangeActive: true,
    tradingActive: false,
    estimatedResumeAtMs: Date.UTC(2026, 7, 6, 7),
    schedule: { maintenance_windows: [] },
  });
  fc.assert(
    fc.property(fc.jsonValue(), (anything) => {
      expect(Object.keys(readSeriesFees(anything))).toEqual(['feeType', 'feeMultiplier']);
      expect(readExchangeState(anything, anything)).toHaveProperty('schedule');
    }),
  );
});
