import { describe, expect, test } from 'vitest';
import { discoveryToHealth, unknownToHealth } from './markets-to-health.ts';

describe('a search', () => {
  const refused = { problem: 'listing: 401', problemCode: 'REST_REFUSED' };

  test.each([
    [
      'nothing was listed yet',
      { listings: 0, markets: 0, problem: null, problemCode: null },
      'unhealthy',
      /^NOT_LISTED_YET$/,
    ],
    ['the first listing failed', { listings: 0, markets: 0, ...refused }, 'unhealthy', /^REST_REFUSED: listing: 401$/],
    ['the first listing came in part', { listings: 0, markets: 3, ...refused }, 'degraded', /^REST_REFUSED: /],
    ['a later listing failed', { listings: 1, markets: 0, ...refused }, 'healthy', /./],
    ['no market is open', { listings: 1, markets: 0, problem: null, problemCode: null }, 'healthy', /./],
  ] as const)('when %s', (_when, status, expected, reason) => {
    expect(discoveryToHealth(status)).toEqual({ status: expected, reason: expect.stringMatching(reason) as string });
  });
});

describe('named markets', () => {
  const unknown = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ market: `KX${index}`, reason: 'x' }));

  test.each([
    [0, 7, 'healthy', 'known'],
    [1, 7, 'degraded', 'MARKET_UNKNOWN: the exchange does not know KX0'],
    [7, 7, 'unhealthy', 'MARKET_UNKNOWN: the exchange does not know KX0, KX1, KX2, KX3, KX4 and 2 more'],
  ] as const)('of which %i of %i are not known', (count, asked, status, reason) => {
    expect(unknownToHealth(unknown(count), asked)).toEqual({ status, reason });
  });
});
