// A process at its limit of open files: what fails says that, whatever the library says that came upon it.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from '@trader/testkit';
import { describe, expect, test } from 'vitest';

const program = fileURLToPath(new URL('child-few-files.ts', import.meta.url));

type Said = { readonly left: number; readonly code: string | null; readonly message?: string };

/** What a store, or a spool, says where the process may open so many more files. */
async function sayings(what: 'store' | 'spool', lefts: readonly number[]): Promise<readonly Said[]> {
  using folder = temporaryFolder('few-files-');
  const node = [process.execPath, '--no-warnings', '--conditions=@trader/source', program, folder.path, what, ...lefts];
  const { stdout } = await promisify(execFile)('sh', ['-c', 'ulimit -n 200; exec "$@"', 'sh', ...node.map(String)]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Said);
}

const failed = (said: readonly Said[]) => said.filter(({ code }) => code !== null);

describe.skipIf(process.platform === 'win32')('with few files left', () => {
  test('a spool says so', async () => {
    const said = await sayings('spool', [0, 1, 2, 3, 4, 5, 20]);
    expect(said.at(-1)).toEqual({ left: 20, code: null });
    expect(failed(said).length).toBeGreaterThan(2);
    for (const { message } of failed(said)) expect(message).toMatch(/may open no more files \(EMFILE\): raise/);
  });

  test('an embedded store says so, and makes do with 80', async () => {
    const said = await sayings('store', [0, 30, 80]);
    expect(said.at(-1)).toEqual({ left: 80, code: null });
    expect(failed(said)).toHaveLength(2);
    for (const { message } of failed(said)) expect(message).toMatch(/may open no more files \(EMFILE\): raise/);
  });
});
