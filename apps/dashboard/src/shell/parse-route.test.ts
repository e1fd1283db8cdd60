import { expect, test } from 'vitest';
import { hrefOf, parseRoute } from './parse-route.ts';

test.each([
  ['', { view: 'overview', of: null }],
  ['#/markets', { view: 'markets', of: null }],
  ['#/market/KX-1', { view: 'market', of: 'KX-1' }],
  ['#/market/', { view: 'market', of: null }],
  ['#/market/%E0%A4%A', { view: 'market', of: '%E0%A4%A' }],
  ['#/elsewhere/x', { view: 'overview', of: null }],
])('%s is %o', (hash, route) => expect(parseRoute(hash)).toEqual(route));

test('whatever a ticker holds, its address leads back to it', () => {
  for (const ticker of ['KX-1', 'A/B', 'ü%#?', ' ']) expect(parseRoute(hrefOf('market', ticker)).of).toBe(ticker);
});
