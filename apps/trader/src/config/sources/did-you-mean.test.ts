import { describe, expect, test } from 'vitest';
import { didYouMean } from './did-you-mean.ts';

const names = ['markets', 'keyFile', 'keyId', 'http', 'logLevel'];

describe('didYouMean', () => {
  test.each([
    ['market', 'markets'],
    ['key_file', 'keyFile'],
    ['KEY-ID', 'keyId'],
    ['loglvel', 'logLevel'],
    ['htpp', 'http'],
  ])('takes %s for %s', (given, meant) => expect(didYouMean(given, names)).toBe(meant));

  test.each(['password', 'x', ''])('does not guess at "%s"', (given) => expect(didYouMean(given, names)).toBeNull());
});
