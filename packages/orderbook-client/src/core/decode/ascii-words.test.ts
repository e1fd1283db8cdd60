import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { bytesBefore, digitAt, fourDigitsAt, isPlainText, literal, quotesIn, wordOf } from './ascii-words.ts';

const viewOf = (bytes: Iterable<number>): DataView => new DataView(Uint8Array.from(bytes).buffer);
const bytesOf = (text: string): number[] => [...new TextEncoder().encode(text)];
/** Bytes that sit at the edges of what the words tell apart, and all others. */
const byte = fc.oneof(
  fc.constantFrom(
    0,
    0x1f,
    0x20,
    0x21,
    0x22,
    0x23,
    0x2f,
    0x30,
    0x39,
    0x3a,
    0x5b,
    0x5c,
    0x5d,
    0x7f,
    0x80,
    0xa2,
    0xdc,
    0xff,
  ),
  fc.integer({ min: 0, max: 255 }),
);
const bytes = (minLength: number, maxLength: number) => fc.array(byte, { minLength, maxLength });

describe('literal', () => {
  const text = '{"type":"orderbook_delta","sid":';
  const lengths = Array.from({ length: 29 }, (_, i) => i + 4);

  test.each(lengths)('of %i characters finds its text at any place', (length) => {
    const isText = literal(text.slice(0, length));
    expect(isText(viewOf([1, 2, 3, ...bytesOf(text.slice(0, length))]), 3)).toBe(true);
  });

  test.each(lengths)('of %i characters sees a change of any of its bytes', (length) => {
    const isText = literal(text.slice(0, length));
    const missed: number[] = [];
    for (let at = 0; at < length; at++) {
      const changed = bytesOf(text.slice(0, length));
      // In the highest byte of eight this is a sign or an exponent of nothing but ones: a NaN.
      for (const value of [0, 0x7f, 0x80, 0xff, changed[at]! ^ 1]) {
        changed[at] = value;
        if (isText(viewOf(changed), 0)) missed.push(at);
      }
    }
    expect(missed).toEqual([]);
  });
});

test('digitAt is the digit, or above 9', () => {
  const all = viewOf(Array.from({ length: 256 }, (_, i) => i));
  const digits = Array.from({ length: 256 }, (_, i) => digitAt(all, i));
  expect(digits.slice(0x30, 0x3a)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(digits.filter((digit) => digit <= 9)).toHaveLength(10);
});

describe('fourDigitsAt', () => {
  test('reads every number of four digits', () => {
    const numbers = Array.from({ length: 10_000 }, (_, i) => i);
    const view = viewOf(bytesOf(numbers.map((number) => String(number).padStart(4, '0')).join('')));
    expect(numbers.map((number) => fourDigitsAt(view, number * 4))).toEqual(numbers);
  });

  test('is -1 for anything else', () => {
    fc.assert(
      fc.property(bytes(4, 4), (four) => {
        const text = String.fromCharCode(...four);
        expect(fourDigitsAt(viewOf(four), 0)).toBe(/^\d{4}$/.test(text) ? Number(text) : -1);
      }),
      { numRuns: 5000 },
    );
  });
});

test('isPlainText says what JSON takes as it is, in ASCII', () => {
  fc.assert(
    fc.property(bytes(4, 40), fc.nat(3), (text, before) => {
      const plain = text.every((code) => code < 0x80 && code >= 0x20 && code !== 0x22 && code !== 0x5c);
      const around = Array.from({ length: before }, () => 0x22);
      expect(isPlainText(viewOf([...around, ...text, 0x22]), before, text.length)).toBe(plain);
    }),
    { numRuns: 5000 },
  );
});

test('isPlainText sees every byte that is not plain, at every place', () => {
  for (let length = 4; length <= 12; length++) {
    for (let at = 0; at < length; at++) {
      const refused = Array.from({ length: 256 }, (_, i) => i).filter((code) => {
        const text = Array.from({ length }, () => 0x41);
        text[at] = code;
        return !isPlainText(viewOf(text), 0, length);
      });
      expect(refused).toHaveLength(0x20 + 2 + 0x80);
    }
  }
});

test('quotesIn and bytesBefore find the first quote of a word', () => {
  fc.assert(
    fc.property(bytes(4, 4), (four) => {
      const quotes = quotesIn(viewOf(four).getInt32(0, true));
      const first = four.indexOf(0x22);
      expect(quotes === 0 ? -1 : bytesBefore(quotes)).toBe(first);
    }),
    { numRuns: 5000 },
  );
});

test('wordOf is what a view reads of the text, with zeros after its end', () => {
  expect(wordOf('yes"')).toBe(viewOf(bytesOf('yes"')).getInt32(0, true));
  expect(wordOf('no')).toBe(viewOf([...bytesOf('no'), 0, 0]).getInt32(0, true));
  expect(wordOf('abc', 3)).toBe(0);
});
