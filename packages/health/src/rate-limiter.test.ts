import { ManualRuntime } from '@trader/testkit';
import { expect, test } from 'vitest';
import { createRateLimiter } from './rate-limiter.ts';

test('lets the first through and says with the next how many it swallowed', () => {
  const runtime = new ManualRuntime();
  const rateLimited = createRateLimiter(runtime);
  const reports: [number, number][] = [];
  for (let second = 0; second <= 120; second += 1) {
    rateLimited('slow', 60_000, (swallowed) => reports.push([second, swallowed]));
    runtime.advance(1_000);
  }
  expect(reports).toEqual([
    [0, 0],
    [60, 59],
    [120, 59],
  ]);
  expect(rateLimited.counters).toEqual({ swallowed: 118, forgottenKeys: 0 });
});

test('counts each key on its own and says whether it reported', () => {
  const rateLimited = createRateLimiter(new ManualRuntime());
  const said = ['a', 'b', 'a'].map((key) => rateLimited(key, 1_000, () => undefined));
  expect(said).toEqual([true, true, false]);
});

test('remembers a thousand keys and forgets the one reported longest ago, counted', () => {
  const rateLimited = createRateLimiter(new ManualRuntime());
  for (let key = 0; key <= 1_000; key += 1) rateLimited(`key ${key}`, 1_000, () => undefined);
  expect(rateLimited.counters.forgottenKeys).toBe(1);
  expect(rateLimited('key 1', 1_000, () => undefined)).toBe(false);
  expect(rateLimited('key 0', 1_000, () => undefined)).toBe(true);
});
