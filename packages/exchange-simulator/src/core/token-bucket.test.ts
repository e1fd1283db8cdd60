import { describe, expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

describe('TokenBucket', () => {
  it('is full at the start, refills all the time, and holds no more than its capacity', () => {
    const bucket = new TokenBucket({ capacity: 20, refillPerSecond: 10 }, 0);
    expect([bucket.takeTokens(10, 0), bucket.takeTokens(10, 0), bucket.takeTokens(10, 0)]).toEqual([true, true, false]);
    expect([bucket.takeTokens(10, 999), bucket.takeTokens(10, 1000)]).toEqual([false, true]);
    expect([bucket.takeTokens(20, 60_000), bucket.takeTokens(1, 60_000)]).toEqual([true, false]);
  });

  it('loses nothing to a request that it refuses', () => {
    const bucket = new TokenBucket({ capacity: 20, refillPerSecond: 1 }, 0);
    expect([bucket.takeTokens(21, 0), bucket.takeTokens(20, 0)]).toEqual([false, true]);
  });
});
