import fc from '@trader/testkit/fast-check';
import { describe, expect, it } from 'vitest';
import { formatPrice, formatSize, parseFixed } from './fixed-point.ts';

describe('parseFixed', () => {
  it.each([
    ['0.4300', 4, 4300],
    ['1.00', 4, 10_000],
    ['0.960', 4, 9600],
    ['0.43000000', 4, 4300],
    ['92371.49', 2, 9_237_149],
    ['-100.00', 2, -10_000],
    ['-0.00', 2, 0],
    ['7', 2, 700],
  ])('reads %s at %d digits as %d', (text, decimals, value) => {
    expect(parseFixed(text, decimals)).toBe(value);
  });

  it.each([
    '',
    '-',
    '.',
    '.5',
    '5.',
    '1.005',
    '1e3',
    '+1',
    ' 1',
    '1,0',
    '0x1',
    '1.2.3',
    '--1',
    'NaN',
    '9007199254740993',
  ])('refuses %j instead of guessing', (text) => {
    expect(parseFixed(text, 2)).toBeUndefined();
  });

  it('reads back what was formatted, for every price and size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: -1e12, max: 1e12 }), (price, size) => {
        expect(parseFixed(formatPrice(price), 4)).toBe(price);
        expect(parseFixed(formatSize(size), 2)).toBe(size);
        expect(formatPrice(price)).toMatch(/^\d\.\d{4}$/);
        expect(formatSize(size)).toMatch(/^-?\d+\.\d\d$/);
      }),
    );
  });
});
