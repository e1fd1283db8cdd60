import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EVENT_TYPES } from '@trader/orderbook-client';
import { WIRE_ERROR } from '@trader/orderbook-client/wire';
import { requireUnderEachNode } from '@trader/testkit';
import { expect, test } from 'vitest';
import { conversation } from './scripted-exchange.ts';

test.each([
  [
    'index',
    [
      'EVENT_TYPES',
      'ONE_DOLLAR',
      'OrderbookClientError',
      'createOrderbookClient',
      'createSigner',
      'exchangeError',
      'formatMicrodollars',
      'formatPrice',
      'formatSize',
      'isMarketTicker',
      'openWebSocket',
      'parseMicrodollars',
      'parsePrice',
      'parseSize',
    ],
  ],
  ['wire', ['AUTH_HEADERS', 'SERVER_PING', 'WEBSOCKET_PATH', 'WIRE_ERROR']],
  ['testing/index', ['createTestExchange']],
])('the built entry %s can be required under every supported Node that is here', async (entry, exported) => {
  const built = fileURLToPath(new URL(`../dist/${entry}.js`, import.meta.url));
  const exportsByVersion = await requireUnderEachNode(built);
  expect(Object.keys(exportsByVersion)).toContain(process.version);
  for (const names of Object.values(exportsByVersion)) expect(names).toEqual(exported);
});

const documented = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

test('the README names every event and every counter', () => {
  const readme = documented('README.md');
  const counters = Object.keys(conversation().client.status().counters);
  expect([...EVENT_TYPES, ...counters].filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});

test('PROTOCOL.md names every error of the exchange', () => {
  const protocol = documented('PROTOCOL.md');
  expect(Object.keys(WIRE_ERROR).filter((name) => !protocol.includes(`\`${name}\``))).toEqual([]);
});
