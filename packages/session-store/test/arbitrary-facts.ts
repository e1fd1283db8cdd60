// Facts of every kind as they could come, each field by its type: values at their limits, texts that the database cannot hold as they
// are, and nothing at all.
import fc from '@trader/testkit/fast-check';
import { factFields, fieldsOf, type FactFieldType, type FactKind } from '../src/batch/fact-fields.ts';
import type { FactRecord } from '../src/index.ts';

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const json = fc.dictionary(fc.string(), fc.jsonValue({ stringUnit: 'binary' }));
/** JSON has one zero. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

const values: Readonly<Record<FactFieldType, fc.Arbitrary<unknown>>> = {
  text: fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.constant('\u0000'),
    fc.constant('\ud800'),
  ),
  time: fc.oneof(fc.integer({ min: 0, max: 2 ** 46 }), fc.constantFrom(0, 2 ** 46)),
  boolean: fc.boolean(),
  price: int32,
  size: fc.maxSafeInteger(),
  integer: fc.maxSafeInteger(),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  ranges: fc.array(fc.record({ start: int32, end: int32, step: int32 }), { maxLength: 3 }),
  json: json.map(plain),
};

const dataOf = (kind: FactKind) =>
  fc.record(
    Object.fromEntries(
      fieldsOf(kind).map(([name, { type, isRequired }]) => [
        name,
        isRequired ? values[type] : fc.option(values[type], { nil: null }),
      ]),
    ),
  );

/** What a fact says, without its place. */
export const factData: fc.Arbitrary<{ readonly kind: FactKind }> = fc.oneof(
  ...(Object.keys(factFields) as FactKind[]).map((kind) => dataOf(kind).map((data) => ({ kind, ...data }))),
);

/** A fact whose place is put to it. */
export const factAt = (
  data: { readonly kind: FactKind },
  place: Pick<FactRecord, 'epoch' | 'sid' | 'seq' | 'receivedAtMs' | 'exchangeAtMs'> & { readonly market: string },
): FactRecord => {
  // Some kinds are of a market always, the others now and then.
  const isOfMarket = data.kind === 'market' || data.kind === 'ticker' || (data.kind === 'lifecycle' && place.seq !== 1);
  // These come by a subscription always.
  const comesByFeed = data.kind === 'lifecycle' || data.kind === 'ticker';
  const sid = place.sid ?? (comesByFeed ? 9 : null);
  return { ...data, ...place, sid, market: isOfMarket ? place.market : null } as FactRecord;
};
