// The exchange's time of a delta, to the microsecond: both decoders say the same, and what the texts mean.
import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { decodeFrame } from './decode.ts';
import { DeltaScanner } from './delta-scanner.ts';
import { parseRfc3339 } from './rfc3339.ts';
import { TickerTable } from './ticker-table.ts';

const MARKET = 'KXGOLD15M-26AUG050000-00';

const frameOf = (ts: string | null, tsMs: number | null): string =>
  `{"type":"orderbook_delta","sid":1,"seq":7,"msg":{"market_ticker":"${MARKET}",` +
  '"market_id":"4f5c2e39-5132-4147-ba3f-b3485ad89427","price_dollars":"0.4300","delta_fp":"-1.00","side":"yes"' +
  `${ts === null ? '' : `,"ts":"${ts}"`}${tsMs === null ? '' : `,"ts_ms":${tsMs}`}}}`;

function newScanner(): DeltaScanner<string> {
  const table = new TickerTable<string>();
  table.set(MARKET, MARKET);
  return new DeltaScanner(table);
}

type Times = { readonly exchangeAtMs: number | null; readonly exchangeAtUs: number | null };

function decoded(text: string): Times {
  const message = decodeFrame(text);
  if (message.kind !== 'delta') throw new Error(`${text} is a ${message.kind}`);
  const { exchangeAtMs, exchangeAtUs } = message;
  return { exchangeAtMs, exchangeAtUs };
}

/** `null`: the scanner leaves the frame to the plain decoder. */
function scanned(scanner: DeltaScanner<string>, text: string): Times | null {
  if (!scanner.scan(new TextEncoder().encode(text))) return null;
  const { exchangeAtMs, exchangeAtUs } = scanner;
  return { exchangeAtMs, exchangeAtUs };
}

const at = Date.UTC(2026, 7, 7, 6, 46, 28);

describe('microseconds', () => {
  test.each([
    ['six digits', '2026-08-07T06:46:28.978712Z', at + 978, 978_712],
    ['a trailing zero that was dropped', '2026-08-07T06:46:28.97871Z', at + 978, 978_710],
    ['one digit', '2026-08-07T06:46:28.9Z', at + 900, 900_000],
    ['a whole ms', '2026-08-07T06:46:28.978Z', at + 978, 978_000],
    ['a whole second', '2026-08-07T06:46:28Z', at, 0],
    ['leading zeros', '2026-08-07T06:46:28.000001Z', at, 1],
    ['nine digits, of which three are cut off', '2026-08-07T06:46:28.978712999Z', at + 978, 978_712],
  ])('of %s are read by both decoders', (_, ts, tsMs, us) => {
    const times = { exchangeAtMs: tsMs, exchangeAtUs: at * 1000 + us };
    expect(decoded(frameOf(ts, tsMs))).toEqual(times);
    expect(scanned(newScanner(), frameOf(ts, tsMs))).toEqual(times);
    // Without `ts_ms`, as until April 2026.
    expect(decoded(frameOf(ts, null))).toEqual(times);
  });

  test.each([
    ['another offset', '2026-08-07T12:16:28.978712+05:30'],
    ['an offset of none', '2026-08-07T06:46:28.978712+00:00'],
  ])('of %s are read by the plain decoder', (_, ts) => {
    expect(decoded(frameOf(ts, at + 978))).toEqual({ exchangeAtMs: at + 978, exchangeAtUs: at * 1000 + 978_712 });
    expect(scanned(newScanner(), frameOf(ts, at + 978))).toBeNull();
  });

  test.each([
    ['another ms', '2026-08-07T06:46:28.979001Z'],
    ['another second', '2026-08-07T06:46:29.978712Z'],
    ['another minute', '2026-08-07T06:47:28.978712Z'],
    ['another day', '2026-08-08T06:46:28.978712Z'],
    ['another year', '2027-08-07T06:46:28.978712Z'],
    ['an offset that makes it another time', '2026-08-07T06:46:28.978712+01:00'],
    ['lower case', '2026-08-07t06:46:28.978712z'],
    ['a space', '2026-08-07 06:46:28.978712Z'],
    ['no zone', '2026-08-07T06:46:28.978712'],
    ['a point without digits', '2026-08-07T06:46:28.Z'],
    ['a comma', '2026-08-07T06:46:28,978712Z'],
    ['letters', 'when it was told'],
    ['nothing', ''],
  ])('are not known where ts has %s: then ts_ms counts', (_, ts) => {
    const times = { exchangeAtMs: at + 978, exchangeAtUs: null };
    expect(decoded(frameOf(ts, at + 978))).toEqual(times);
    expect([times, null]).toContainEqual(scanned(newScanner(), frameOf(ts, at + 978)));
  });

  test('are not known of a frame that has ms alone, or no time', () => {
    for (const [tsMs, exchangeAtMs] of [
      [at, at],
      [null, null],
    ] as const) {
      const times = { exchangeAtMs, exchangeAtUs: null };
      expect(decoded(frameOf(null, tsMs))).toEqual(times);
      expect(scanned(newScanner(), frameOf(null, tsMs))).toEqual(times);
    }
  });

  test('are not known beyond what a number holds exactly, and ms are', () => {
    const lastMs = Math.floor(Number.MAX_SAFE_INTEGER / 1000);
    for (const tsMs of [lastMs - 1, lastMs, lastMs + 1, lastMs + 60_000, 9_999_999_999_999]) {
      const text = frameOf(new Date(tsMs).toISOString(), tsMs);
      const exchangeAtUs = tsMs <= lastMs ? tsMs * 1000 : null;
      expect(decoded(text)).toEqual({ exchangeAtMs: tsMs, exchangeAtUs });
      expect(scanned(newScanner(), text)).toEqual({ exchangeAtMs: tsMs, exchangeAtUs });
    }
  });

  test('of the frame before are not those of the next', () => {
    const scanner = newScanner();
    expect(scanned(scanner, frameOf('2026-08-07T06:46:28.978712Z', at + 978))?.exchangeAtUs).not.toBeNull();
    expect(scanned(scanner, frameOf(null, at + 978))).toEqual({ exchangeAtMs: at + 978, exchangeAtUs: null });
    expect(scanned(scanner, frameOf('2026-08-07T06:46:28.978712Z', at + 979))?.exchangeAtUs).toBeNull();
    expect(scanned(scanner, frameOf('2026-08-07T06:46:28.97x712Z', at + 978))?.exchangeAtUs).toBeNull();
    expect(scanned(scanner, frameOf('2026-08-07T06:46:29.000001Z', at + 1000))).toEqual({
      exchangeAtMs: at + 1000,
      exchangeAtUs: at * 1000 + 1_000_001,
    });
  });
});

