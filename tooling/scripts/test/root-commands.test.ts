// That the commands start, and take a wrong call for one: what they do is tested as functions.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { campaigns } from '../campaign-table.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

function call(script: string, args: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'tooling/scripts', script), ...args], {
    env: { ...process.env, npm_config_user_agent: 'pnpm/12', ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, first: stderr.split('\n')[0] };
}

test('pnpm campaigns --list names each', () => {
  const { status, stdout } = call('campaigns.mjs', ['--list']);
  expect(status).toBe(0);
  expect(stdout.split('\n').flatMap((line) => line.split(' ')[0] || [])).toEqual(campaigns.map(({ name }) => name));
});

test.each([
  ['campaigns.mjs', ['nothing-like-it'], {}, /^There is no campaign "nothing-like-it"\. There are: \w/],
  ['repeat.mjs', ['twice'], {}, /^N: "twice" is no whole number from 1$/],
  ['test.mjs', [], { TRADER_TEST_SEED: 'x' }, /^TRADER_TEST_SEED: "x" is no whole number from 1$/],
])('%s %j is refused in one line, with 2', (script, args, env, message) => {
  const { status, first } = call(script, args, env);
  expect(first).toMatch(message);
  expect(status).toBe(2);
});
