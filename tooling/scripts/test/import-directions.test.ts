// The import directions are lint rules; this shows that each of them bites, on a tree of its own.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let tree = '';

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'trader-imports-'));
  copyFileSync(join(root, 'oxlint.config.ts'), join(tree, 'oxlint.config.ts'));
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

/** The rules that a file with this one import breaks. */
function brokenRules(file: string, imported: string): string[] {
  const path = join(tree, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `import { something } from '${imported}';\nexport const used = something;\n`);
  const lint = join(root, 'node_modules', '.bin', 'oxlint');
  const { stdout, stderr } = spawnSync(lint, ['-f', 'json', '--disable-nested-config', file], {
    cwd: tree,
    encoding: 'utf8',
  });
  rmSync(path);
  expect(stderr).toBe('');
  return (JSON.parse(stdout) as { diagnostics: { code: string }[] }).diagnostics.map(({ code }) => code);
}

const forbidden = ['eslint(no-restricted-imports)'];

describe('refused:', () => {
  test.each([
    ['packages/health/src/tracker.ts', '@trader/session-store'],
    ['packages/session-store/src/store.ts', '@trader/orderbook-client'],
    ['packages/session-store/test/store.test.ts', '@trader/health'],
    ['packages/orderbook-client/src/client.ts', '@trader/exchange-simulator'],
    ['packages/exchange-simulator/src/exchange.ts', '@trader/orderbook-client'],
    ['packages/exchange-simulator/src/exchange.ts', '@trader/session-store'],
    ['packages/health/src/tracker.ts', '../../session-store/src/store.ts'],
    ['apps/trader/src/main.ts', '../../../packages/health/src/index.ts'],
    ['packages/health/src/tracker.ts', '@trader/testkit'],
    ['packages/orderbook-client/src/core/feed.ts', '../io/socket.ts'],
    ['packages/orderbook-client/src/core/feed.ts', 'node:fs'],
    ['packages/orderbook-client/src/core/feed.ts', 'ws'],
    ['packages/session-store/src/core/collector.ts', 'postgres'],
    ['apps/trader/src/core/coordinator.ts', 'node:timers'],
  ])('%s may not import %s', (file, imported) => {
    expect(brokenRules(file, imported)).toEqual(forbidden);
  });
});

describe('allowed:', () => {
  test.each([
    ['packages/exchange-simulator/src/exchange.ts', '@trader/orderbook-client/wire'],
    ['packages/orderbook-client/src/io/socket.ts', 'ws'],
    ['packages/orderbook-client/src/core/feed.ts', './book.ts'],
    ['packages/orderbook-client/src/core/feed.test.ts', '@trader/testkit'],
    ['packages/health/test/tracker.test.ts', '@trader/testkit'],
    ['apps/trader/src/trader.ts', '@trader/health'],
  ])('%s may import %s', (file, imported) => {
    expect(brokenRules(file, imported)).toEqual([]);
  });
});
