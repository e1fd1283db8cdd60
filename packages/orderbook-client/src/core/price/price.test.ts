import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatMicrodollars,
  formatPrice,
  formatSize,
  parseDecimal,
  parseMicrodollars,
  parsePrice,
  parseSize,
} from './price.ts';

describe('parseDecimal', () => {
  test.each([
    ['0.4300', 4, 4300],
    ['1', 4, 10_000],
    ['1.00', 4, 10_000],
    ['0.960', 4, 9600],
    ['0.43000', 4, 4300],
    ['-100.00', 2, -10_000],
    ['1174194.00', 2, 117_419_400],
    ['-0.00', 2, 0],
    ['.5', 2, 50],
  ])('%s with %i digits is %i', (text, digits, value) => {
    expect(parseDecimal(text, digits)).toBe(value);
  });

  test.each(['', '-', '.', '1.2.3', '1e3', ' 1', '+1', '0x10', '0.43001', 'NaN', '9007199254740993', '--1', '1-'])(
    '%j is refused, never rounded',
    (text) => {
      expect(parseDecimal(text, 4)).toBeUndefined();
    },
  );
});

test('prices lie between 0 and 1 dollar and are text', () => {
  expect([parsePrice('0.0000'), parsePrice('1.0000')]).toEqual([0, 10_000]);
  expect([parsePrice('1.0001'), parsePrice('-0.0100'), parsePrice(0.43), parsePrice(undefined)]).toEqual(
    Array.from({ length: 4 }),
  );
});

test.each([
  ['0.015930', 15_930],
  ['50.0000', 50_000_000],
  ['-10.000001', -10_000_001],
  ['9007199254.740991', Number.MAX_SAFE_INTEGER],
  ['9007199254.740992', undefined],
  ['0.0159305', undefined],
  [0.01593, undefined],
])('%j dollars are %s microdollars', (text, money) => {
  expect(parseMicrodollars(text)).toBe(money);
});

test('formatting then parsing is the identity', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000 }), fc.maxSafeInteger(), (price, size) => {
      expect(parsePrice(formatPrice(price))).toBe(price);
      expect(parseSize(formatSize(size))).toBe(size);
      expect(parseMicrodollars(formatMicrodollars(size))).toBe(size);
    }),
  );
});
