import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EVENT_TYPES } from '@trader/orderbook-client';
import { WIRE_ERROR } from '@trader/orderbook-client/wire';
import { requireUnderEachNode } from '@trader/testkit';
import { expect, test } from 'vitest';
import { OPTION_NAMES } from '../src/options.ts';
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
      'createWebSocketOpener',
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
  [
    'recordings',
    [
      'RECORDED_EVENTS',
      'TapeWriter',
      'eventToRecord',
      'recordToEvent',
      'recordToFrame',
      'tablesToRecords',
      'tapeToRecords',
    ],
  ],
  ['replay/index', ['createReplayClient', 'joinRecordings']],
  ['testing/index', ['createTestExchange']],
])('the built entry %s can be required under every supported Node that is here', async (entry, exported) => {
  const built = fileURLToPath(new URL(`../dist/${entry}.js`, import.meta.url));
  const exportsByVersion = await requireUnderEachNode(built);
  expect(Object.keys(exportsByVersion)).toContain(process.version);
  for (const names of Object.values(exportsByVersion)) expect(names).toEqual(exported);
});

const documented = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

test('the README names every event, every counter and every option', () => {
  const readme = documented('README.md');
  const counters = Object.keys(conversation().client.status().counters);
  const names = [...EVENT_TYPES, ...counters, ...OPTION_NAMES];
  expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});

test('the README names every code of an error', () => {
  const readme = documented('README.md');
  const codes = [...documented('src/errors.ts').matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(([, code]) => code!);
  expect(codes.length).toBeGreaterThan(20);
  expect(codes.filter((code) => !readme.includes(`| \`${code}\` |`))).toEqual([]);
});

test('PROTOCOL.md names every error of the exchange', () => {
  const protocol = documented('PROTOCOL.md');
  expect(Object.keys(WIRE_ERROR).filter((name) => !protocol.includes(`\`${name}\``))).toEqual([]);
});
