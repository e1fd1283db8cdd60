import { expect, test } from 'vitest';
import { WIRE_ERROR } from '../../wire.ts';
import { exchangeError } from './exchange-errors.ts';

const all = Array.from({ length: 28 }, (_, index) => exchangeError(index + 1));

test('every code from 1 to 28 has a name, and no two the same', () => {
  expect(all.map(({ code }) => code)).toEqual(Object.values(WIRE_ERROR));
  expect(all.map(({ name }) => name)).toEqual(Object.keys(WIRE_ERROR));
});

test('10, 17 and 25 end a subscription, and may be tried again', () => {
  expect(all.filter(({ terminal }) => terminal)).toEqual([
    { code: 10, name: 'channelError', retryable: true, terminal: true, retired: false },
    { code: 17, name: 'internalError', retryable: true, terminal: true, retired: true },
    { code: 25, name: 'bufferOverflow', retryable: true, terminal: true, retired: false },
  ]);
});

test('6, 16 and 17 are retired: an exchange of today sends none of them', () => {
  expect(all.filter(({ retired }) => retired).map(({ code }) => code)).toEqual([6, 16, 17]);
});

test.each([
  [26, 'marketLimitExceeded', false],
  [27, 'tooManyRequests', true],
  [28, 'underlyingTickersRequired', false],
])('%d is %s, is about the command alone, and may be tried again as it is: %s', (code, name, retryable) => {
  expect(exchangeError(code)).toEqual({ code, name, retryable, terminal: false, retired: false });
});

test("what is the exchange's own trouble, or came too fast, may be tried again; a wrong command may not", () => {
  expect(all.filter(({ retryable }) => retryable).map(({ name }) => name)).toEqual([
    'channelError',
    'internalError',
    'commandTimeout',
    'bufferOverflow',
    'tooManyRequests',
  ]);
});

test.each([0, 29, -1, 1.5, Number.NaN])('%d is unknown, and may be tried again', (code) => {
  expect(exchangeError(code)).toEqual({ code, name: 'unknown', retryable: true, terminal: false, retired: false });
});
