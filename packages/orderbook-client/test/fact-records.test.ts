// Lifecycle and tickers as records: every field there and back; what could not be read keeps its text; reference data are no events.
import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import type {
  EventFeeUpdateEvent,
  EventLifecycleEvent,
  MarketLifecycleEvent,
  OrderbookEvent,
  TickerEvent,
} from '../src/index.ts';
import { eventToRecord, recordToEvent, type FeedRecord, type ReferenceRecord } from '../src/records.ts';
import { recordToFrame, tablesToRecords, type TableRow } from '../src/recordings.ts';
import { createReplayClient } from '../src/replay/index.ts';

const A = 'KXTEST-26NOV22-A';
const atMs = fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 });
const orNull = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const text = fc.string({ minLength: 1 });
const price = fc.integer({ min: 0, max: 10_000 });
const size = fc.maxSafeNat();
const strike = fc.double({ noNaN: true, noDefaultInfinity: true });
const place = { epoch: fc.nat(), sid: fc.nat(), seq: orNull(fc.nat()), receivedAtMs: atMs, text: fc.constant('') };

const metadata = fc.record({
  name: orNull(text),
  // One of them is said at least.
  title: text,
  yesSubtitle: orNull(text),
  noSubtitle: orNull(text),
  primaryRules: orNull(text),
  secondaryRules: orNull(text),
  canCloseEarly: orNull(fc.boolean()),
  eventTicker: orNull(text),
  expectedExpirationAtMs: orNull(atMs),
  strikeType: orNull(text),
  floorStrike: orNull(strike),
  capStrike: orNull(strike),
  customStrike: orNull(fc.dictionary(text, fc.jsonValue())),
});
const marketLifecycle: fc.Arbitrary<MarketLifecycleEvent> = fc.record({
  type: fc.constant('market-lifecycle' as const),
  ...place,
  market: fc.constant(A),
  change: fc.constantFrom('created', 'determined', 'new'),
  exchangeIndex: orNull(fc.nat()),
  openAtMs: orNull(atMs),
  closeAtMs: orNull(atMs),
  paused: orNull(fc.boolean()),
  result: orNull(fc.constantFrom('yes', 'void')),
  determinedAtMs: orNull(atMs),
  settlementValue: orNull(price),
  settledAtMs: orNull(atMs),
  priceLevelStructure: orNull(text),
  priceRanges: orNull(fc.array(fc.record({ start: price, end: price, step: price }))),
  metadata: orNull(metadata),
});
const eventLifecycle: fc.Arbitrary<EventLifecycleEvent> = fc.record({
  type: fc.constant('event-lifecycle' as const),
  ...place,
  eventTicker: text,
  seriesTicker: text,
  exchangeIndex: orNull(fc.nat()),
  title: orNull(text),
  subtitle: orNull(text),
  collateralReturn: orNull(fc.constantFrom('MECNET', 'x')),
  strikeAtMs: orNull(atMs),
  strikePeriod: orNull(text),
});
const fees: fc.Arbitrary<EventFeeUpdateEvent> = fc.record({
  type: fc.constant('event-fee-update' as const),
  ...place,
  eventTicker: text,
  feeType: orNull(text),
  feeMultiplier: orNull(strike),
});
const ticker: fc.Arbitrary<TickerEvent> = fc.record({
  type: fc.constant('ticker' as const),
  ...place,
  market: fc.constant(A),
  marketId: orNull(text),
  lastPrice: orNull(price),
  yesBid: orNull(price),
  yesAsk: orNull(price),
  yesBidSize: orNull(size),
  yesAskSize: orNull(size),
  lastTradeSize: orNull(size),
  volume: size,
  openInterest: size,
  volumeDollars: orNull(fc.maxSafeInteger()),
  openInterestDollars: orNull(fc.maxSafeInteger()),
  exchangeAtMs: atMs,
});
type RecordedFact = MarketLifecycleEvent | EventLifecycleEvent | EventFeeUpdateEvent | TickerEvent;
const facts: fc.Arbitrary<RecordedFact> = fc.oneof(marketLifecycle, eventLifecycle, fees, ticker);

test('every field of an event is in its record, and comes back', () => {
  fc.assert(
    fc.property(facts, (event) => {
      const record = structuredClone(eventToRecord(event));
      expect(record.kind).toBe(event.type === 'ticker' ? 'ticker' : 'lifecycle');
      expect(recordToEvent(record)).toEqual(event);
    }),
  );
});

