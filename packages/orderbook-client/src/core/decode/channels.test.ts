// What holds for every channel beside the order book. Per kind: a `msg` with all its fields as the exchange sends them
// today, and the message that it is.
import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import type { ChannelEvent } from '../../channel-events.ts';
import { decodeFrame, type ChannelMessage } from './decode.ts';

type Json = Record<string, unknown>;

const frame = (type: string, msg: unknown): string => JSON.stringify({ type, sid: 3, seq: 8, msg });
const decode = (type: string, msg: unknown) => decodeFrame(frame(type, msg));
const without = (msg: Json, ...keys: string[]): Json =>
  Object.fromEntries(Object.entries(msg).filter(([key]) => !keys.includes(key)));

type Sample = {
  readonly type: string;
  readonly kind: string;
  readonly msg: Json;
  readonly payload: Json;
  /** Keys without which it is a violation that names the first of them: one key, or all names of one thing. */
  readonly required: readonly (readonly string[])[];
  /** Keys without which a field of the payload is `null`. */
  readonly optional: Readonly<Record<string, string>>;
  /** Keys of lists that grow. */
  readonly open: Readonly<Record<string, string>>;
};

const samples: readonly Sample[] = [
  {
    type: 'trade',
    kind: 'trade',
    msg: {
      trade_id: 't-1',
      market_ticker: 'KXBTCD-25AUG0517-T114999.99',
      yes_price_dollars: '0.3605',
      no_price_dollars: '0.6395',
      count_fp: '136.07',
      taker_side: 'no',
      taker_outcome_side: 'no',
      taker_book_side: 'ask',
      is_block_trade: true,
      ts: 1_785_901_540,
      ts_ms: 1_785_901_540_722,
    },
    payload: {
      tradeId: 't-1',
      market: 'KXBTCD-25AUG0517-T114999.99',
      yesPrice: 3605,
      noPrice: 6395,
      size: 13_607,
      takerSide: 'no',
      blockTrade: true,
      exchangeAtMs: 1_785_901_540_722,
    },
    required: [
      ['trade_id'],
      ['market_ticker'],
      ['yes_price_dollars', 'no_price_dollars'],
      ['count_fp'],
      ['taker_outcome_side', 'taker_book_side', 'taker_side'],
      ['ts_ms', 'ts'],
    ],
    optional: { is_block_trade: 'blockTrade' },
    open: { taker_outcome_side: 'takerSide' },
  },
  {
    type: 'ticker',
    kind: 'ticker',
    msg: {
      market_ticker: 'KXA',
      market_id: 'm-1',
      price_dollars: '0.4800',
      yes_bid_dollars: '0.4505',
      yes_ask_dollars: '0.5300',
      volume_fp: '33896.00',
      open_interest_fp: '20422.25',
      dollar_volume: 16_948,
      dollar_open_interest: 10_211,
      yes_bid_size_fp: '300.00',
      yes_ask_size_fp: '1174194.10',
      last_trade_size_fp: '25.00',
      ts: 1_669_149_841,
      ts_ms: 1_669_149_841_007,
      time: '2022-11-22T20:44:01.007Z',
    },
    payload: {
      market: 'KXA',
      marketId: 'm-1',
      lastPrice: 4800,
      yesBid: 4505,
      yesAsk: 5300,
      yesBidSize: 30_000,
      yesAskSize: 117_419_410,
      lastTradeSize: 2500,
      volume: 3_389_600,
      openInterest: 2_042_225,
      volumeDollars: 16_948,
      openInterestDollars: 10_211,
      exchangeAtMs: 1_669_149_841_007,
    },
    required: [
      ['market_ticker'],
      ['price_dollars'],
      ['yes_bid_dollars'],
      ['yes_ask_dollars'],
      ['volume_fp'],
      ['open_interest_fp'],
      ['ts_ms', 'time', 'ts'],
    ],
    optional: {
      market_id: 'marketId',
      yes_bid_size_fp: 'yesBidSize',
      yes_ask_size_fp: 'yesAskSize',
      last_trade_size_fp: 'lastTradeSize',
      dollar_volume: 'volumeDollars',
      dollar_open_interest: 'openInterestDollars',
    },
    open: {},
  },
  {
    type: 'market_lifecycle_v2',
    kind: 'market-lifecycle',
    msg: {
      market_ticker: 'KXA-1',
      event_type: 'created',
      exchange_index: 2,
      open_ts: 1_694_635_200,
      close_ts: 1_694_721_600,
      price_level_structure: 'center_whole_edge_half_cent',
      price_ranges: [{ start: '0.0000', end: '0.1000', step: '0.0050' }],
      additional_metadata: {
        name: 'A',
        title: 'Will A be?',
        yes_sub_title: 'A is',
        no_sub_title: 'A is not',
        rules_primary: 'If A…',
        rules_secondary: '',
        can_close_early: true,
        event_ticker: 'KXA',
        expected_expiration_ts: 1_694_721_601,
        strike_type: 'between',
        floor_strike: 4487.5,
        cap_strike: 4490,
        custom_strike: { Team: 'A' },
      },
    },
    payload: {
      market: 'KXA-1',
      change: 'created',
      exchangeIndex: 2,
      openAtMs: 1_694_635_200_000,
      closeAtMs: 1_694_721_600_000,
      paused: null,
      result: null,
      determinedAtMs: null,
      settlementValue: null,
      settledAtMs: null,
      priceLevelStructure: 'center_whole_edge_half_cent',
      priceRanges: [{ start: 0, end: 1000, step: 50 }],
      metadata: {
        name: 'A',
        title: 'Will A be?',
        yesSubtitle: 'A is',
        noSubtitle: 'A is not',
        primaryRules: 'If A…',
        secondaryRules: null,
        canCloseEarly: true,
        eventTicker: 'KXA',
        expectedExpirationAtMs: 1_694_721_601_000,
        strikeType: 'between',
        floorStrike: 4487.5,
        capStrike: 4490,
        customStrike: { Team: 'A' },
      },
    },
    required: [['market_ticker'], ['event_type']],
    optional: {
      exchange_index: 'exchangeIndex',
      open_ts: 'openAtMs',
      close_ts: 'closeAtMs',
      price_level_structure: 'priceLevelStructure',
      price_ranges: 'priceRanges',
      additional_metadata: 'metadata',
    },
    open: { event_type: 'change', price_level_structure: 'priceLevelStructure' },
  },
  {
    type: 'event_lifecycle',
    kind: 'event-lifecycle',
    msg: {
      event_ticker: 'KXA',
      exchange_index: 0,
      title: 'What will 1+1 equal?',
      subtitle: 'Jan 25 at 21:50',
      collateral_return_type: 'MECNET',
      series_ticker: 'KX',
      strike_date: 1_737_558_000,
      strike_period: 'January',
    },
    payload: {
      eventTicker: 'KXA',
      seriesTicker: 'KX',
      exchangeIndex: 0,
      title: 'What will 1+1 equal?',
      subtitle: 'Jan 25 at 21:50',
      collateralReturn: 'MECNET',
      strikeAtMs: 1_737_558_000_000,
      strikePeriod: 'January',
    },
    required: [['event_ticker'], ['series_ticker']],
    optional: {
      exchange_index: 'exchangeIndex',
      title: 'title',
      subtitle: 'subtitle',
      collateral_return_type: 'collateralReturn',
      strike_date: 'strikeAtMs',
      strike_period: 'strikePeriod',
    },
    open: { collateral_return_type: 'collateralReturn' },
  },
  {
    type: 'event_fee_update',
    kind: 'event-fee-update',
    msg: { event_ticker: 'KXA', fee_type_override: 'quadratic', fee_multiplier_override: 0.5 },
    payload: { eventTicker: 'KXA', feeType: 'quadratic', feeMultiplier: 0.5 },
    required: [['event_ticker'], ['fee_type_override'], ['fee_multiplier_override']],
    optional: {},
    open: { fee_type_override: 'feeType' },
  },
  {
    type: 'fill',
    kind: 'fill',
    msg: {
      trade_id: 't-1',
      order_id: 'o-1',
      client_order_id: 'mine',
      market_ticker: 'KXA',
      exchange_index: 2,
      is_taker: true,
      side: 'yes',
      action: 'sell',
      purchased_side: 'no',
      outcome_side: 'no',
      book_side: 'ask',
      yes_price_dollars: '0.7500',
      count_fp: '278.00',
      fee_cost: '0.015930',
      post_position_fp: '-500.25',
      ts: 1_671_899_397,
      ts_ms: 1_671_899_397_001,
      subaccount: 3,
    },
    payload: {
      tradeId: 't-1',
      orderId: 'o-1',
      clientOrderId: 'mine',
      market: 'KXA',
      exchangeIndex: 2,
      isTaker: true,
      side: 'no',
      yesPrice: 7500,
      size: 27_800,
      feeMicrodollars: 15_930,
      positionAfter: -50_025,
      exchangeAtMs: 1_671_899_397_001,
      subaccount: 3,
    },
    required: [
      ['trade_id'],
      ['order_id'],
      ['market_ticker'],
      ['is_taker'],
      ['outcome_side', 'book_side', 'side', 'action', 'purchased_side'],
      ['yes_price_dollars'],
      ['count_fp'],
      ['post_position_fp'],
      ['ts_ms', 'ts'],
    ],
    optional: {
      client_order_id: 'clientOrderId',
      exchange_index: 'exchangeIndex',
      fee_cost: 'feeMicrodollars',
      subaccount: 'subaccount',
    },
    open: { outcome_side: 'side' },
  },
  {
    type: 'user_order',
    kind: 'user-order',
    msg: {
      order_id: 'o-1',
      user_id: 'u-1',
      ticker: 'KXA',
      exchange_index: 0,
      status: 'resting',
      side: 'yes',
      is_yes: true,
      outcome_side: 'yes',
      book_side: 'bid',
      yes_price_dollars: '0.3500',
      fill_count_fp: '1.50',
      remaining_count_fp: '8.50',
      initial_count_fp: '10.00',
      taker_fill_cost_dollars: '0.525000',
      maker_fill_cost_dollars: '0.0000',
      taker_fees_dollars: '0.0341',
      maker_fees_dollars: '0.000001',
      client_order_id: 'mine',
      order_group_id: 'g-1',
      self_trade_prevention_type: 'taker_at_cross',
      created_time: '2024-12-01T10:00:00Z',
      created_ts_ms: 1_733_047_200_000,
      last_update_time: '2024-12-01T10:00:01Z',
      last_updated_ts_ms: 1_733_047_201_000,
      expiration_time: '2024-12-01T11:00:00Z',
      expiration_ts_ms: 1_733_050_800_000,
      last_update_reason: 'Trade',
      subaccount_number: 0,
    },
    payload: {
      orderId: 'o-1',
      userId: 'u-1',
      clientOrderId: 'mine',
      market: 'KXA',
      exchangeIndex: 0,
      status: 'resting',
      side: 'yes',
      yesPrice: 3500,
      filledSize: 150,
      remainingSize: 850,
      initialSize: 1000,
      takerFillCostMicrodollars: 525_000,
      makerFillCostMicrodollars: 0,
      takerFeesMicrodollars: 34_100,
      makerFeesMicrodollars: 1,
      orderGroupId: 'g-1',
      selfTradePrevention: 'taker_at_cross',
      createdAtMs: 1_733_047_200_000,
      updatedAtMs: 1_733_047_201_000,
      expiresAtMs: 1_733_050_800_000,
      updateReason: 'Trade',
      subaccount: 0,
    },
    required: [
      ['order_id'],
      ['ticker'],
      ['status'],
      ['outcome_side', 'book_side', 'side'],
      ['yes_price_dollars'],
      ['fill_count_fp'],
      ['remaining_count_fp'],
      ['initial_count_fp'],
      ['created_ts_ms', 'created_time'],
    ],
    optional: {
      user_id: 'userId',
      exchange_index: 'exchangeIndex',
      taker_fill_cost_dollars: 'takerFillCostMicrodollars',
      maker_fill_cost_dollars: 'makerFillCostMicrodollars',
      taker_fees_dollars: 'takerFeesMicrodollars',
      maker_fees_dollars: 'makerFeesMicrodollars',
      client_order_id: 'clientOrderId',
      order_group_id: 'orderGroupId',
      self_trade_prevention_type: 'selfTradePrevention',
      last_update_reason: 'updateReason',
      subaccount_number: 'subaccount',
    },
    open: {
      status: 'status',
      outcome_side: 'side',
      self_trade_prevention_type: 'selfTradePrevention',
      last_update_reason: 'updateReason',
    },
  },
  {
    type: 'market_position',
    kind: 'market-position',
    msg: {
      user_id: 'u-1',
      market_ticker: 'KXA',
      position_fp: '-100.50',
      position_cost_dollars: '50.0000',
      realized_pnl_dollars: '-10.000001',
      fees_paid_dollars: '1.0000',
      position_fee_cost_dollars: '0.5000',
      volume_fp: '115.00',
      subaccount: 1,
    },
    payload: {
      userId: 'u-1',
      market: 'KXA',
      position: -10_050,
      costMicrodollars: 50_000_000,
      realizedPnlMicrodollars: -10_000_001,
      feesPaidMicrodollars: 1_000_000,
      positionFeeCostMicrodollars: 500_000,
      volume: 11_500,
      subaccount: 1,
    },
    required: [
      ['market_ticker'],
      ['position_fp'],
      ['position_cost_dollars'],
      ['realized_pnl_dollars'],
      ['fees_paid_dollars'],
      ['position_fee_cost_dollars'],
      ['volume_fp'],
    ],
    optional: { user_id: 'userId', subaccount: 'subaccount' },
    open: {},
  },
  {
    type: 'order_group_updates',
    kind: 'order-group',
    msg: { event_type: 'limit_updated', order_group_id: 'g-1', contracts_limit_fp: '150.00', ts_ms: 1_733_047_200_000 },
    payload: {
      orderGroupId: 'g-1',
      change: 'limit_updated',
      contractsLimit: 15_000,
      exchangeAtMs: 1_733_047_200_000,
    },
    required: [['event_type'], ['order_group_id'], ['contracts_limit_fp']],
    optional: { ts_ms: 'exchangeAtMs' },
    open: { event_type: 'change' },
  },
];

