import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageCopy } from './package-copy.ts';

export type TestRun = {
  readonly outcome: 'passed' | 'failed' | 'timed out';
  /** Those that failed, by name; empty where a file could not be loaded. */
  readonly failed: readonly string[];
  /** How long each file's tests took. */
  readonly msOf: ReadonlyMap<string, number>;
};

type Report = { readonly results: readonly { file: string; name: string; state: string; ms?: number }[] };

/**
 * Runs test files of a copy, in a process group of its own.
 *
 * @param files none: all
 * @param flags more for vitest
 */
export async function runTests(
  copy: PackageCopy,
  files: readonly string[],
  { timeoutMs, flags = [], env = {} }: { timeoutMs: number; flags?: readonly string[]; env?: NodeJS.ProcessEnv },
): Promise<TestRun> {
  const report = join(copy.folder, 'reports/results.json');
  rmSync(report, { force: true });
  mkdirSync(join(copy.temporary, 'embedded'), { recursive: true });
  // So that a run ends in time when nobody is left to end it: a broken loop would go on for ever.
  const limit = ['--signal=KILL', `${timeoutMs / 1000}s`];
  const child = spawn(
    'timeout',
    [...limit, process.execPath, 'node_modules/vitest/vitest.mjs', 'run', ...flags, ...files],
    {
      cwd: copy.folder,
      detached: true,
      stdio: 'ignore',
      env: {
        ...process.env,
        ...env,
        TMPDIR: copy.temporary,
        // Not those of the run that this is a part of.
        TRADER_TEST_REPORT: report,
        TRADER_TEST_PROGRESS: '',
        VITEST: undefined,
      },
    },
  );
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  // What a killed or broken run has left behind.
  killGroup(child.pid!);
  removeTemporary(copy.temporary);
  const { results }: Report = existsSync(report)
    ? (JSON.parse(readFileSync(report, 'utf8')) as Report)
    : { results: [] };
  const msOf = new Map<string, number>();
  for (const { file, ms = 0 } of results) msOf.set(file, (msOf.get(file) ?? 0) + ms);
  const failed = results.filter(({ state }) => state === 'failed').map(({ file, name }) => `${file} > ${name}`);
  const outcome = signal === 'SIGKILL' ? 'timed out' : code === 0 ? 'passed' : 'failed';
  return { outcome, failed, msOf };
}

function removeTemporary(folder: string): void {
  // Disks of tests that were killed.
  const mounts = existsSync('/proc/mounts') ? readFileSync('/proc/mounts', 'utf8').split('\n') : [];
  for (const mount of mounts) {
    const path = mount.split(' ')[1];
    if (path?.startsWith(`${folder}/`)) spawnSync('umount', [path]);
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
