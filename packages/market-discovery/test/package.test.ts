// The package as it ships: what is in `dist`, which the build has just written, and what is said of it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { requireUnderEachNode } from '@trader/testkit';
import { expect, test } from 'vitest';
import { createMarketDiscovery, EVENT_TYPES } from '../src/index.ts';
import { OPTION_NAMES } from '../src/options.ts';

const textOf = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

test('require() under every supported Node gives its names', async () => {
  const names = await requireUnderEachNode(fileURLToPath(new URL('../dist/index.js', import.meta.url)));
  expect(Object.keys(names)).toContain(process.version);
  for (const exported of Object.values(names)) {
    expect(exported).toEqual([
      'EVENT_TYPES',
      'MARKET_STATUSES',
      'MarketDiscoveryError',
      'createMarketDiscovery',
      'createReferenceData',
      'createRestClient',
      'findMarkets',
      'unknownMarkets',
    ]);
  }
});

test('what is built imports nothing, not even Node’s modules', () => {
  expect(textOf('dist/index.js')).not.toMatch(/^(?:import|export) .* from /m);
});

test('the README names every option, event and figure of the status', () => {
  const readme = textOf('README.md');
  const status = createMarketDiscovery({ restUrl: 'https://exchange.test' }).status();
  const names = [...OPTION_NAMES, ...EVENT_TYPES, ...Object.keys(status)];
  expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});

test('the README names every code of an error', () => {
  const readme = textOf('README.md');
  const codes = [...textOf('src/errors.ts').matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(([, code]) => code!);
  expect(codes.length).toBeGreaterThan(4);
  expect(codes.filter((code) => !readme.includes(`| \`${code}\` |`))).toEqual([]);
});
