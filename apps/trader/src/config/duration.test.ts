import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { durationOf, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  test.each([
    ['15s', 15_000],
    ['1.5h', 5_400_000],
    ['250', 250],
    ['0.5s', 500],
    [' 10 m ', 600_000],
    ['2d', 172_800_000],
  ])('%s', (text, durationMs) => expect(parseDuration(text)).toBe(durationMs));

  test.each(['', 'soon', '-1s', '1.5ms', '1w', '1e3', '10s5', '0x10', '9999999999999999s', '1 000'])(
    'refuses "%s"',
    (text) => expect(parseDuration(text)).toBeNull(),
  );

  test('never gives anything but whole milliseconds', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.smhd '.split('')) }), (text) => {
        const durationMs = parseDuration(text);
        return durationMs === null || (Number.isSafeInteger(durationMs) && durationMs >= 0);
      }),
    );
  });
});

test('durationOf is read back as what it was made of', () => {
  fc.assert(
    fc.property(fc.nat({ max: 1e12 - 1 }), (durationMs) => parseDuration(durationOf(durationMs)) === durationMs),
  );
});
