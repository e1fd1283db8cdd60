import { expect, test } from 'vitest';
import { SessionStoreError } from './errors.ts';

test('an error of another copy of this package is recognised', () => {
  const fromElsewhere = { [Symbol.for('@trader/session-store/error')]: true };
  expect(SessionStoreError.isInstance(fromElsewhere)).toBe(true);
  expect(SessionStoreError.isInstance(new SessionStoreError('CLOSE_TIMEOUT', 'late'))).toBe(true);
  for (const other of [new Error('other'), null, undefined, 'CLOSE_TIMEOUT']) {
    expect(SessionStoreError.isInstance(other)).toBe(false);
  }
});
