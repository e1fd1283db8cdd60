// An event made a record and an event again is the event: of made-up events, and of those that a client makes of frames.
import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import { createOrderbookClient, type DeltaEvent, type GapEvent, type SnapshotEvent } from '../src/index.ts';
import { eventToRecord, recordToEvent, RECORDED_EVENTS, type RecordedEvent } from '../src/records.ts';
import { createTestExchange } from '../src/testing/index.ts';

const A = 'KXTEST-26NOV22-A';

const number = fc.integer({ min: 1, max: 2 ** 31 });
const atMs = fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 });
const price = fc.integer({ min: 0, max: 10_000 });
const size = fc.maxSafeNat();
const side = fc.constantFrom('yes' as const, 'no' as const);
const market = fc.constantFrom(A, 'KXTEST-26NOV22-B.5');
const place = { epoch: number, sid: number, seq: number, receivedAtMs: atMs, market };
const levels = fc.uniqueArray(fc.tuple(price, size), { selector: ([at]) => at });

const exchangeTimes = fc.oneof(
  fc.constant({ exchangeAtMs: null, exchangeAtUs: null }),
  fc.tuple(atMs, fc.option(fc.nat(999))).map(([exchangeAtMs, us]) => {
    return { exchangeAtMs, exchangeAtUs: us === null ? null : exchangeAtMs * 1000 + us };
  }),
);
const delta: fc.Arbitrary<DeltaEvent> = fc
  .record({
    type: fc.constant('delta' as const),
    ...place,
    side,
    price,
    delta: fc.maxSafeInteger(),
    applied: fc.boolean(),
  })
  .chain((event) => exchangeTimes.map((times) => ({ ...event, ...times })));
const snapshot: fc.Arbitrary<SnapshotEvent> = fc.record({
  type: fc.constant('snapshot' as const),
  ...place,
  marketId: fc.constant(null),
  yes: levels,
  no: levels,
  applied: fc.boolean(),
});
const gap: fc.Arbitrary<GapEvent> = fc.record({
  type: fc.constant('gap' as const),
  epoch: number,
  sid: fc.option(number),
  channel: fc.constantFrom('orderbook_delta' as const, 'trade' as const, null),
  firstSeq: fc.option(number),
  lastSeq: fc.option(number),
  fromAtMs: atMs,
  toAtMs: fc.option(atMs),
  cause: fc.constantFrom('sequence', 'violation', 'disconnected', 'subscription-lost', 'paused'),
  market: fc.option(market),
});

const roundTrip = (event: RecordedEvent): RecordedEvent => {
  // As a store keeps it: nothing but plain values.
  const record = structuredClone(eventToRecord(event));
  return recordToEvent(record, {
    ...('applied' in event && { applied: event.applied }),
    ...(event.type === 'gap' && { channel: event.channel }),
  });
};

/** A record with fields of its own has these and not the text. */
const keptOf = (event: RecordedEvent): RecordedEvent =>
  event.type === 'trade' || ['ticker', 'lifecycle'].includes(eventToRecord(event).kind)
    ? ({ ...event, text: '' } as RecordedEvent)
    : event.type === 'snapshot'
      ? { ...event, marketId: null }
      : event;

test('deltas, snapshots and holes come back as they were', () => {
  fc.assert(
    fc.property(fc.oneof(delta, snapshot, gap), (event) => {
      expect(roundTrip(event)).toEqual(event);
    }),
  );
});

/** Money and sizes as the exchange spells them. */
const dollars = fc.integer({ min: 1, max: 9999 }).map((at) => `0.${String(at).padStart(4, '0')}`);
const contracts = fc.integer({ min: 1, max: 10 ** 9 }).map((at) => (at / 100).toFixed(2));
const id = fc.uuid();
const msgs: Readonly<Record<string, Readonly<Record<string, fc.Arbitrary<unknown>>>>> = {
  ticker: {
    market_ticker: market,
    price_dollars: dollars,
    yes_bid_dollars: dollars,
    yes_ask_dollars: dollars,
    volume_fp: contracts,
    open_interest_fp: contracts,
    dollar_volume: fc.integer(),
    dollar_open_interest: fc.oneof(fc.integer(), fc.constant('much')),
    ts_ms: atMs,
  },
  market_lifecycle_v2: {
    market_ticker: market,
    event_type: fc.constantFrom('activated', 'settled', 'something_new'),
    price_ranges: fc.constantFrom(undefined, [{ start: '0.0000', end: '1.0000', step: '0.0100' }]),
  },
  event_lifecycle: {
    event_ticker: id,
    title: fc.string(),
    subtitle: fc.string(),
    collateral_return_type: fc.constantFrom('', 'MECNET'),
    series_ticker: id,
  },
  event_fee_update: {
    event_ticker: id,
    fee_type_override: fc.constantFrom(null, 'flat'),
    fee_multiplier_override: fc.option(fc.integer({ min: 0, max: 5 })),
  },
  fill: {
    trade_id: id,
    order_id: id,
    market_ticker: market,
    is_taker: fc.boolean(),
    outcome_side: side,
    book_side: fc.constantFrom('bid', 'ask'),
    yes_price_dollars: dollars,
    count_fp: contracts,
    fee_cost: dollars,
    post_position_fp: contracts,
    ts_ms: atMs,
  },
  user_order: {
    order_id: id,
    user_id: id,
    ticker: market,
    status: fc.constantFrom('resting', 'odd'),
    outcome_side: side,
    yes_price_dollars: dollars,
    fill_count_fp: contracts,
    remaining_count_fp: contracts,
    initial_count_fp: contracts,
    client_order_id: id,
    created_ts_ms: atMs,
  },
  market_position: {
    user_id: id,
    market_ticker: market,
    position_fp: contracts,
    position_cost_dollars: dollars,
    realized_pnl_dollars: dollars,
    fees_paid_dollars: dollars,
    position_fee_cost_dollars: dollars,
    volume_fp: contracts,
  },
  order_group_updates: {
    event_type: fc.constantFrom('created', 'reset'),
    order_group_id: id,
    contracts_limit_fp: contracts,
    ts_ms: atMs,
  },
  rfq_created: { id },
  error: { code: fc.integer({ min: 1, max: 40 }), msg: fc.string() },
  nothing_known: { what: fc.string() },
};

