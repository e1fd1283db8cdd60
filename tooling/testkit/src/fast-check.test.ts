import plain from 'fast-check';
import { expect, test } from 'vitest';
import fc from './fast-check.ts';
import { testSeed } from './test-seed.ts';

test('strings of any characters are those of fast-check', () => {
  const of = (texts: typeof plain.string) =>
    plain.sample(texts({ unit: 'binary', minLength: 1 }), { numRuns: 500, seed: testSeed() });
  expect(of(fc.string)).toEqual(of(plain.string));
});

test('and so is JSON with such strings', () => {
  const of = (values: typeof plain.jsonValue) =>
    plain.sample(values({ stringUnit: 'binary' }), { numRuns: 500, seed: testSeed() });
  expect(of(fc.jsonValue)).toEqual(of(plain.jsonValue));
});
