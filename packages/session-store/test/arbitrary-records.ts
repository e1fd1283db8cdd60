// Records as they could come, for properties: several epochs and sids mixed, kinds in any order, values at their limits.
import fc from 'fast-check';
import type { StoreRecord } from '../src/index.ts';

const maxTimeMs = 2 ** 46;
const time = fc.oneof(
  fc.integer({ min: 1_785_000_000_000, max: 1_785_000_100_000 }),
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
const numbering = fc.record({ epoch: fc.integer({ min: 1, max: 2 }), sid: fc.integer({ min: 1, max: 2 }) });
const step = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.integer({ min: 1, max: 2 ** 40 }));

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const sequenced = fc.tuple(
  numbering,
  step,
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('delta' as const),
        market,
        side: fc.constantFrom('yes' as const, 'no' as const),
        price,
        delta: size,
        exchangeAtMs: orNull(time),
        receivedAtMs: time,
      }),
    },
    fc.record({ kind: fc.constant('snapshot' as const), market, receivedAtMs: time, yes: levels, no: levels }),
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
);

/** A session's records in the order of their arrival: numbers rise within each (epoch, sid). */
export const storeRecords: fc.Arbitrary<StoreRecord[]> = fc
  .array(fc.oneof({ weight: 4, arbitrary: sequenced }, unsequenced), { maxLength: 40 })
  .map((parts) => {
    const last = new Map<string, number>();
    return parts.map((part): StoreRecord => {
      if (!Array.isArray(part)) return part;
      const [{ epoch, sid }, forward, record] = part;
      const seq = (last.get(`${epoch}/${sid}`) ?? 0) + forward;
      last.set(`${epoch}/${sid}`, seq);
      return { ...record, epoch, sid, seq };
    });
  });
