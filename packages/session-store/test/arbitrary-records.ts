// Records as they could come, for properties: several epochs and sids mixed, kinds in any order, values at their limits.
import fc from '@trader/testkit/fast-check';
import type { StoreRecord } from '../src/index.ts';
import { factAt, factData } from './arbitrary-facts.ts';

const maxTimeMs = 2 ** 46;
const midnightMs = Date.UTC(2026, 6, 26);
// On both sides of a midnight, where partitions change, and now and then any time at all.
const time = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: midnightMs - 50_000, max: midnightMs + 50_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: midnightMs - 2, max: midnightMs + 1 }) },
  fc.constantFrom(0, maxTimeMs, midnightMs - 86_400_000 * 40),
  fc.integer({ min: 0, max: maxTimeMs }),
);
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const price = fc.oneof(fc.integer({ min: 0, max: 10_000 }), int32);
const size = fc.oneof(fc.integer({ min: -100_000, max: 100_000 }), fc.maxSafeInteger());
const market = fc.oneof(
  fc.constantFrom('RAIN', 'SNOW', 'a "quoted" name', String.raw`back\slash`, '{curly,NULL}', 'ünïcode 🎲'),
  fc.string({ minLength: 1, maxLength: 20 }).filter((name) => !name.includes('\u0000')),
);
const text = fc.oneof(
  fc.json(),
  fc.string({ unit: 'binary' }).filter((value) => !value.includes('\u0000')),
  fc.constant('null'),
);
// A side of a book has each price once; the arrays keep the order they came in, rows have none.
const levels = fc
  .uniqueArray(fc.tuple(price, size), { maxLength: 5, selector: ([price]) => price })
  .map((side) => side.toSorted(([one], [other]) => one - other));
const tradeId = fc.oneof(
  fc.uuid(),
  fc.constantFrom('NULL', '{"a"}', '00000000-0000-4000-8000-00000000000A', 'not a uuid'),
  fc.string({ minLength: 1, maxLength: 40 }).filter((id) => !id.includes('\u0000')),
);
const numbering = fc.record({ epoch: fc.integer({ min: 1, max: 2 }), sid: fc.integer({ min: 1, max: 2 }) });
const step = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.integer({ min: 1, max: 2 ** 40 }));

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

/** In ms, and mostly to the microsecond as well, as far as a number holds that exactly. */
const exchangeTimes = fc
  .tuple(orNull(time), fc.option(fc.nat(999), { nil: null, freq: 3 }))
  .map(([exchangeAtMs, us]) => {
    const exchangeAtUs = exchangeAtMs === null || us === null ? Infinity : exchangeAtMs * 1000 + us;
    return { exchangeAtMs, ...(Number.isSafeInteger(exchangeAtUs) && { exchangeAtUs }) };
  });

const sequenced = fc.tuple(
  numbering,
  step,
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .record({
          kind: fc.constant('delta' as const),
          market,
          side: fc.constantFrom('yes' as const, 'no' as const),
          price,
          delta: size,
          receivedAtMs: time,
        })
        .chain((delta) => exchangeTimes.map((times) => ({ ...delta, ...times }))),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('trade' as const),
        // Whether it has a number; this is put in its place below.
        seq: fc.option(fc.constant(0), { nil: null, freq: 3 }),
        market,
        tradeId,
        yesPrice: price,
        size,
        takerSide: orNull(fc.constantFrom('yes' as const, 'no' as const)),
        isBlockTrade: orNull(fc.boolean()),
        exchangeAtMs: orNull(time),
        receivedAtMs: time,
      }),
    },
    fc.record({ kind: fc.constant('snapshot' as const), market, receivedAtMs: time, yes: levels, no: levels }),
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('fact' as const),
        data: factData,
        /** Of a subscription and with a number, of a subscription, or of none. */
        from: fc.constantFrom('number', 'subscription', 'nowhere'),
        market,
        exchangeAtMs: orNull(time),
        receivedAtMs: time,
      }),
    },
  ),
);

const unsequenced = fc.oneof(
  fc.record({
    kind: fc.constant('raw' as const),
    epoch: int32,
    sid: orNull(fc.nat()),
    seq: orNull(fc.maxSafeNat()),
    receivedAtMs: time,
    text,
  }),
  fc.record({
    kind: fc.constant('gap' as const),
    epoch: int32,
    sid: orNull(fc.nat()),
    firstSeq: orNull(fc.maxSafeNat()),
    lastSeq: orNull(fc.maxSafeNat()),
    fromAtMs: time,
    toAtMs: orNull(time),
    cause: fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\u0000')),
  }),
  fc.record({
    kind: fc.constant('gap' as const),
    epoch: fc.integer({ min: 1, max: 2 }),
    sid: fc.integer({ min: 1, max: 2 }),
    firstSeq: fc.nat(100),
    lastSeq: orNull(fc.nat(100)),
    fromAtMs: time,
    toAtMs: orNull(time),
    cause: fc.constant('violation'),
    market,
  }),
);

/** A session's records in the order of their arrival: numbers rise within each (epoch, sid). */
export const storeRecords: fc.Arbitrary<StoreRecord[]> = fc
  .array(fc.oneof({ weight: 4, arbitrary: sequenced }, unsequenced), { maxLength: 40 })
  .map((parts) => {
    const last = new Map<string, number>();
    return parts.map((part): StoreRecord => {
      if (!Array.isArray(part)) return part;
      const [{ epoch, sid }, forward, record] = part;
      if (record.kind === 'fact' && record.from !== 'number') {
        const { data, from, kind: _, ...at } = record;
        return factAt(data, { ...at, epoch, sid: from === 'nowhere' ? null : sid, seq: null });
      }
      if (record.kind === 'trade' && record.seq === null) return { ...record, epoch, sid, seq: null };
      const seq = (last.get(`${epoch}/${sid}`) ?? 0) + forward;
      last.set(`${epoch}/${sid}`, seq);
      if (record.kind === 'fact') {
        const { data, from: _, kind: __, ...at } = record;
        return factAt(data, { ...at, epoch, sid, seq });
      }
      return { ...record, epoch, sid, seq };
    });
  });
