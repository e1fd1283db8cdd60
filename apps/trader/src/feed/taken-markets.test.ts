// A search that takes over markets which the client has already.
import type { MarketDiscovery, MarketDiscoveryEvents } from '@trader/market-discovery';
import { expect, test } from 'vitest';
import { createLog } from '../log/log.ts';
import { DiscoveredMarkets, type DiscoveredMarketsOptions } from './discovered-markets.ts';

type Event = MarketDiscoveryEvents[keyof MarketDiscoveryEvents];

test('a new search lets go of nothing before its first whole listing, and never disturbs what both want', () => {
  const calls: string[] = [];
  const client = {
    on: () => () => undefined,
    addMarkets: (markets: readonly string[]) => void calls.push(...markets.map((market) => `+${market}`)),
    removeMarkets: (markets: readonly string[]) => void calls.push(...markets.map((market) => `-${market}`)),
  } as unknown as DiscoveredMarketsOptions['client'];
  const wanted = new Set<string>();
  const listeners = new Map<string, (event: Event) => void>();
  let listings = 0;
  const search = {
    on: (type: string, listener: (event: Event) => void) => {
      listeners.set(type, listener);
      return () => undefined;
    },
    has: (market: string) => wanted.has(market),
    markets: () => [...wanted],
    status: () => ({ listings, refusals: [], refused: 0 }),
  } as unknown as MarketDiscovery;
  const discovery = new DiscoveredMarkets({ client, search, taken: ['KXA', 'KXB'], log: createLog('silent') });
  const listed = (outcome: 'partial' | 'whole') =>
    listeners.get('listing')!({ type: 'listing', outcome, added: 0, removed: 0 });

  expect(discovery.status().markets).toBe(2);
  wanted.add('KXC');
  listed('partial');
  expect(calls).toEqual(['+KXC']);
  wanted.add('KXB');
  listings = 1;
  listed('whole');
  expect(calls).toEqual(['+KXC', '-KXA']);
  expect(discovery.taken.toSorted()).toEqual(['KXB', 'KXC']);
});
