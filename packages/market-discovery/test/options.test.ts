import { expect, test } from 'vitest';
import { createMarketDiscovery, createRestClient, type MarketDiscoveryOptions } from '../src/index.ts';
import { OPTION_NAMES, resolveOptions } from '../src/options.ts';

const restUrl = 'https://exchange.test/v2';
const resolve = (options: object): unknown => resolveOptions(options as MarketDiscoveryOptions);

test('what is not given has the default of the documentation', () => {
  const { rules, sign, timeoutMs, pageSize } = resolveOptions({
    restUrl,
    series: undefined,
  } as object as MarketDiscoveryOptions);
  expect({ rules, sign, timeoutMs, pageSize }).toEqual({
    rules: {
      series: [],
      events: [],
      status: ['open'],
      minVolume: 0,
      closesWithinMs: null,
      limit: 1_000,
      reconcileEveryMs: 60_000,
      keepAfterCloseMs: 60_000,
    },
    sign: null,
    timeoutMs: 10_000,
    pageSize: 1_000,
  });
});

test('a name that is no option is refused by its name, with those that are', () => {
  const options = { restUrl, serie: ['KXA'] } as MarketDiscoveryOptions;
  expect(() => createMarketDiscovery(options)).toThrow(/^options has no "serie"\. It has restUrl, sign, .*series/);
  expect(() => createRestClient({ restUrl, series: [] } as never)).toThrow(/^options has no "series"/);
});

const ODD = [null, '', 'text', Number.NaN, -1, 0.5, Infinity, true, 1n, Symbol('s'), ['', 1], {}, new Map(), () => 1];
/** Of each option what of the odd ones it takes. */
const TAKEN: Readonly<Record<string, readonly unknown[]>> = { sign: [null], closesWithinMs: [null] };

/** The message of what it throws; `null` if it takes the value. */
function refusalOf(options: object): string | null {
  try {
    resolve(options);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

test.each(OPTION_NAMES)('%s refuses what it cannot be, and is named', (name) => {
  const isTaken = (value: unknown): boolean =>
    (typeof value === 'function' && (name === 'sign' || name === 'fetch')) || TAKEN[name]?.includes(value) === true;
  const refusal = new RegExp(`^${name}\\b.* must be `);
  for (const value of ODD) {
    const isRefused = refusal.test(refusalOf({ restUrl, [name]: value }) ?? '');
    expect(isRefused, typeof value).toBe(!isTaken(value));
  }
});

test.each([[null], [undefined], ['text'], [[]], [5]])('options that are %s are refused', (options) => {
  expect(() => resolve(options as never)).toThrow('options must be an object');
});

test('a number out of range is told apart from what is no number', () => {
  expect(() => resolve({ restUrl, limit: 0 })).toThrow(
    new RangeError('limit must be a whole number of at least 1, not 0'),
  );
  expect(() => resolve({ restUrl, pageSize: 1_001 })).toThrow(RangeError);
  expect(() => resolve({ restUrl, limit: '5' })).toThrow(
    new TypeError('limit must be a whole number of at least 1, not a string'),
  );
});

test('no refusal quotes a text: it may be a password in the wrong place', () => {
  for (const name of OPTION_NAMES) {
    expect(() => resolve({ restUrl, [name]: 'ftp://me:s3cret@host' })).toThrow(/^(?!.*s3cret)/);
  }
});
