// Commands that read make nothing: no folder where there is none, and no database in a folder of something else.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createCli } from '../src/cli/cli.ts';
import type { TraderError } from '../src/errors.ts';

let folder: TemporaryFolder;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const commands: readonly (readonly string[])[] = [
  ['sql', 'select 1'],
  ['sessions', 'list'],
  ['sessions', 'show', 'latest'],
  ['sessions', 'verify', '--all'],
  ['replay', 'latest'],
  ['export', '--out', '/nowhere/out'],
  ['db', 'migrate', '--check'],
];

async function failure(args: readonly string[]): Promise<TraderError> {
  const output = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await createCli().parseAsync(['node', 'trader', ...args]);
  } catch (error) {
    return error as TraderError;
  } finally {
    output.mockRestore();
  }
  throw new Error('it did not fail');
}

describe.each(commands.map((command) => ({ command, typed: command.join(' ') })))('$typed', ({ command }) => {
  test('makes no folder where there is none', async () => {
    const path = join(folder.path, 'not', 'there');
    const { code, message } = await failure([...command, '--database', path]);
    expect(code).toBe('DATABASE_UNAVAILABLE');
    expect(message).toMatch(/^--database: there is no folder .*not.there\. Give the one that was recorded into/);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('makes nothing in a folder without a recording', async () => {
    const path = join(folder.path, 'photos');
    mkdirSync(path);
    writeFileSync(join(path, 'cat.jpg'), '');
    const { code, message } = await failure([...command, '--database', path]);
    expect(code).toBe('DATABASE_UNAVAILABLE');
    expect(message).toMatch(/^--database: there is no recording in .*photos\. Give the folder that was recorded into/);
    expect(readdirSync(path)).toEqual(['cat.jpg']);
    expect(existsSync('/nowhere')).toBe(false);
  });
});
