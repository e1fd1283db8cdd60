import { expect, test } from 'vitest';
import { hrefOf, parseRoute } from './parse-route.ts';

test.each([
  ['', { view: 'overview', of: null, atMs: null }],
  ['#/markets', { view: 'markets', of: null, atMs: null }],
  ['#/market/KX-1', { view: 'market', of: 'KX-1', atMs: null }],
  ['#/market/', { view: 'market', of: null, atMs: null }],
  ['#/market/%E0%A4%A', { view: 'market', of: '%E0%A4%A', atMs: null }],
  ['#/market/KX-1?at=1790000000000', { view: 'market', of: 'KX-1', atMs: 1_790_000_000_000 }],
  ['#/market/KX-1?at=soon', { view: 'market', of: 'KX-1', atMs: null }],
  ['#/market/KX-1?at=-5&at=7', { view: 'market', of: 'KX-1', atMs: null }],
  ['#/market?at=5', { view: 'market', of: null, atMs: 5 }],
  ['#/elsewhere/x', { view: 'overview', of: null, atMs: null }],
])('%s is %o', (hash, route) => expect(parseRoute(hash)).toEqual(route));

test('whatever a ticker holds, its address leads back to it', () => {
  for (const ticker of ['KX-1', 'A/B', 'ü%#?', ' ']) expect(parseRoute(hrefOf('market', ticker)).of).toBe(ticker);
  for (const ticker of ['KX-1', 'ü%#?', 'a?at=1'])
    expect(parseRoute(hrefOf('market', ticker, 7))).toEqual({ view: 'market', of: ticker, atMs: 7 });
});
