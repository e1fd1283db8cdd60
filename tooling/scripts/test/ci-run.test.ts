// `.ci/run` in a tree of its own, with stand-ins for npx, npm and apt-get, and nothing else that this machine may have: what its last line says, and its exit code.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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
  const real = spawnSync(
    'sh',
    ['-c', 'for name in bash sh dirname rm mktemp uname cat sleep; do command -v $name; done'],
    { encoding: 'utf8' },
  ).stdout;
  for (const path of [...real.trim().split('\n'), process.execPath])
    symlinkSync(path, join(tree, 'bin', basename(path)));
  for (const file of globSync(join(root, 'tooling/scripts/*.mjs'))) {
    cpSync(file, join(tree, 'tooling/scripts', basename(file)));
  }
});
afterEach(() => rmSync(tree, { recursive: true, force: true }));

type Steps = Partial<Record<'install' | 'nodes' | 'check' | 'test' | 'campaigns' | 'apt', string>> & {
  /** Who runs it, by number. */
  readonly user?: number;
  readonly chromium?: boolean;
};

/** Runs it; each step does what is written here, as shell, or nothing. */
function run(steps: Steps) {
  const {
    install = '',
    nodes = '',
    check = '',
    test = '',
    campaigns = '',
    apt = '',
    user = 0,
    chromium = true,
  } = steps;
  const standIns = {
    npx: `case "$3" in install) ${install || ':'} ;; check) ${check || ':'} ;; campaigns) ${campaigns || ':'} ;; esac`,
    npm: `case "$1" in install) ${nodes || ':'} ;; test) ${test || ':'} ;; esac`,
    id: `echo ${user}`,
    'apt-get': `echo "apt-get $*" >> apt-calls; case "$*" in *install*) ${apt || ':'} ;; esac`,
    ...(chromium && { chromium: ':' }),
  };
  for (const [name, script] of Object.entries(standIns)) {
    writeFileSync(join(tree, 'bin', name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(tree, 'bin', name), 0o755);
  }
  const { CHROMIUM_PATH: _, ...rest } = process.env;
  const env = { ...rest, PATH: join(tree, 'bin') };
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

  describe('a browser', () => {
    const ran = { test: counts('test', 10), campaigns: counts('campaigns', 3) };
    const aptCalls = () => (existsSync(join(tree, 'apt-calls')) ? readFileSync(join(tree, 'apt-calls'), 'utf8') : '');

    test('is installed where there is none, before the tests begin', () => {
      const apt = 'until [ -e checked ]; do sleep 0.05; done; : > bin/chromium';
      const { status, lines } = run({
        ...ran,
        apt,
        chromium: false,
        check: ': > checked',
        test: `[ -e bin/chromium ] && ${ran.test}`,
      });
      expect(aptCalls()).toMatch(/apt-get install -y --no-install-recommends chromium\n$/);
      expect([lines.at(-1), status]).toEqual(['13 passed, 0 failed', 0]);
    });

    test('that cannot be installed is one failure, with what apt said', () => {
      const { status, lines } = run({ ...ran, apt: 'echo no such package; exit 100', chromium: false });
      expect(lines).toContain('no such package');
      expect(lines).toContain('failed: chromium');
      expect([lines.at(-1), status]).toEqual(['13 passed, 1 failed', 1]);
    });

    test.each([
      ['is there already', { chromium: true }],
      ['cannot be installed by this user', { chromium: false, user: 1_000 }],
    ])('that %s is not asked for', (_what, steps) => {
      expect(run({ ...ran, ...steps }).lines.at(-1)).toBe('13 passed, 0 failed');
      expect(aptCalls()).toBe('');
    });
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
