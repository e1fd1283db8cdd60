import { describe, expect, test } from 'vitest';
import { duration } from './duration.ts';
import { bytes, count, percent } from './number.ts';
import { cents, complement, contracts, parsePrice, parseSize } from './price.ts';
import { clock, clockFine, dayAndMinutes } from './time.ts';

describe('durations', () => {
  test.each([
    [-5, '0 ms'],
    [39, '39 ms'],
    [100, '0.1 s'],
    [4_149, '4.1 s'],
    [9_949, '9.9 s'],
    [9_950, '9 s'],
    [59_999, '59 s'],
    [60_000, '1 min 00 s'],
    [316_000, '5 min 16 s'],
    [49_080_000, '13 h 38 min'],
    [385_200_000, '4 d 11 h'],
  ])('%d ms is %s', (ms, text) => expect(duration(ms)).toBe(text));
});

describe('numbers', () => {
  test('are grouped', () => expect(count(43_871_204)).toBe('43,871,204'));

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [42_000_000, '42.0 MB'],
    [4_294_967_296, '4.3 GB'],
  ])('%d bytes are %s', (value, text) => expect(bytes(value)).toBe(text));

  test.each([
    [0, 0, '–'],
    [0, 10, '0.000'],
    [10, 10, '100.000'],
    [99_965, 100_000, '99.965'],
    [9_999_999, 10_000_000, '99.999'],
  ])('%d of %d are %s per cent', (part, whole, text) => expect(percent(part, whole)).toBe(text));
});

describe('prices and sizes', () => {
  test.each([
    ['0.2300', 2_300],
    ['0.0010', 10],
    ['1', 10_000],
    ['0.23000', 2_300],
    ['0.23001', null],
    ['-0.2', null],
    ['x', null],
  ])('%s dollars are %s', (text, price) => expect(parsePrice(text)).toBe(price));

  test('sizes are hundredths', () => expect(parseSize('41.10')).toBe(4_110));

  test.each([
    [2_300, '23'],
    [2_350, '23.5'],
    [2_355, '23.55'],
    [10, '0.1'],
  ])('%d is %s cents', (price, text) => expect(cents(price)).toBe(text));

  test('contracts have two places', () => expect(contracts(215_893)).toBe('2,158.93'));

  test('the other side', () => expect(complement(2_300)).toBe(7_700));
});

describe('times', () => {
  const atMs = Date.UTC(2026, 7, 10, 23, 9, 4, 567);

  test('of day', () => expect(clock(atMs, 'utc')).toBe('23:09:04'));
  test('to the tenth and to the ms', () => {
    expect(clockFine(atMs, 'utc', 1)).toBe('23:09:04.5');
    expect(clockFine(atMs, 'utc', 3)).toBe('23:09:04.567');
  });
  test('with the day', () => expect(dayAndMinutes(atMs, 'utc')).toBe('Aug 10 23:09'));
  test('midnight is 00', () => expect(clock(Date.UTC(2026, 0, 1), 'utc')).toBe('00:00:00'));
});
