import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { decodeFrame, frameText } from './decode.ts';
import { DeltaScanner } from './delta-scanner.ts';
import { formatPrice, formatSize } from '../price/price.ts';
import { TickerTable } from './ticker-table.ts';

type Parts = {
  readonly sid: number;
  readonly seq: number;
  readonly market: string;
  readonly marketId: string;
  readonly price: number;
  readonly delta: number;
  readonly side: 'yes' | 'no';
  readonly ts: string | null;
  readonly tsMs: number | null;
};

const GOLD: Parts = {
  sid: 1,
  seq: 2166675,
  market: 'KXGOLD15M-26AUG050000-00',
  marketId: '4f5c2e39-5132-4147-ba3f-b3485ad89427',
  price: 3000,
  delta: -1100,
  side: 'no',
  ts: '2026-08-05T03:46:28.260529Z',
  tsMs: 1785901588260,
};

/** Tickers of every length that fits, and near neighbours of one another. */
const MARKETS = [
  GOLD.market,
  'KXGOLD15M-26AUG050000-01',
  'KXGOLD15M-26AUG050000-0',
  'KXGOLD15M-26AUG060000-00',
  'KXBTCD-25AUG0517-T114999.99',
  'K',
  ...Array.from({ length: 59 }, (_, i) => `KX${'ABCDEFGHIJ-0123456789.'.repeat(3)}`.slice(0, i + 1)),
];

/** The one spelling: the exchange's own. */
const textOf = ({ sid, seq, market, marketId, price, delta, side, ts, tsMs }: Parts): string =>
  `{"type":"orderbook_delta","sid":${sid},"seq":${seq},"msg":{"market_ticker":"${market}","market_id":"${marketId}",` +
  `"price_dollars":"${formatPrice(price)}","delta_fp":"${formatSize(delta)}","side":"${side}"` +
  `${ts === null ? '' : `,"ts":"${ts}"`}${tsMs === null ? '' : `,"ts_ms":${tsMs}`}}}`;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function scannerOf(markets: readonly string[] = MARKETS): DeltaScanner<string> {
  const table = new TickerTable<string>();
  for (const market of markets) table.set(market, market);
  return new DeltaScanner(table);
}

/** What the scanner says, in the plain decoder's words. `null`: it refuses. */
function scanned(scanner: DeltaScanner<string>, bytes: Uint8Array): Record<string, unknown> | null {
  if (!scanner.scan(bytes)) return null;
  const { sid, seq, value: market, side, price, delta, exchangeAtMs, exchangeAtUs } = scanner;
  return { kind: 'delta', sid, seq, market, side, price, delta, exchangeAtMs, exchangeAtUs };
}

function decoded(bytes: Uint8Array): unknown {
  const text = frameText(bytes);
  return text === null ? 'not UTF-8' : decodeFrame(text);
}

/** Whether the scanner refuses the bytes, or says exactly what the plain decoder says. */
function agrees(scanner: DeltaScanner<string>, bytes: Uint8Array): boolean {
  const own = scanned(scanner, bytes);
  if (own === null) return true;
  const plain = decoded(bytes) as Record<string, unknown>;
  return Object.entries(own).every(([key, value]) => Object.is(plain[key], value));
}

const digits = (least: number, most: number) =>
  fc.integer({ min: least, max: most }).chain((count) => fc.integer({ min: 10 ** (count - 1), max: 10 ** count - 1 }));

const parts: fc.Arbitrary<Parts> = fc.record({
  sid: fc.oneof(fc.integer({ min: 1, max: 9 }), digits(1, 15)),
  seq: fc.oneof(digits(1, 9), digits(1, 15)),
  market: fc.constantFrom(...MARKETS),
  marketId: fc.uuid(),
  price: fc.oneof(fc.nat(10_000), fc.constantFrom(0, 1, 9999, 10_000)),
  delta: fc.oneof(
    fc.integer({ min: -1_000_000, max: 1_000_000 }),
    fc.integer({ min: -(10 ** 15 - 1), max: 10 ** 15 - 1 }),
    fc.constantFrom(0, 1, -1, 99, -100, 2 ** 31, -(2 ** 31) - 1, 10 ** 15 - 1, 1 - 10 ** 15),
  ),
  side: fc.constantFrom('yes', 'no'),
  ts: fc.constantFrom('2026-08-05T03:46:28Z', '2026-08-07T06:46:28.97871Z', '2026-08-05T03:46:28.260529Z'),
  tsMs: digits(13, 13),
});

