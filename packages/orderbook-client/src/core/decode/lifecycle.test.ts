// The changes of a market, of which each has fields of its own. What lifecycle messages have in common with the other
// channels: decode-channels.test.ts.
import { describe, expect, test } from 'vitest';
import { decodeFrame } from './decode.ts';

const decode = (type: string, msg: unknown) => decodeFrame(JSON.stringify({ type, sid: 1, seq: 5, msg }));
const lifecycle = (event_type: string, fields: object = {}) =>
  decode('market_lifecycle_v2', { market_ticker: 'KXA', event_type, ...fields });

const nothing = {
  kind: 'market-lifecycle',
  sid: 1,
  seq: 5,
  market: 'KXA',
  exchangeIndex: null,
  openAtMs: null,
  closeAtMs: null,
  paused: null,
  result: null,
  determinedAtMs: null,
  settlementValue: null,
  settledAtMs: null,
  priceLevelStructure: null,
  priceRanges: null,
  metadata: null,
};

const noMetadata = {
  name: null,
  title: null,
  yesSubtitle: null,
  noSubtitle: null,
  primaryRules: null,
  secondaryRules: null,
  canCloseEarly: null,
  eventTicker: null,
  expectedExpirationAtMs: null,
  strikeType: null,
  floorStrike: null,
  capStrike: null,
  customStrike: null,
};

describe('a market that is', () => {
  test.each([
    ['activated', { is_deactivated: false }, { paused: false }],
    ['deactivated', { is_deactivated: true }, { paused: true }],
    ['close_date_updated', { close_ts: 1_694_721_600 }, { closeAtMs: 1_694_721_600_000 }],
    [
      'determined',
      { result: 'scalar', determination_ts: 1_694_721_601, settlement_value: '0.5000' },
      { result: 'scalar', determinedAtMs: 1_694_721_601_000, settlementValue: 5000 },
    ],
    ['determined', { result: 'yes' }, { result: 'yes' }],
    ['settled', { settled_ts: 1_694_721_602 }, { settledAtMs: 1_694_721_602_000 }],
    [
      'price_level_structure_updated',
      { price_level_structure: '', price_ranges: [{ start: '0.0000', end: '1.0000', step: '0.0010' }] },
      { priceRanges: [{ start: 0, end: 10_000, step: 10 }] },
    ],
    [
      'metadata_updated',
      { strike_type: 'between', floor_strike: 95_000.25, cap_strike: 95_250 },
      { metadata: { ...noMetadata, strikeType: 'between', floorStrike: 95_000.25, capStrike: 95_250 } },
    ],
    [
      'metadata_updated',
      { yes_sub_title: 'above $95,000' },
      { metadata: { ...noMetadata, yesSubtitle: 'above $95,000' } },
    ],
    ['fractional_trading_updated', { fractional_trading_enabled: true }, {}],
    ['created', { additional_metadata: { cap_strike: null } }, { metadata: noMetadata }],
  ])('%s says so, and nothing else', (change, fields, expected) => {
    expect(lifecycle(change, fields)).toEqual({ ...nothing, change, ...expected });
  });

  test.each([
    ['close_date_updated', 'close_ts'],
    ['determined', 'result'],
    ['price_level_structure_updated', 'price_ranges'],
  ])('%s without "%s" is a violation: the message would say nothing', (change, key) => {
    expect(lifecycle(change)).toMatchObject({
      kind: 'violation',
      market: 'KXA',
      reason: `"market_lifecycle_v2" without "${key}"`,
    });
  });

  test.each([
    ['a band without a step', [{ start: '0.0000', end: '1.0000' }]],
    ['a band that is no object', ['0.0000']],
    ['a band in numbers', [{ start: 0, end: 1, step: 0.01 }]],
    ['a finer step than a price can have', [{ start: '0.0000', end: '1.0000', step: '0.00005' }]],
  ])('with %s is a violation where it is what the message is about, and else has no bands', (_name, price_ranges) => {
    expect(lifecycle('price_level_structure_updated', { price_ranges })).toMatchObject({ kind: 'violation' });
    expect(lifecycle('created', { price_ranges })).toEqual({
      ...nothing,
      change: 'created',
      unreadable: ['price_ranges'],
    });
  });

  test('created with metadata of which some cannot be read has the others', () => {
    const additional_metadata = { name: 'n', floor_strike: '4487', can_close_early: 'yes' };
    expect(lifecycle('created', { additional_metadata })).toEqual({
      ...nothing,
      change: 'created',
      metadata: { ...noMetadata, name: 'n' },
      unreadable: ['can_close_early', 'floor_strike'],
    });
    expect(lifecycle('created', { additional_metadata: 'text' })).toMatchObject({
      metadata: null,
      unreadable: ['additional_metadata'],
    });
  });
});

describe('an event', () => {
  test('without a way to return collateral has null for it, which the exchange writes as empty text', () => {
    const msg = { event_ticker: 'KXA', series_ticker: 'KX', collateral_return_type: '' };
    expect(decode('event_lifecycle', msg)).toMatchObject({ kind: 'event-lifecycle', collateralReturn: null });
  });

  test('has the fees of its series again when the exchange says null, and not when it says nothing', () => {
    const cleared = { event_ticker: 'KXA', fee_type_override: null, fee_multiplier_override: null };
    expect(decode('event_fee_update', cleared)).toMatchObject({ feeType: null, feeMultiplier: null });
    expect(decode('event_fee_update', { event_ticker: 'KXA' })).toMatchObject({ kind: 'violation' });
  });
});