const taker = { taker_outcome_side: side, is_block_trade: fc.constantFrom(true, false, undefined, 'perhaps') };
const trade = fc
  .record({
    trade_id: id,
    market_ticker: market,
    yes: fc.integer({ min: 1, max: 9999 }),
    count_fp: contracts,
    ...taker,
    ts_ms: atMs,
  })
  .map(({ yes, ...msg }) => {
    const [yes_price_dollars, no_price_dollars] = [yes, 10_000 - yes].map((at) => `0.${String(at).padStart(4, '0')}`);
    return { type: 'trade', msg: { ...msg, yes_price_dollars, no_price_dollars } };
  });
const frames = fc
  .oneof(
    ...Object.entries(msgs).map(([type, msg]) => fc.record({ type: fc.constant(type), msg: fc.record(msg) })),
    trade,
  )
  .chain((frame) =>
    fc
      .record({ sid: fc.integer({ min: 2, max: 90 }), seq: fc.option(number, { nil: undefined }) })
      .map((at) => ({ ...at, ...frame })),
  );

test('whatever a client makes of frames comes back as it was', async () => {
  const seen = new Set<string>();
  const junk = fc.oneof(fc.string(), fc.json(), fc.constant(Uint8Array.of(0xff, 0xfe)));
  const order = fc.constantFrom('delta', 'snapshot', 'gap', 'broken delta', 'cut' as const);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 6, arbitrary: frames }, junk, order), { minLength: 20, maxLength: 60 }),
      async (moves) => {
        const exchange = createTestExchange();
        exchange.book(A, { yes: [['0.40', '10']], no: [['0.55', '5']] });
        await using client = createOrderbookClient({ ...exchange.options, markets: [A], channels: { trade: 'all' } });
        const events: RecordedEvent[] = [];
        client.on('problem', () => undefined);
        for (const type of RECORDED_EVENTS) client.on(type, (event) => void events.push(event));
        client.start();
        await exchange.connected();
        for (const move of moves) {
          if (move === 'delta') exchange.delta(A, 'yes', '0.41', '1');
          else if (move === 'snapshot') exchange.snapshot(A);
          else if (move === 'gap') exchange.gap();
          else if (move === 'broken delta')
            exchange.send({ type: 'orderbook_delta', sid: 1, seq: 9, msg: { market_ticker: A } });
          else if (move === 'cut') {
            exchange.disconnect();
            await exchange.advance(60_000);
          } else exchange.send(move === '' ? ' ' : move);
        }
        for (const event of events) {
          seen.add(event.type);
          const again = roundTrip(event);
          // What could not be read of a trade is in its text.
          const { unreadable: _unreadable, ...kept } = keptOf(event) as RecordedEvent & { unreadable?: unknown };
          expect(again).toEqual(event.type === 'trade' ? kept : keptOf(event));
        }
      },
    ),
    { numRuns: 60 },
  );
  expect([...seen].toSorted()).toEqual(RECORDED_EVENTS.toSorted());
});

test('what a record leaves open has a stated stand-in', () => {
  const at = { epoch: 1, sid: 2, seq: null, market: A, receivedAtMs: 1_800_000_000_000 };
  const unknown = { takerSide: null, isBlockTrade: null, exchangeAtMs: null };
  expect(recordToEvent({ kind: 'trade', ...at, tradeId: 't', yesPrice: 4300, size: 250, ...unknown })).toEqual({
    type: 'trade',
    ...at,
    tradeId: 't',
    yesPrice: 4300,
    noPrice: 5700,
    size: 250,
    takerSide: 'unknown',
    blockTrade: null,
    exchangeAtMs: at.receivedAtMs,
    text: '',
  });
  const hole = { epoch: 1, sid: null, firstSeq: null, lastSeq: null, fromAtMs: 1, toAtMs: null, cause: 'paused' };
  expect(recordToEvent({ kind: 'gap', ...hole })).toEqual({ type: 'gap', ...hole, channel: null, market: null });
});

test('a delta of a recording in ms has no microseconds', () => {
  const place = { epoch: 1, sid: 2, seq: 3, market: A, receivedAtMs: 1_800_000_000_005 };
  const change = { side: 'yes', price: 4300, delta: 250, exchangeAtMs: 1_800_000_000_001 } as const;
  const event = { type: 'delta', ...place, ...change, exchangeAtUs: null, applied: true };
  expect(recordToEvent({ kind: 'delta', ...place, ...change })).toEqual(event);
});
