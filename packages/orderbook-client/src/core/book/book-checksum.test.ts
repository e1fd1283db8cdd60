import { crc32 } from 'node:zlib';
import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import type { Level } from '../price/book-level.ts';
import { checksumOf } from './book-checksum.ts';

describe('checksumOf', () => {
  test('is the CRC-32 of the documented text', () => {
    const yes: Level[] = [
      [4300, 10_000],
      [100, 5_000_000_000],
    ];
    const text = 'yes 0.4300 100.00\nyes 0.0100 50000000.00\nno 0.5605 0.01\n';
    expect(checksumOf(yes, [[5605, 1]])).toBe(crc32(text));
    // Written down, so that it stays what other programs know.
    expect(checksumOf(yes, [[5605, 1]])).toBe(1_665_159_667);
  });

  test('of an empty book is 0', () => {
    expect(checksumOf([], [])).toBe(0);
  });

  test('tells the sides apart', () => {
    expect(checksumOf([[4300, 1]], [])).not.toBe(checksumOf([], [[4300, 1]]));
  });

  test('agrees with zlib for any level', () => {
    const level = fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 1, max: 2 ** 40 }));
    fc.assert(
      fc.property(level, ([price, size]) => {
        const text = `no ${(price / 10_000).toFixed(4)} ${(size / 100).toFixed(2)}\n`;
        expect(checksumOf([], [[price, size]])).toBe(crc32(text));
      }),
    );
  });
});
