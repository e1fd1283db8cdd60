import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { decodeFrame, frameText } from './decode.ts';

const decode = (frame: unknown) => decodeFrame(JSON.stringify(frame));
const deltaMsg = { market_ticker: 'KXA-1.5', price_dollars: '0.4300', delta_fp: '-100.00', side: 'no', ts_ms: 17 };

describe('decodeFrame', () => {
  test('reads a delta', () => {
    expect(decode({ type: 'orderbook_delta', sid: 2, seq: 9, msg: deltaMsg })).toEqual({
      kind: 'delta',
      sid: 2,
      seq: 9,
      market: 'KXA-1.5',
      side: 'no',
      price: 4300,
      delta: -10_000,
      exchangeAtMs: 17,
      exchangeAtUs: null,
    });
  });

  test('reads a snapshot, where an absent side is an empty one', () => {
    const msg = { market_ticker: 'KXA', yes_dollars_fp: [['0.0100', '5.50']] };
    expect(decode({ type: 'orderbook_snapshot', sid: 1, seq: 1, msg })).toMatchObject({ yes: [[100, 550]], no: [] });
    expect(decode({ type: 'orderbook_snapshot', sid: 1, seq: 1, msg: { market_ticker: 'KXA' } })).toMatchObject({
      kind: 'snapshot',
      yes: [],
      no: [],
    });
  });

  test.each([
    ['a missing price', { ...deltaMsg, price_dollars: undefined }],
    ['a price that is a number', { ...deltaMsg, price_dollars: 0.43 }],
    ['a price above a dollar', { ...deltaMsg, price_dollars: '1.0100' }],
    ['a finer price than the scale', { ...deltaMsg, price_dollars: '0.43005' }],
    ['a missing change', { ...deltaMsg, delta_fp: undefined }],
    ['another side', { ...deltaMsg, side: 'maybe' }],
    ['no market', { ...deltaMsg, market_ticker: undefined }],
  ])('a delta with %s is a violation that keeps its numbers', (_name, msg) => {
    expect(decode({ type: 'orderbook_delta', sid: 1, seq: 7, msg })).toMatchObject({
      kind: 'violation',
      sid: 1,
      seq: 7,
    });
  });

  test.each([
    ['levels under a renamed key', { yes_contracts: [['0.0100', '5.00']] }],
    ['cents that are no integers', { yes: [[1.5, 5]] }],
    ['one side under a renamed key', { yes_dollars_fp: [['0.0100', '5.00']], no_contracts: [['0.0200', '5.00']] }],
    ['fractional contracts where whole ones are due', { yes_dollars: [['0.080', 1.5]] }],
    [
      'a level twice',
      {
        yes_dollars_fp: [
          ['0.0100', '5.00'],
          ['0.0100', '6.00'],
        ],
      },
    ],
    ['a level of nothing', { yes_dollars_fp: [['0.0100', '0.00']] }],
    ['levels that are no list', { yes_dollars_fp: {} }],
    ['null for a side', { no_dollars_fp: null }],
  ])('a snapshot with %s is a violation, never an empty book', (_name, levels) => {
    const msg = { market_ticker: 'KXA', ...levels };
    expect(decode({ type: 'orderbook_snapshot', sid: 1, seq: 1, msg })).toMatchObject({
      kind: 'violation',
      market: 'KXA',
    });
  });

  test.each([
    ['dollars with whole contracts', { price_dollars: '0.960', delta: -54, ts: '2026-02-22T20:44:01.5Z' }],
    ['cents', { price: 96, delta: -54, ts: '2026-02-22T20:44:01.5Z' }],
    [
      'all of them at once',
      { price: 1, price_dollars: '0.960', delta: 1, delta_fp: '-54.00', ts: '2026-02-22T20:44:01.5Z' },
    ],
  ])('reads a delta of the time of %s, exactly', (_name, fields) => {
    const msg = { market_ticker: 'KXA', side: 'yes', ...fields };
    expect(decode({ type: 'orderbook_delta', sid: 2, seq: 3, msg })).toMatchObject({
      price: 9600,
      delta: -5400,
      exchangeAtMs: Date.UTC(2026, 1, 22, 20, 44, 1, 500),
    });
  });

  test.each([
    ['dollars with whole contracts', { yes_dollars: [['0.080', 300]], no_dollars: [['0.540', 20]] }],
    ['cents', { yes: [[8, 300]], no: [[54, 20]] }],
  ])('reads a snapshot of the time of %s, exactly', (_name, levels) => {
    const msg = { market_ticker: 'KXA', ...levels };
    expect(decode({ type: 'orderbook_snapshot', sid: 2, seq: 2, msg })).toMatchObject({
      yes: [[800, 30_000]],
      no: [[5400, 2000]],
    });
  });

  test('reads an "ok" whose list is at the top, as until January 2026', () => {
    expect(decode({ type: 'ok', id: 4, sid: 1, seq: 2, market_tickers: ['A'] })).toMatchObject({ markets: ['A'] });
  });

  test('reads replies, with and without numbers', () => {
    expect(decode({ type: 'subscribed', id: 2, msg: { channel: 'orderbook_delta', sid: 1 } })).toMatchObject({
      kind: 'subscribed',
      commandId: 2,
      sid: 1,
    });
    expect(decode({ type: 'ok', id: 4, sid: 1, seq: 2, msg: { market_tickers: ['A'] } })).toMatchObject({
      kind: 'ok',
      seq: 2,
      markets: ['A'],
    });
    expect(decode({ type: 'error', msg: { code: 25, msg: 'Subscription buffer overflow' } })).toEqual({
      kind: 'error',
      commandId: null,
      sid: null,
      seq: null,
      code: 25,
      message: 'Subscription buffer overflow',
      markets: [],
    });
  });

  test('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(decodeFrame(text).kind).toMatch(/violation|unrecognized/);
      }),
    );
  });

  test('does not mistake keys of the prototype for fields', () => {
    expect(decodeFrame('{"__proto__":{"type":"ok"},"constructor":1}')).toMatchObject({ kind: 'violation' });
  });
});

describe('frameText', () => {
  test.each(['', '{"type":"ok"}', '{"title":"Zürich ≥ 1° 🥇"}', '\u{feff}{}', 'a\0b'])('gives %j back', (text) => {
    expect(frameText(new TextEncoder().encode(text))).toBe(text);
  });

  test.each([
    ['a lone continuation', [0x7b, 0x80, 0x7d]],
    ['a character that is cut off', [0x22, 0xe2, 0x89]],
    ['an overlong form', [0xc0, 0xaf]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
    ['more than Unicode has', [0xf4, 0x90, 0x80, 0x80]],
    ['a byte that UTF-8 never has', [0xff]],
  ])('refuses %s', (_, bytes) => {
    expect(frameText(Uint8Array.from(bytes))).toBeNull();
  });

  test('is not disturbed by what it has refused before', () => {
    frameText(Uint8Array.of(0xe2, 0x89));
    expect(frameText(Uint8Array.of(0xa5))).toBeNull();
    expect(frameText(Uint8Array.of(0x7b, 0x7d))).toBe('{}');
  });

  test('reads its own part of a larger array', () => {
    expect(frameText(new TextEncoder().encode('ab{}cd').subarray(2, 4))).toBe('{}');
  });
});