test('a day is one of the calendar', () => {
  const isRead = (day: string) => parseRfc3339(`${day}T00:00:00Z`) !== undefined;
  expect(['2024-02-29', '2000-02-29', '2026-12-31', '2026-04-30'].filter((day) => !isRead(day))).toEqual([]);
  const none = ['2023-02-29', '2100-02-29', '2026-02-30', '2026-04-31', '2026-13-01', '2026-00-10', '2026-01-00'];
  expect(none.filter(isRead)).toEqual([]);
  const isHour = (hour: string) => parseRfc3339(`2026-08-07T${hour}Z`) !== undefined;
  expect(['00:00:00', '23:59:59'].filter((hour) => !isHour(hour))).toEqual([]);
  expect(['24:00:00', '23:60:00', '23:59:60', '7:00:00'].filter(isHour)).toEqual([]);
});

/** Spellings of a time near `atMs`, most of them of that time. */
const spelled = fc
  .record({
    // The scanner's are from 2001 on; leap days and ends of years are among them.
    atMs: fc.oneof(
      fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 }),
      fc.constantFrom(
        Date.UTC(2024, 1, 29, 12),
        Date.UTC(2027, 1, 28, 23, 59, 59, 999),
        Date.UTC(2032, 11, 31, 23, 59, 59),
      ),
    ),
    us: fc.nat(999),
    digits: fc.integer({ min: 0, max: 9 }),
    offsetMinutes: fc.constantFrom(0, 0, 0, 330, -480, 60),
    zulu: fc.constantFrom('Z', 'Z', 'Z', 'z', '+00:00', '-00:00', ''),
    offMs: fc.constantFrom(0, 0, 0, 1, -1, 1000, 60_000, 86_400_000),
    edit: fc.option(fc.record({ at: fc.nat(30), to: fc.constantFrom('0', '9', '3', '.', 'Z', ' ', '', '29') }), {
      freq: 2,
    }),
  })
  .map(({ atMs, us, digits, offsetMinutes, zulu, offMs, edit }) => {
    const local = new Date(atMs + offMs + offsetMinutes * 60_000).toISOString();
    const all = `${local.slice(20, 23)}${String(us).padStart(3, '0')}123`;
    const fraction = digits === 0 ? '' : `.${all.slice(0, digits)}`;
    const pair = (value: number) => String(value).padStart(2, '0');
    const minutes = Math.abs(offsetMinutes);
    const zone =
      offsetMinutes === 0
        ? zulu
        : `${offsetMinutes < 0 ? '-' : '+'}${pair(Math.floor(minutes / 60))}:${pair(minutes % 60)}`;
    const ts = `${local.slice(0, 19)}${fraction}${zone}`;
    return { atMs, ts: edit ? ts.slice(0, edit.at) + edit.to + ts.slice(edit.at + 1) : ts };
  });

test('however ts is spelled, what the scanner reads is what the plain decoder reads', () => {
  const scanner = newScanner();
  const seen = { taken: 0, known: 0, unknown: 0 };
  fc.assert(
    fc.property(spelled, ({ atMs, ts }) => {
      const text = frameOf(ts, atMs);
      const times = decoded(text);
      const { exchangeAtMs, exchangeAtUs } = times;
      expect(exchangeAtMs).toBe(atMs);
      expect(exchangeAtUs === null ? atMs : Math.floor(exchangeAtUs / 1000)).toBe(atMs);
      seen[exchangeAtUs === null ? 'unknown' : 'known']++;
      const own = scanned(scanner, text);
      if (own === null) return;
      seen.taken++;
      expect(own).toEqual(times);
    }),
    { numRuns: 20_000 },
  );
  expect(Math.min(seen.taken, seen.known, seen.unknown), JSON.stringify(seen)).toBeGreaterThan(1000);
});
