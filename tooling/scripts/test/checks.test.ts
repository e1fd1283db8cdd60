// What a check's cached result stands for: turbo must ask again when a file changes that the check looks at.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { CHECKS } from '../checks.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

type Task = { taskId: string; package: string; inputs: Record<string, string>; command: string };
const turbo = join(root, 'node_modules/.bin/turbo');
const { tasks } = JSON.parse(
  execFileSync(turbo, ['run', ...CHECKS, '--dry=json'], { cwd: root, encoding: 'utf8', timeout: 60_000 }),
) as { tasks: Task[] };
const task = (id: string) => tasks.find(({ taskId }) => taskId === id)!;

test.each(['//#format:check', '//#lint', '//#check:unused'])('%s looks at every package, and is no text', (id) => {
  const files = Object.keys(task(id).inputs);
  for (const file of [
    'apps/trader/src/main.ts',
    'packages/health/test/package.test.ts',
    'tooling/scripts/test.mjs',
    'package.json',
  ]) {
    expect(files).toContain(file);
  }
  expect(files.filter((file) => /^(node_modules|reports)\/|\/dist\/|\.md$/.test(file))).toEqual([]);
});

test('types are checked in every folder that a tsconfig may include', () => {
  const files = Object.keys(task('@trader/health#check:types').inputs);
  expect(files).toEqual(
    expect.arrayContaining(['campaigns/properties.campaign.ts', 'src/index.ts', 'test/package.test.ts']),
  );
});

test('each package that is published is checked as npm would get it', () => {
  const checked = tasks.filter(
    ({ taskId, command }) => taskId.endsWith('#check:package') && command !== '<NONEXISTENT>',
  );
  expect(checked.map((one) => one.package)).toEqual([
    '@trader/exchange-simulator',
    '@trader/health',
    '@trader/market-discovery',
    '@trader/orderbook-client',
    '@trader/session-store',
  ]);
});
