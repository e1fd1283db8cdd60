import { afterEach, describe, expect, test, vi } from 'vitest';
import fc from './fast-check.ts';
import { campaignRounds, testSeed } from './test-seed.ts';

afterEach(() => vi.unstubAllEnvs());

describe('the seed of a run', () => {
  test('is the environment’s, and otherwise 1', () => {
    vi.stubEnv('TRADER_TEST_SEED', '77');
    expect(testSeed()).toBe(77);
    vi.stubEnv('TRADER_TEST_SEED', '');
    expect(testSeed()).toBe(1);
  });

  test('is refused unless it is a whole number', () => {
    vi.stubEnv('TRADER_TEST_SEED', 'abc');
    expect(testSeed).toThrow('TRADER_TEST_SEED: "abc" is no whole number from 1');
  });

  test('is what properties generate from', () => {
    expect(fc.readConfigureGlobal().seed).toBe(testSeed());
  });
});

test('a campaign runs its short rounds unless it is told a number', () => {
  vi.stubEnv('TRADER_CAMPAIGN_ROUNDS', '');
  expect(campaignRounds(20)).toBe(20);
  vi.stubEnv('TRADER_CAMPAIGN_ROUNDS', '200');
  expect(campaignRounds(20)).toBe(200);
});
