import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

const bucket = () => new TokenBucket({ burst: 3, perSecond: 2 }, 1_000);
const takes = (of: TokenBucket, count: number, nowMs: number) => Array.from({ length: count }, () => of.take(nowMs));

test('gives its burst at once, and then as many a second as it may', () => {
  const tokens = bucket();
  expect(takes(tokens, 4, 1_000)).toEqual([true, true, true, false]);
  expect(takes(tokens, 2, 1_500)).toEqual([true, false]);
  expect(takes(tokens, 3, 2_500)).toEqual([true, true, false]);
});

test('never holds more than its burst', () => {
  expect(takes(bucket(), 4, 1e9)).toEqual([true, true, true, false]);
});

test('loses nothing by a look at a time before', () => {
  const tokens = bucket();
  expect(takes(tokens, 1, 0)).toEqual([true]);
  expect(takes(tokens, 3, 1_000)).toEqual([true, true, false]);
});
