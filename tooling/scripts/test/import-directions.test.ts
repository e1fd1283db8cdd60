// The import directions are lint rules; this shows that each of them bites, in one run over a tree of its own.
import { spawnSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import lintConfig from '../../../oxlint.config.ts';

type Case = readonly [file: string, imported: string];

const refused: Case[] = [
  ['packages/health/src/tracker.ts', '@trader/session-store'],
  ['packages/session-store/src/store.ts', '@trader/orderbook-client'],
  ['packages/session-store/test/store.test.ts', '@trader/health'],
  ['packages/orderbook-client/src/client.ts', '@trader/exchange-simulator'],
  ['packages/exchange-simulator/src/exchange.ts', '@trader/orderbook-client'],
  ['packages/exchange-simulator/src/exchange.ts', '@trader/session-store'],
  ['packages/health/src/tracker.ts', '../../session-store/src/store.ts'],
  ['apps/trader/src/main.ts', '../../../packages/health/src/index.ts'],
  ['packages/health/src/tracker.ts', '@trader/testkit'],
  ['packages/orderbook-client/src/core/feed/feed.ts', '../../io/socket.ts'],
  ['packages/orderbook-client/src/core/feed/feed.ts', 'node:fs'],
  ['packages/orderbook-client/src/core/feed/feed.ts', 'ws'],
  ['packages/session-store/src/batch/collector.ts', 'postgres'],
  ['packages/session-store/src/spool/batch-text.ts', 'node:fs'],
  ...[
    'coordinator/state',
    'coordinator/step',
    'coordinator/waits',
    'log/rate-limited-log',
    'secrets/scrub-secrets',
  ].map((pure): Case => [`apps/trader/src/${pure}.ts`, 'node:timers']),
  ['packages/market-discovery/src/core/set.ts', 'node:timers'],
  ['packages/market-discovery/src/core/set.ts', '../io/rest-client.ts'],
  ['packages/market-discovery/src/discovery.ts', '@trader/orderbook-client'],
  ['packages/exchange-simulator/src/exchange.ts', '@trader/market-discovery'],
];

const allowed: Case[] = [
  ['packages/exchange-simulator/src/exchange.ts', '@trader/orderbook-client/wire'],
  ['packages/orderbook-client/src/io/socket.ts', 'ws'],
  ['packages/orderbook-client/src/core/feed/feed.ts', './book.ts'],
  ['packages/orderbook-client/src/core/feed.test.ts', '@trader/testkit'],
  ['packages/health/test/tracker.test.ts', '@trader/testkit'],
  ['packages/session-store/src/spool/log/spool-file.ts', 'node:fs'],
  ['apps/trader/src/trader.ts', '@trader/health'],
  ['apps/trader/src/coordinator/loop.ts', 'node:timers'],
];

const brokenRules = new Map<string, string[]>();

/** Where in the tree a case has its file: as it is called, or beside that where a case before has taken the name. */
const fileOf = ([file]: Case, index: number): string => {
  const taken = [...refused, ...allowed].slice(0, index).filter(([other]) => other === file).length;
  return taken === 0 ? file : file.replace(/(?=\.(test\.)?ts$)/, `-${taken}`);
};

const root = fileURLToPath(new URL('../../..', import.meta.url));

beforeAll(() => {
  const tree = mkdtempSync(join(tmpdir(), 'trader-imports-'));
  copyFileSync(join(root, 'oxlint.config.ts'), join(tree, 'oxlint.config.ts'));
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  for (const [index, one] of [...refused, ...allowed].entries()) {
    const file = fileOf(one, index);
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), `import { something } from '${one[1]}';\nexport const used = something;\n`);
    brokenRules.set(file, []);
  }
  const lint = join(root, 'node_modules', '.bin', 'oxlint');
  const { stdout, stderr } = spawnSync(lint, ['-f', 'json', '--disable-nested-config', ...brokenRules.keys()], {
    cwd: tree,
    encoding: 'utf8',
    timeout: 60_000,
  });
  rmSync(tree, { recursive: true, force: true });
  if (stderr !== '') throw new Error(stderr);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
  for (const { code, filename } of diagnostics) brokenRules.get(filename.replaceAll('\\', '/'))!.push(code);
});

describe('refused:', () => {
  test.each(refused.map((one, index) => [...one, fileOf(one, index)] as const))(
    '%s may not import %s',
    (...[, , file]) => {
      expect(brokenRules.get(file)).toEqual(['eslint(no-restricted-imports)']);
    },
  );
});

describe('allowed:', () => {
  test.each(allowed.map((one, index) => [...one, fileOf(one, refused.length + index)] as const))(
    '%s may import %s',
    (...[, , file]) => {
      expect(brokenRules.get(file)).toEqual([]);
    },
  );
});

/** `a/{b,c}.ts` as `a/b.ts` and `a/c.ts`. */
function withoutBraces(glob: string): string[] {
  const [, before, choices, after] = /^(.*?)\{(.*?)\}(.*)$/.exec(glob) ?? [];
  return choices === undefined ? [glob] : choices.split(',').flatMap((one) => withoutBraces(`${before}${one}${after}`));
}

test('every file and folder of a src/ that a rule names is there', () => {
  const named = (lintConfig.overrides ?? [])
    .flatMap(({ files }) => files.flatMap(withoutBraces))
    .filter((glob) => /^(?:packages|apps)\/.*\/src\//.test(glob));
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((glob) => globSync(glob, { cwd: root }).length === 0)).toEqual([]);
});
