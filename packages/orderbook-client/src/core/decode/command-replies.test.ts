import { describe, expect, test } from 'vitest';
import { decodeFrame } from './decode.ts';

const decode = (frame: object) => decodeFrame(JSON.stringify(frame));

describe('the answer to list_subscriptions', () => {
  const list = [
    { channel: 'orderbook_delta', sid: 1 },
    { channel: 'ticker', sid: 2 },
  ];

  test.each([
    ['in msg', { msg: list }],
    ['beside msg, as on an older page', { subscriptions: list }],
  ])('has its list %s', (_name, fields) => {
    expect(decode({ id: 3, type: 'ok', ...fields })).toEqual({
      kind: 'ok',
      commandId: 3,
      sid: null,
      seq: null,
      markets: null,
      subscriptions: list,
    });
  });

  test('may list nothing', () => {
    expect(decode({ id: 3, type: 'ok', msg: [] })).toMatchObject({ subscriptions: [] });
  });

  test.each([
    ['a subscription without sid', [{ channel: 'ticker' }]],
    ['a subscription without channel', [{ sid: 1 }]],
    ['a sid as text', [{ channel: 'ticker', sid: '1' }]],
    ['something else', ['ticker']],
  ])('with %s is a violation, not a shorter list', (_name, msg) => {
    expect(decode({ id: 3, type: 'ok', msg })).toMatchObject({ kind: 'violation' });
  });

  test('that is no list is a violation', () => {
    expect(decode({ id: 3, type: 'ok', subscriptions: {} })).toMatchObject({ kind: 'violation' });
  });
});

describe('an "ok"', () => {
  test.each([
    ['under msg', { msg: { market_tickers: ['A', 'B'] } }],
    ['at the top, as until January 2026', { market_tickers: ['A', 'B'] }],
  ])('has its markets %s', (_name, fields) => {
    expect(decode({ type: 'ok', id: 4, sid: 1, seq: 2, ...fields })).toEqual({
      kind: 'ok',
      commandId: 4,
      sid: 1,
      seq: 2,
      markets: ['A', 'B'],
      subscriptions: null,
    });
  });

  test('may have neither list', () => {
    expect(decode({ type: 'ok', id: 4, sid: 1, seq: 2, msg: {} })).toMatchObject({
      markets: null,
      subscriptions: null,
    });
  });
});

describe('an error', () => {
  test.each([
    ['no market', {}, []],
    ['one market', { market_ticker: 'A' }, ['A']],
    ['several', { market_tickers: ['A', 'B'] }, ['A', 'B']],
    ['markets that cannot be read', { market_ticker: 7, market_tickers: [7] }, []],
  ])('of %s names them', (_name, fields, markets) => {
    expect(decode({ type: 'error', id: 1, msg: { code: 16, msg: 'Market not found', ...fields } })).toEqual({
      kind: 'error',
      commandId: 1,
      sid: null,
      seq: null,
      code: 16,
      message: 'Market not found',
      markets,
    });
  });

  test('that no command caused has its place', () => {
    expect(decode({ type: 'error', sid: 2, seq: 9, msg: { code: 25, msg: '' } })).toMatchObject({
      commandId: null,
      sid: 2,
      seq: 9,
    });
  });
});
