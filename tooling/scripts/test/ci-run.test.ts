// `.ci/run` in a tree of its own, with stand-ins for npx and npm: what its last line says, and its exit code.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sumOfRun } from '../ci-sum.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let tree = '';

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'trader-ci-'));
  for (const folder of ['.ci', 'bin', 'reports', 'tooling/scripts']) mkdirSync(join(tree, folder), { recursive: true });
  for (const file of ['.ci/run', 'package.json']) cpSync(join(root, file), join(tree, file));
  for (const file of globSync(join(root, 'tooling/scripts/*.mjs'))) {
    cpSync(file, join(tree, 'tooling/scripts', basename(file)));
  }
});
afterEach(() => rmSync(tree, { recursive: true, force: true }));

/** Runs it; each step does what is written here, as shell, or nothing. */
function run(steps: { install?: string; nodes?: string; check?: string; test?: string; campaigns?: string }) {
  const { install = '', nodes = '', check = '', test = '', campaigns = '' } = steps;
  const standIns = {
    npx: `case "$3" in install) ${install || ':'} ;; check) ${check || ':'} ;; campaigns) ${campaigns || ':'} ;; esac`,
    npm: `case "$1" in install) ${nodes || ':'} ;; test) ${test || ':'} ;; esac`,
  };
  for (const [name, script] of Object.entries(standIns)) {
    writeFileSync(join(tree, 'bin', name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(tree, 'bin', name), 0o755);
  }
  const env = { ...process.env, PATH: `${join(tree, 'bin')}:${process.env['PATH']}` };
  const { stdout, status } = spawnSync(join(tree, '.ci/run'), { env, encoding: 'utf8', timeout: 60_000 });
  return { status, lines: stdout.trimEnd().split('\n') };
}
const counts = (name: string, passed: number, failed = 0, skipped = 0) =>
  `echo '${JSON.stringify({ passed, failed, skipped })}' > reports/${name}-counts.json; [ ${failed} = 0 ]`;

describe.skipIf(process.platform === 'win32')('.ci/run', () => {
  test('ends with one line for the tests and the campaigns', () => {
    const { status, lines } = run({ test: counts('test', 10, 0, 2), campaigns: counts('campaigns', 3) });
    expect(lines.slice(-3)).toEqual([
      'npm test: 10 passed, 0 failed, 2 skipped',
      'pnpm campaigns: 3 passed, 0 failed',
      '13 passed, 0 failed, 2 skipped',
    ]);
    expect(status).toBe(0);
  });

  test('goes on after a failure, and fails', () => {
    const { status, lines } = run({ test: counts('test', 10, 1), campaigns: counts('campaigns', 3, 2) });
    expect(lines.at(-1)).toBe('13 passed, 3 failed');
    expect(status).toBe(1);
  });

  test('counts checks that failed as one failure, and goes on', () => {
    const ran = { test: counts('test', 10), campaigns: counts('campaigns', 3) };
    const { status, lines } = run({ ...ran, check: 'exit 1' });
    expect(lines).toContain('failed: pnpm check');
    expect(lines.at(-1)).toBe('13 passed, 1 failed');
    expect(status).toBe(1);
    expect(run({ ...ran, check: 'exit 0' }).lines.at(-1)).toBe('13 passed, 0 failed');
  });

  test('counts a run that did not come to its end, whatever an older one left', () => {
    writeFileSync(join(tree, 'reports/test-counts.json'), '{"passed":99,"failed":0,"skipped":0}');
    const { status, lines } = run({ test: 'exit 0', campaigns: counts('campaigns', 3) });
    expect(lines).toContain('failed: npm test did not come to its end');
    expect(lines.at(-1)).toBe('3 passed, 1 failed');
    expect(status).toBe(1);
  });

  test('runs nothing on a broken install, and says so', () => {
    const { status, lines } = run({ install: 'exit 7', test: counts('test', 10), campaigns: counts('campaigns', 3) });
    expect(lines).toContain('failed: install');
    expect(lines.at(-1)).toBe('0 passed, 3 failed');
    expect(status).toBe(1);
  });

  test.runIf(process.platform === 'linux' && process.arch === 'x64')(
    'counts an older Node that could not be fetched',
    () => {
      const { status, lines } = run({ nodes: 'exit 1', test: counts('test', 10), campaigns: counts('campaigns', 3) });
      expect(lines).toContain('failed: Node 22 and 24');
      expect(lines.at(-1)).toBe('13 passed, 1 failed');
      expect(status).toBe(1);
    },
  );
});

test('the sum needs the counts of both runs', () => {
  expect(sumOfRun([], () => undefined).sum).toEqual({ passed: 0, failed: 2, skipped: 0 });
});