describe.each(samples)('a "$type"', ({ type, kind, msg, payload, required, optional, open }) => {
  const whole = { kind, sid: 3, seq: 8, ...payload };

  test('is read as it comes today, every field of it', () => {
    expect(decode(type, msg)).toEqual(whole);
  });

  test('has no number where its channel has none', () => {
    for (const seq of [undefined, null, 0]) {
      expect(decodeFrame(JSON.stringify({ type, sid: 3, seq, msg }))).toEqual({ ...whole, seq: null });
    }
  });

  test('may have more fields, which change nothing', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1 }).map((key) => `x${key}`),
          fc.jsonValue(),
        ),
        (extra) => {
          expect(decode(type, { ...extra, ...msg })).toEqual(whole);
        },
      ),
    );
  });

  test('lacks an optional field, or has null or empty text for it: it is null', () => {
    for (const [key, name] of Object.entries(optional)) {
      const expected = { ...whole, [name]: null };
      expect(decode(type, without(msg, key)), key).toEqual(expected);
      expect(decode(type, { ...msg, [key]: null }), key).toEqual(expected);
      expect(decode(type, { ...msg, [key]: '' }), key).toEqual(expected);
    }
  });

  test('lacks a required field: a violation that names it, and keeps its place', () => {
    for (const keys of required) {
      expect(decode(type, without(msg, ...keys)), keys[0]).toMatchObject({
        kind: 'violation',
        sid: 3,
        seq: 8,
        reason: `"${type}" without "${keys[0]}"`,
      });
    }
  });

  const wrongFor = (key: string): readonly unknown[] => [[[]], key.startsWith('is_') ? 'yes' : true];

  test('has a required field of a wrong type: a violation that names it', () => {
    for (const [key] of required) {
      for (const wrong of wrongFor(key!)) {
        expect(decode(type, { ...msg, [key!]: wrong }), key).toMatchObject({
          kind: 'violation',
          reason: `"${type}" with an unreadable "${key}"`,
        });
      }
    }
  });

  test('has an optional field of a wrong type: it is null, and named', () => {
    for (const [key, name] of Object.entries(optional)) {
      for (const wrong of wrongFor(key)) {
        const expected = { ...whole, [name]: null, unreadable: [key] };
        expect(decode(type, { ...msg, [key]: wrong }), key).toEqual(expected);
      }
    }
  });

  test('has a value that is on no list yet: it is passed on as it is', () => {
    for (const [key, name] of Object.entries(open)) {
      expect(decode(type, { ...msg, [key]: 'brand_new' }), key).toEqual({ ...whole, [name]: 'brand_new' });
    }
  });

  test.each([
    ['no sid', { sid: undefined }],
    ['a sid as text', { sid: '3' }],
    ['seq as text', { seq: '8' }],
    ['a fractional seq', { seq: 8.5 }],
    ['no msg', { msg: undefined }],
    ['a list for msg', { msg: [] }],
  ])('has %s: a violation', (_name, change) => {
    expect(decodeFrame(JSON.stringify({ type, sid: 3, seq: 8, msg, ...change }))).toMatchObject({ kind: 'violation' });
  });

  test('has anything in any of its fields: it is read exactly, or it is a violation, and never throws', () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.double().map(String),
      fc.bigInt().map(String),
      fc.constantFrom('-0.01', '1.01', '0.00000001', '99999999999999999999', 'NaN', '1e3', -1, -0, 1e308, 2 ** 53),
    );
    const field = fc.tuple(fc.constantFrom(...Object.keys(msg), '__proto__'), anything);
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 4 }), (fields) => {
        const message = decode(type, { ...msg, ...Object.fromEntries(fields) });
        expect(['violation', kind]).toContain(message.kind);
        expect(inexact(message)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

/** What is no money, no size and no time is as the exchange sent it. */
const UNSCALED = new Set(['floorStrike', 'capStrike', 'feeMultiplier', 'customStrike']);

/** The numbers in a message that are not exact, with their names; and whatever is not there at all. */
function inexact(value: unknown, name = ''): string[] {
  if (typeof value === 'number') {
    const exact = UNSCALED.has(name) ? Number.isFinite(value) : Number.isSafeInteger(value);
    return exact ? [] : [`${name}: ${value}`];
  }
  if (value === undefined) return [`${name}: undefined`];
  if (typeof value !== 'object' || value === null || UNSCALED.has(name)) return [];
  return Object.entries(value).flatMap(([key, inner]) => inexact(inner, key));
}

type Stamped<Message> = Message extends { readonly kind: infer Type }
  ? Omit<Message, 'kind'> & {
      readonly type: Type;
      readonly epoch: number;
      readonly receivedAtMs: number;
      readonly text: string;
    }
  : never;

/** Compiles only as long as each message is an event once it has its epoch, its time and its text. */
const asEvent = (message: Stamped<ChannelMessage>): ChannelEvent => message;

test('a message is an event once it has its epoch, its time and its text', () => {
  const message = decode('event_fee_update', {
    event_ticker: 'KXA',
    fee_type_override: null,
    fee_multiplier_override: null,
  });
  const { kind, ...payload } = message as Extract<ChannelMessage, { kind: 'event-fee-update' }>;
  expect(asEvent({ type: kind, epoch: 1, receivedAtMs: 2, text: '', ...payload })).toMatchObject({
    type: kind,
    eventTicker: 'KXA',
  });
});

test('a number beyond all numbers is a violation where numbers are not scaled, too', () => {
  const text = frame('event_fee_update', {
    event_ticker: 'KXA',
    fee_type_override: 'flat',
    fee_multiplier_override: 7,
  });
  expect(decodeFrame(text.replace(':7', ':1e999'))).toMatchObject({ kind: 'violation' });
});

test('a violation names its market, which orders have under another key', () => {
  expect(decode('trade', { market_ticker: 'KXA' })).toMatchObject({ kind: 'violation', market: 'KXA' });
  expect(decode('user_order', { ticker: 'KXA' })).toMatchObject({ kind: 'violation', market: 'KXA' });
});

test.each(['something_new', 'constructor', ''])('a "%s" is of no channel that is known here', (type) => {
  expect(decode(type, {})).toEqual({ kind: 'unrecognized', frameType: type, sid: 3, seq: 8 });
});
