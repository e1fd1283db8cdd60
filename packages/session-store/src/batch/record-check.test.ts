import { describe, expect, test } from 'vitest';
import type { StoreRecord } from '../records.ts';
import { checkRecord } from './record-check.ts';

const int32 = { right: [-(2 ** 31), 2 ** 31 - 1, 0], wrong: [2 ** 31, -(2 ** 31) - 1, 0.5, Number.NaN, '1', null] };
const whole = { right: [-(2 ** 53) + 1, 2 ** 53 - 1, 0], wrong: [2 ** 53, 0.5, Number.NaN, Infinity, '1', null] };
const time = { right: [0, 2 ** 46], wrong: [-1, 2 ** 46 + 1, 0.5, Number.NaN, '1', null] };
const name = { right: ['M', 'é'.repeat(500)], wrong: ['', 'a'.repeat(501), 'a\0', '\ud800', 1, null] };
const text = { right: ['', 'a\0'], wrong: [1, null, undefined] };
const side = { right: ['yes', 'no'], wrong: ['', 'both', 1, null] };

type Values = { readonly right: readonly unknown[]; readonly wrong: readonly unknown[] };

/** Of a field that may be unknown. */
const open = ({ right, wrong }: Values): Values => ({
  right: [...right, null],
  wrong: wrong.filter((value) => value !== null),
});

/** Of the ms 0. */
const micros: Values = {
  right: [null, undefined, 0, 999],
  wrong: [-1, 1000, 0.5, Number.NaN, Infinity, '1', 2 ** 53, {}],
};

/** Of a field of a fact: what is left out is not known. */
const may = ({ right, wrong }: Values): Values => ({
  right: [...right, null, undefined],
  wrong: wrong.filter((value) => value !== null && value !== undefined),
});
const flag = { right: [true, false], wrong: [0, 'no'] };
const number = { right: [0.1, -1e300], wrong: [Number.NaN, Infinity, '1'] };
const json = { right: [{}, { a: [1] }], wrong: ['{}', [], 1] };
const range = { start: 0, end: 10_000, step: 100 };
const ranges = { right: [[], [range]], wrong: [{}, [null], [{ ...range, step: 0.5 }], [[0, 1, 2]]] };

const place = { epoch: int32, sid: open(whole), seq: open(whole), exchangeAtMs: open(time), receivedAtMs: time };
const sid = { epoch: int32, sid: whole, receivedAtMs: time };
const fields: Readonly<Record<StoreRecord['kind'], Readonly<Record<string, Values>>>> = {
  delta: { ...sid, seq: whole, side, price: int32, delta: whole, exchangeAtMs: open(time), exchangeAtUs: micros },
  trade: {
    ...sid,
    seq: open(whole),
    tradeId: name,
    yesPrice: int32,
    size: whole,
    takerSide: open(side),
    isBlockTrade: open({ right: [true, false], wrong: [0, 'no'] }),
    exchangeAtMs: open(time),
  },
  snapshot: { ...sid, seq: whole },
  raw: { ...sid, sid: open(whole), seq: open(whole), text },
  gap: {
    epoch: int32,
    sid: open(whole),
    firstSeq: open(whole),
    lastSeq: open(whole),
    fromAtMs: time,
    toAtMs: open(time),
    cause: text,
    market: open({ right: [...name.right, undefined], wrong: name.wrong }),
  },
  market: {
    ...place,
    market: name,
    title: may(text),
    openAtMs: may(time),
    canCloseEarly: may(flag),
    floorStrike: may(number),
  },
  lifecycle: {
    ...place,
    sid: whole,
    market: open(name),
    about: text,
    priceRanges: may(ranges),
    customStrike: may(json),
    settlementValue: may(int32),
  },
  ticker: {
    ...place,
    sid: whole,
    market: name,
    volume: whole,
    openInterest: whole,
    yesBid: may(int32),
    volumeDollars: may(whole),
  },
  exchange: { ...place, market: open(name), schedule: may(json), tradingActive: may(flag) },
};

const recordOf = (kind: StoreRecord['kind'], over: object) =>
  ({
    kind,
    ...Object.fromEntries(Object.entries(fields[kind]).map(([field, { right }]) => [field, right[0]])),
    ...(kind === 'snapshot' && { yes: [], no: [] }),
    ...over,
  }) as StoreRecord;

const refusal = (field: string) =>
  expect.objectContaining({ code: 'RECORD_INVALID', message: expect.stringContaining(`: ${field} is `) as string });

const cases = Object.entries(fields).flatMap(([kind, of]) =>
  Object.keys(of).map((field) => [kind as StoreRecord['kind'], field] as const),
);

describe('what the tables cannot hold is refused by name, and what they can is not', () => {
  test.each(cases)('%s: %s', (kind, field) => {
    const { right, wrong } = fields[kind][field]!;
    for (const value of right) expect(() => checkRecord(recordOf(kind, { [field]: value }))).not.toThrow();
    for (const value of wrong) {
      const record = recordOf(kind, { [field]: value });
      expect(() => checkRecord(record), String(value)).toThrow(refusal(field) as Error);
    }
  });

  test.each(['yes', 'no'])('snapshot: levels of %s', (levels) => {
    const checking = (level: readonly unknown[]) => () =>
      checkRecord(recordOf('snapshot', { [levels]: [[1, 1], level] }));
    for (const price of int32.right) for (const size of whole.right) expect(checking([price, size])).not.toThrow();
    for (const price of int32.wrong) expect(checking([price, 1])).toThrow(refusal('price') as Error);
    for (const size of whole.wrong) expect(checking([1, size])).toThrow(refusal('size') as Error);
  });

  test('a kind that nobody knows', () => {
    expect(() => checkRecord({ kind: 'order' } as unknown as StoreRecord)).toThrow(refusal('kind') as Error);
  });
});
