import { expect, test } from 'vitest';
import type { DiscoveryStatus } from '../../feed/discovered-markets.ts';
import { defineDiscoveryMetrics } from './discovery-metrics.ts';
import { MetricRegistry } from './metric-registry.ts';

async function samples(discovery: DiscoveryStatus | null): Promise<Readonly<Record<string, number>>> {
  const registry = new MetricRegistry<{ readonly discovery: DiscoveryStatus | null }>();
  defineDiscoveryMetrics(registry);
  const lines = (await registry.text({ discovery })).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => line.split(' ')).map(([name, number]) => [name, Number(number)]));
}

test('without a search the roll is off and every figure is 0', async () => {
  const { 'trader_discovery_roll{roll="off"}': off, ...others } = await samples(null);
  expect(off).toBe(1);
  expect(new Set(Object.values(others))).toEqual(new Set([0]));
});

test('every figure of the search has its sample', async () => {
  const figures = {
    markets: 1,
    questions: 2,
    unreadable: 3,
    listings: 4,
    listingFailures: 5,
    lookUps: 6,
    lookUpFailures: 7,
    added: 8,
    removed: 9,
    overLimit: 10,
    neverFound: 11,
    wanted: 12,
    refused: 13,
  };
  const told = await samples({
    roll: 'empty',
    problemCode: 'REST_REFUSED',
    problem: 'no answer',
    refusals: [],
    ...figures,
  });
  expect(told).toMatchObject({
    trader_discovery_markets: 1,
    trader_discovery_listings_total: 4,
    trader_discovery_listing_failures_total: 5,
    trader_discovery_look_ups_total: 6,
    trader_discovery_over_limit_markets: 10,
    trader_discovery_wanted_markets: 12,
    trader_discovery_refused_markets: 13,
    trader_discovery_failing: 1,
    'trader_discovery_roll{roll="empty"}': 1,
    'trader_discovery_roll{roll="off"}': 0,
  });
  expect(Object.values(told)).toEqual(expect.arrayContaining(Object.values(figures)));
});