/** Both times, `ts_ms` alone, or none. */
const delta = fc.tuple(parts, fc.constantFrom('both', 'ts_ms', 'none')).map(([all, times]): Parts => ({
  ...all,
  ts: times === 'both' ? all.ts : null,
  tsMs: times === 'none' ? null : all.tsMs,
}));

describe('a delta as the exchange spells it', () => {
  test('is taken, with what the plain decoder says', () => {
    const scanner = scannerOf();
    fc.assert(
      fc.property(delta, (it) => {
        const bytes = encode(textOf(it));
        expect(scanned(scanner, bytes)).toEqual(decodeFrame(textOf(it)));
      }),
      { numRuns: 10_000 },
    );
  });

  test.each<[string, Partial<Parts>]>([
    ['of the capture', {}],
    ['with ts_ms alone', { ts: null }],
    ['without times', { ts: null, tsMs: null }],
    ['of a market of 59 characters', { market: MARKETS.at(-1)! }],
    ['as short as it can be', { sid: 1, seq: 1, market: 'K', delta: 1, side: 'no', ts: null, tsMs: null }],
    [
      'as long as it can be',
      { sid: 999_999_999_999_999, seq: 999_999_999_999_999, market: MARKETS.at(-1)!, delta: 1 - 10 ** 15, side: 'yes' },
    ],
    ['above what 32 bits hold', { seq: 2 ** 31, delta: -(2 ** 33) }],
    ['at a dollar', { price: 10_000 }],
    ['of nothing', { delta: 0 }],
  ])('%s is taken', (_, changed) => {
    const bytes = encode(textOf({ ...GOLD, ...changed }));
    const own = scanned(scannerOf(), bytes);
    expect(own).not.toBeNull();
    expect(own).toEqual(decoded(bytes));
  });

  test('is taken from the middle of a larger array', () => {
    const bytes = encode(`....${textOf(GOLD)}....`);
    expect(scanned(scannerOf(), bytes.subarray(4, -4))).toEqual(decodeFrame(textOf(GOLD)));
  });
});

