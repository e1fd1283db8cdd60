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

/** What each file breaks in which this stands, asked of all of them at once. */
function brokenRules(files: readonly string[], expression: string): Readonly<Record<string, readonly string[]>> {
  for (const file of files) {
    const path = join(tree, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `export const used = (fire: () => void): unknown => [fire, ${expression}];\n`);
  }
  const lint = join(root, 'node_modules', '.bin', 'oxlint');
  const args = ['-f', 'json', '--disable-nested-config', ...files];
  const { stdout } = spawnSync(lint, args, { cwd: tree, encoding: 'utf8' });
  const { diagnostics, number_of_files } = JSON.parse(stdout) as {
    diagnostics: { code: string; filename: string }[];
    number_of_files: number;
  };
  expect(number_of_files).toBe(files.length);
  const codesOf = (file: string) => diagnostics.filter(({ filename }) => filename === file).map(({ code }) => code);
  return Object.fromEntries(files.map((file) => [file, codesOf(file)]));
}

test.each([
  ['setTimeout(fire, 1)', 'eslint(no-restricted-globals)'],
  ['setInterval(fire, 1)', 'eslint(no-restricted-globals)'],
  ['Date.now()', 'eslint(no-restricted-properties)'],
])('the app may use %s in set-timer.ts and system-runtime.ts, and in tests, alone', (expression, rule) => {
  const forbidden = ['apps/trader/src/coordinator/any.ts', 'apps/trader/src/http/any.ts'];
  const allowed = [
    'src/runtime/set-timer.ts',
    'src/runtime/system-runtime.ts',
    'src/http/any.test.ts',
    'test/any.test.ts',
  ].map((file) => `apps/trader/${file}`);
  expect(brokenRules([...forbidden, ...allowed], expression)).toEqual({
    ...Object.fromEntries(forbidden.map((file) => [file, [rule]])),
    ...Object.fromEntries(allowed.map((file) => [file, []])),
  });
});