/** As the exchange can say it: in whole seconds, and with a result where it is determined. "None" is no price. */
function sayable(event: RecordedFact): RecordedFact {
  const second = (ms: number | null) => (ms === null ? null : Math.floor(ms / 1000) * 1000);
  const plain = (value: number | null) => (value === null ? null : value + 0);
  const real = (price: number | null) => (price === 0 || price === 10_000 ? null : price);
  switch (event.type) {
    case 'market-lifecycle':
      return {
        ...event,
        openAtMs: second(event.openAtMs),
        closeAtMs: second(event.closeAtMs),
        determinedAtMs: second(event.determinedAtMs),
        settledAtMs: second(event.settledAtMs),
        result: event.result ?? (event.change === 'determined' ? 'yes' : null),
        metadata: event.metadata && {
          ...event.metadata,
          expectedExpirationAtMs: second(event.metadata.expectedExpirationAtMs),
          floorStrike: plain(event.metadata.floorStrike),
          capStrike: plain(event.metadata.capStrike),
          customStrike:
            event.metadata.customStrike && (JSON.parse(JSON.stringify(event.metadata.customStrike)) as object),
        },
      } as MarketLifecycleEvent;
    case 'event-lifecycle':
      return { ...event, strikeAtMs: second(event.strikeAtMs) };
    case 'event-fee-update':
      return { ...event, feeMultiplier: plain(event.feeMultiplier) };
    case 'ticker':
      return { ...event, lastPrice: real(event.lastPrice), yesBid: real(event.yesBid), yesAsk: real(event.yesAsk) };
  }
}

test('a record is the frame that it was, in the exchange’s own spelling', () => {
  fc.assert(
    fc.property(facts, (made) => {
      const event = sayable(made);
      const frame = recordToFrame(eventToRecord(event))!;
      const { epoch, sid, seq, receivedAtMs } = event;
      const again = recordToEvent({ kind: 'raw', epoch, sid, seq, receivedAtMs, text: frame });
      expect({ ...again, text: '' }).toEqual(event);
    }),
  );
});

/** As an export has it: `openAtMs` in `open_at`, and what is no plain value as JSON. */
const rowOf = (record: FeedRecord): TableRow =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`),
      typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as unknown),
    ]),
  );

test('a record comes back out of a row of its table', async () => {
  await fc.assert(
    fc.asyncProperty(facts, async (made) => {
      const record = eventToRecord(sayable(made));
      const table = record.kind === 'ticker' ? 'tickers' : 'lifecycle';
      const found: FeedRecord[] = [];
      for await (const one of tablesToRecords({ [table]: [rowOf(record)] })) found.push(one);
      expect(found).toEqual([record]);
    }),
  );
});

test('an event of which something could not be read, or whose metadata say nothing, is kept as its text', () => {
  fc.assert(
    fc.property(facts, (event) => {
      const odd = { ...event, text: '{"msg":{}}', unreadable: ['something'] };
      const { epoch, sid, seq, receivedAtMs } = event;
      expect(eventToRecord(odd)).toEqual({ kind: 'raw', epoch, sid, seq, receivedAtMs, text: odd.text });
    }),
  );
  const [event] = fc.sample(marketLifecycle, 1);
  const [said] = fc.sample(metadata, 1);
  const nothing = Object.fromEntries(Object.keys(said!).map((field) => [field, null])) as unknown as typeof said;
  expect(eventToRecord({ ...event!, metadata: nothing! }).kind).toBe('raw');
});

test('a replay tells them as events in their place, and passes over what is no event', async () => {
  const at = { epoch: 1, receivedAtMs: 1_800_000_000_000 };
  const snapshot = { kind: 'snapshot', ...at, sid: 1, seq: 1, market: A, yes: [[4000, 100]], no: [] } as const;
  const [life, figures] = [fc.sample(marketLifecycle, 1)[0]!, fc.sample(ticker, 1)[0]!];
  const records: (FeedRecord | ReferenceRecord)[] = [
    { kind: 'exchange', ...at, epoch: 0 } as ReferenceRecord,
    snapshot,
    { kind: 'market', ...at, market: A } as ReferenceRecord,
    eventToRecord({ ...life, ...at, sid: 2, seq: 1, priceRanges: null }),
    eventToRecord({ ...figures, ...at, sid: 3, seq: null }),
    { ...snapshot, seq: 2 },
  ];
  await using client = createReplayClient({ source: records });
  const told: OrderbookEvent[] = [];
  for (const type of ['snapshot', 'market-lifecycle', 'ticker', 'problem', 'gap'] as const)
    client.on(type, (event) => void told.push(event));
  client.start();
  await client.finished;
  expect(told.map(({ type }) => type)).toEqual(['snapshot', 'market-lifecycle', 'ticker', 'snapshot']);
  expect(told[1]).toEqual({ ...life, ...at, sid: 2, seq: 1, priceRanges: null });
});

test('what is no such record is refused by name', async () => {
  const at = { epoch: 1, sid: 2, seq: null, receivedAtMs: 5 };
  const records = [
    { kind: 'ticker', ...at, market: A, volume: 'much' },
    { kind: 'lifecycle', ...at, about: 'weather' },
  ];
  await using client = createReplayClient({ source: records as unknown as FeedRecord[] });
  const problems: string[] = [];
  client.on('problem', ({ error }) => void problems.push(error.message));
  client.start();
  await client.finished;
  expect(problems).toEqual([
    expect.stringContaining('a ticker without a usable "exchangeAtMs"'),
    expect.stringContaining('a lifecycle without a usable "about"'),
  ]);
});