describe('anything else is left to the plain decoder', () => {
  const good = textOf(GOLD);
  const replaced = (from: string, to: string): string => {
    expect(good).toContain(from);
    return good.replace(from, to);
  };

  test.each([
    ['nothing', ''],
    ['an unknown market', replaced('26AUG050000-00', '26AUG050000-99')],
    ['an empty market', replaced(GOLD.market, '')],
    ['a market of 60 characters', replaced(GOLD.market, `${MARKETS.at(-1)!}A`)],
    ['an escape in the market', replaced('KXGOLD', String.raw`\u004bXGOLD`)],
    ['an escape in the market id', replaced('4f5c2e39', String.raw`4f5\"e39`)],
    ['a control character in the market id', replaced('4f5c2e39', '4f5\u00012e39')],
    ['a market id that is no UUID', replaced(GOLD.marketId, 'gold')],
    ['an escape in ts', replaced('03:46', String.raw`03\u003a46`)],
    ['a quote in ts', replaced('03:46', '03"46')],
    ['ts without ts_ms', replaced(`,"ts_ms":${GOLD.tsMs}`, '')],
    ['an empty ts', replaced(GOLD.ts!, '')],
    ['ts_ms of 12 digits', replaced('1785901588260', '178590158826')],
    ['ts_ms of 14 digits', replaced('1785901588260', '17859015882600')],
    ['ts_ms with a leading zero', replaced('1785901588260', '0785901588260')],
    ['ts_ms with a fraction', replaced('1785901588260', '17859015882.6')],
    ['ts_ms as text', replaced('1785901588260', '"17859015882"')],
    ['ts_ms of null', replaced('1785901588260', 'null')],
    ['sid 0', replaced('"sid":1', '"sid":0')],
    ['a negative sid', replaced('"sid":1', '"sid":-1')],
    ['seq 0', replaced('2166675', '0')],
    ['seq with a leading zero', replaced('2166675', '02166675')],
    ['seq as an exponent', replaced('2166675', '2e3')],
    ['seq with a fraction', replaced('2166675', '2166675.0')],
    ['seq of 16 digits', replaced('2166675', '1000000000000000')],
    ['seq above 2^53', replaced('2166675', '9007199254740993')],
    ['seq as text', replaced('2166675', '"2166675"')],
    ['a price above a dollar', replaced('0.3000', '1.0001')],
    ['a price of 2 dollars', replaced('0.3000', '2.0000')],
    ['a negative price', replaced('0.3000', '-0.300')],
    ['a price of three decimals', replaced('0.3000', '0.300')],
    ['a price of five decimals', replaced('0.3000', '0.30000')],
    ['a price with a leading zero', replaced('0.3000', '00.3000')],
    ['a price with a comma', replaced('0.3000', '0,3000')],
    ['a price as a number', replaced('"0.3000"', '0.3000')],
    ['a change of minus zero', replaced('-11.00', '-0.00')],
    ['a change with a plus', replaced('-11.00', '+11.00')],
    ['a change with two minuses', replaced('-11.00', '--11.00')],
    ['a change with a leading zero', replaced('-11.00', '-011.00')],
    ['a change without digits before the point', replaced('-11.00', '-.50')],
    ['a change with one decimal', replaced('-11.00', '-11.0')],
    ['a change with three decimals', replaced('-11.00', '-11.005')],
    ['a change without a point', replaced('-11.00', '-1100')],
    ['a change of 14 digits before the point', replaced('-11.00', '10000000000000.00')],
    ['a change above 2^53', replaced('-11.00', '90071992547409.93')],
    ['a change as a number', replaced('"-11.00"', '-11.00')],
    ['an unknown side', replaced('"no"', '"ye"')],
    ['a side of YES', replaced('"no"', '"YES"')],
    ['no side', replaced(',"side":"no"', '')],
    ['an own order', replaced(',"ts":', ',"client_order_id":"a","ts":')],
    ['a subaccount', replaced(`${GOLD.tsMs}`, `${GOLD.tsMs},"subaccount":1`)],
    ['a key twice', replaced('"side":"no"', '"side":"yes","side":"no"')],
    ['keys in another order', replaced('"sid":1,"seq":2166675', '"seq":2166675,"sid":1')],
    ['a space after a colon', replaced('"sid":1', '"sid": 1')],
    ['a space before it', ` ${good}`],
    ['a space after it', `${good} `],
    ['a line end after it', `${good}\n`],
    ['a NUL after it', `${good}\0`],
    ['a brace too few', good.slice(0, -1)],
    ['a brace too many', `${good}}`],
    ['two of them', good + good],
    ['a byte order mark', `\u{feff}${good}`],
    ['a snapshot', replaced('orderbook_delta', 'orderbook_snapshot')],
    ['a trade', replaced('orderbook_delta', 'trade')],
    ['an array of it', `[${good}]`],
    ['a megabyte of digits', replaced('2166675', '1'.repeat(1_000_000))],
    ['a megabyte of a market', replaced(GOLD.market, 'K'.repeat(1_000_000))],
  ])('%s', (_, text) => {
    expect(scanned(scannerOf(), encode(text))).toBeNull();
  });

  test('a frame cut off anywhere, though the rest lies behind it and the whole came just before', () => {
    const scanner = scannerOf();
    const bytes = encode(good);
    const taken = Array.from({ length: bytes.length }, (_, end) => {
      scanner.scan(bytes);
      return scanner.scan(bytes.subarray(0, end));
    });
    expect(taken).not.toContain(true);
  });

  test('a market that is not in the table any more', () => {
    const table = new TickerTable<string>();
    table.set(GOLD.market, GOLD.market);
    const scanner = new DeltaScanner(table);
    expect(scanner.scan(encode(good))).toBe(true);
    table.delete(GOLD.market);
    expect(scanner.scan(encode(good))).toBe(false);
  });
});

