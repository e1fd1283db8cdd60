// Which clock and which timer the app may use are lint rules; this shows that each of them bites, on a tree of its own.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let tree = '';

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'trader-time-'));
  copyFileSync(join(root, 'oxlint.config.ts'), join(tree, 'oxlint.config.ts'));
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

function brokenRules(file: string, expression: string): string[] {
  const path = join(tree, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `export const used = (fire: () => void): unknown => [fire, ${expression}];\n`);
  const lint = join(root, 'node_modules', '.bin', 'oxlint');
  const { stdout } = spawnSync(lint, ['-f', 'json', '--disable-nested-config', file], { cwd: tree, encoding: 'utf8' });
  rmSync(path);
  return (JSON.parse(stdout) as { diagnostics: { code: string }[] }).diagnostics.map(({ code }) => code);
}

test.each([
  ['setTimeout(fire, 1)', 'eslint(no-restricted-globals)'],
  ['setInterval(fire, 1)', 'eslint(no-restricted-globals)'],
  ['Date.now()', 'eslint(no-restricted-properties)'],
])('the app may use %s in set-timer.ts and system-runtime.ts, and in tests, alone', (expression, rule) => {
  expect(brokenRules('apps/trader/src/coordinator/any.ts', expression)).toEqual([rule]);
  expect(brokenRules('apps/trader/src/http/any.ts', expression)).toEqual([rule]);
  for (const file of [
    'src/runtime/set-timer.ts',
    'src/runtime/system-runtime.ts',
    'src/http/any.test.ts',
    'test/any.test.ts',
  ])
    expect(brokenRules(`apps/trader/${file}`, expression)).toEqual([]);
});
