// What an account hears of itself, in the shapes of every time. What these messages have in common with the other
// channels: decode-channels.test.ts.
import { describe, expect, test } from 'vitest';
import { decodeFrame } from './decode.ts';

const decode = (type: string, msg: unknown) => decodeFrame(JSON.stringify({ type, sid: 1, msg }));

const fill = { trade_id: 't', order_id: 'o', market_ticker: 'KXA', is_taker: false, ts: 1_671_899_397 };

describe('a fill', () => {
  test.each([
    ['cents', { yes_price: 75, count: 278, post_position: -500 }],
    ['dollars with whole contracts', { yes_price_dollars: '0.750', count: 278, post_position: -500 }],
    ['fixed-point text', { yes_price_dollars: '0.750', count_fp: '278.00', post_position_fp: '-500.00' }],
    [
      'all of them at once',
      {
        yes_price: 1,
        yes_price_dollars: '0.750',
        count: 1,
        count_fp: '278.00',
        post_position: 1,
        post_position_fp: '-500',
      },
    ],
  ])('of the time of %s is read exactly', (_name, fields) => {
    expect(decode('fill', { ...fill, side: 'yes', action: 'buy', ...fields })).toEqual({
      kind: 'fill',
      sid: 1,
      seq: null,
      tradeId: 't',
      orderId: 'o',
      clientOrderId: null,
      market: 'KXA',
      exchangeIndex: null,
      isTaker: false,
      side: 'yes',
      yesPrice: 7500,
      size: 27_800,
      feeMicrodollars: null,
      positionAfter: -50_000,
      exchangeAtMs: 1_671_899_397_000,
      subaccount: null,
    });
  });

  test('with a fee finer than a millionth of a dollar has no fee, never a rounded one', () => {
    const msg = { ...fill, outcome_side: 'yes', yes_price: 75, count: 1, post_position: 0, fee_cost: '0.0159305' };
    expect(decode('fill', msg)).toMatchObject({ feeMicrodollars: null, size: 100, unreadable: ['fee_cost'] });
    expect(decode('fill', { ...msg, fee_cost: '0.0159300' })).toMatchObject({ feeMicrodollars: 15_930 });
  });
});

describe('an order', () => {
  test('of February 2026 has times as text, one direction field, and no fees', () => {
    const msg = {
      order_id: 'o',
      user_id: 'u',
      ticker: 'KXA',
      status: 'resting',
      side: 'no',
      yes_price_dollars: '0.3500',
      fill_count_fp: '0.00',
      remaining_count_fp: '10.00',
      initial_count_fp: '10.00',
      taker_fill_cost_dollars: '0.0000',
      maker_fill_cost_dollars: '0.0000',
      client_order_id: '',
      created_time: '2024-12-01T10:00:00Z',
      expiration_time: '2024-12-01T12:00:00.5+01:00',
    };
    expect(decode('user_order', msg)).toMatchObject({
      kind: 'user-order',
      side: 'no',
      clientOrderId: null,
      takerFeesMicrodollars: null,
      createdAtMs: Date.UTC(2024, 11, 1, 10),
      updatedAtMs: null,
      expiresAtMs: Date.UTC(2024, 11, 1, 11, 0, 0, 500),
    });
  });
});

describe('a position', () => {
  const centiCents = { position_cost: 500_000, realized_pnl: -100_000, fees_paid: 10_000, position_fee_cost: 5001 };
  const dollars = {
    position_cost_dollars: '50.0000',
    realized_pnl_dollars: '-10.0000',
    fees_paid_dollars: '1.0000',
    position_fee_cost_dollars: '0.5001',
  };

  test.each([
    ['centi-cents and whole contracts', { position: -100, volume: 15, ...centiCents }],
    ['centi-cents and fixed-point sizes', { position: -1, position_fp: '-100.00', volume_fp: '15.00', ...centiCents }],
    [
      'centi-cents beside dollars',
      { position_fp: '-100.00', volume_fp: '15.00', ...centiCents, ...dollars, fees_paid: 1 },
    ],
    ['dollars', { position_fp: '-100.00', volume_fp: '15.00', ...dollars }],
  ])('of the time of %s is read exactly', (_name, fields) => {
    expect(decode('market_position', { user_id: 'u', market_ticker: 'KXA', ...fields })).toEqual({
      kind: 'market-position',
      sid: 1,
      seq: null,
      userId: 'u',
      market: 'KXA',
      position: -10_000,
      costMicrodollars: 50_000_000,
      realizedPnlMicrodollars: -10_000_000,
      feesPaidMicrodollars: 1_000_000,
      positionFeeCostMicrodollars: 500_100,
      volume: 1500,
      subaccount: null,
    });
  });

  test.each([
    ['half a centi-cent', { ...centiCents, fees_paid: 0.5 }],
    ['more than a number holds exactly', { ...centiCents, fees_paid: Number.MAX_SAFE_INTEGER }],
  ])('with %s is a violation', (_name, money) => {
    const msg = { user_id: 'u', market_ticker: 'KXA', position: 1, volume: 1, ...money };
    expect(decode('market_position', msg)).toMatchObject({
      reason: '"market_position" with an unreadable "fees_paid_dollars"',
    });
  });
});

describe('an order group', () => {
  test.each(['triggered', 'reset', 'deleted'])('that is %s has no limit', (event_type) => {
    expect(decode('order_group_updates', { event_type, order_group_id: 'g' })).toEqual({
      kind: 'order-group',
      sid: 1,
      seq: null,
      orderGroupId: 'g',
      change: event_type,
      contractsLimit: null,
      exchangeAtMs: null,
    });
  });

  test.each(['created', 'limit_updated'])('that is %s without a limit is a violation', (event_type) => {
    expect(decode('order_group_updates', { event_type, order_group_id: 'g' })).toMatchObject({
      reason: '"order_group_updates" without "contracts_limit_fp"',
    });
  });
});