describe('a damaged delta is refused, or read exactly as the plain decoder reads it', () => {
  const frames = [
    GOLD,
    { ...GOLD, ts: null, tsMs: null, delta: 5, side: 'yes' as const },
    { ...GOLD, ts: null, market: 'K', price: 10_000, delta: 0 },
  ].map((it) => encode(textOf(it)));
  const edit = (bytes: Uint8Array, at: number, remove: number, insert: readonly number[]): Uint8Array =>
    Uint8Array.from([...bytes.subarray(0, at), ...insert, ...bytes.subarray(at + remove)]);

  /** How many of the damaged frames were taken; fails on the first that is read differently. */
  function check(scanner: DeltaScanner<string>, damaged: Iterable<Uint8Array>): number {
    let taken = 0;
    for (const bytes of damaged) {
      if (!agrees(scanner, bytes)) throw new Error(`Read differently: ${JSON.stringify(frameText(bytes))}`);
      if (scanner.scan(bytes)) taken++;
    }
    return taken;
  }

  test('any one byte changed to any other', () => {
    for (const frame of frames) {
      function* damaged(): Generator<Uint8Array> {
        const bytes = Uint8Array.from(frame);
        for (let at = 0; at < frame.length; at++) {
          for (let value = 0; value < 256; value++) {
            bytes[at] = value;
            yield bytes;
          }
          bytes[at] = frame[at]!;
        }
      }
      expect(check(scannerOf(), damaged())).toBeGreaterThan(frame.length);
    }
  });

  test('any one byte lost, doubled or added', () => {
    const added = [...encode('0123456789.-+eE"\\,:{}[] \t\n/unT'), 0, 0x7f, 0x80, 0xff];
    for (const frame of frames) {
      function* damaged(): Generator<Uint8Array> {
        for (let at = 0; at <= frame.length; at++) {
          yield edit(frame, at, 1, []);
          for (const value of added) yield edit(frame, at, 0, [value]);
        }
      }
      expect(check(scannerOf(), damaged())).toBeGreaterThan(0);
    }
  });

  test('any two neighbours swapped, any stretch doubled or lost', () => {
    for (const frame of frames) {
      function* damaged(): Generator<Uint8Array> {
        for (let at = 0; at < frame.length; at++) {
          yield edit(frame, at, 2, [frame[at + 1] ?? 0, frame[at]!]);
          for (let length = 2; length <= 40; length++) {
            yield edit(frame, at, length, []);
            yield edit(frame, at, 0, [...frame.subarray(at, at + length)]);
          }
        }
      }
      expect(check(scannerOf(), damaged())).toBeGreaterThan(0);
    }
  });

  const place = fc.nat(400);
  const one = fc.oneof(
    fc.record({ at: place, remove: fc.nat(4), insert: fc.array(fc.nat(255), { maxLength: 4 }) }),
    fc.record({
      at: place,
      remove: fc.nat(1),
      insert: fc.constantFrom(...encode('0123456789.-')).map((byte) => [byte]),
    }),
    fc.record({
      at: place,
      remove: fc.nat(8),
      insert: fc
        .constantFrom(
          '"side":"no",',
          '"seq":1,',
          '1e3',
          '-0',
          '00',
          '9007199254740993',
          String.raw`\u0030`,
          'null',
          '}}',
          'é',
          '"',
        )
        .map((text) => [...encode(text)]),
    }),
  );

  test('whatever is done to it, several times over', () => {
    const scanner = scannerOf();
    fc.assert(
      fc.property(delta, fc.array(one, { minLength: 1, maxLength: 3 }), (it, edits) => {
        let bytes = encode(textOf(it));
        for (const { at, remove, insert } of edits) bytes = edit(bytes, at % (bytes.length + 1), remove, insert);
        return agrees(scanner, bytes);
      }),
      { numRuns: 20_000 },
    );
  });

  test('any bytes at all', () => {
    const scanner = scannerOf();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600, size: 'max' }), (bytes) => agrees(scanner, bytes)),
      { numRuns: 2000 },
    );
  });
});
