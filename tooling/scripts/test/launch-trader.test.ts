// What `npm start` and `npm run trader` do before the trader runs. How they end it is in apps/trader/test/stop-chain.test.ts.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
// @ts-expect-error a script without types
import { startArguments } from '../launch-trader.mjs';

const script = fileURLToPath(new URL('../trader.mjs', import.meta.url));

let folder: string;
let child: ChildProcess | undefined;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'launch-'))));
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the script with an npx of our own, of which `$FOLDER` is the place to leave something. */
function launch(npx: string) {
  const fake = join(folder, 'npx');
  writeFileSync(fake, `#!/bin/sh\n${npx}\n`);
  chmodSync(fake, 0o755);
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm|TRADER)_/.test(name));
  const env = { ...Object.fromEntries(inherited), PATH: [folder, process.env['PATH']].join(delimiter), FOLDER: folder };
  child = spawn(process.execPath, [script, '--help'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  // Not `close`: that waits for whoever else has its outputs, as what it has started.
  const ended = (event: 'exit' | 'close') => once(child!, event).then(([code]) => code as number | null);
  return { child, output, exited: ended('exit'), closed: ended('close') };
}

const isGone = (pid: number): boolean => {
  try {
    // Z: it has ended, and nobody has asked after it yet.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.startsWith('Z');
  } catch {
    return true;
  }
};

describe('npm start', () => {
  test.each([
    [[], ['run']],
    [
      ['--series', 'X'],
      ['run', '--series', 'X'],
    ],
    [['--help'], ['run', '--help']],
    [['--version'], ['--version']],
    [['-V'], ['-V']],
    [['doctor'], ['doctor']],
    [
      ['sessions', 'list', '--json'],
      ['sessions', 'list', '--json'],
    ],
  ])('%j is trader %j', (given, words) => expect(startArguments(given)).toEqual(words));
});

describe.skipIf(!existsSync('/proc/self/stat'))('the build', () => {
  test('that fails is the end, and its words are not on standard output', async () => {
    const { closed, output } = launch('echo "the build says no"; exit 3');
    expect(await closed).toBe(3);
    expect(output).toEqual({ stdout: '', stderr: expect.stringContaining('the build says no') });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends at %s with all that it has started, and no trader is started', async (signal, code) => {
    const launched = launch('sleep 60 & echo $! > "$FOLDER/grandchild"; echo $$ > "$FOLDER/child"; wait');
    const pidOf = (name: string): number => Number(readFileSync(join(folder, name), 'utf8'));
    await vi.waitFor(() => expect(pidOf('child')).toBeGreaterThan(0), { timeout: 30_000 });
    const pids = ['child', 'grandchild'].map(pidOf);
    launched.child.kill(signal);
    expect(await launched.exited).toBe(code);
    await vi.waitFor(() => expect(pids.filter((pid) => !isGone(pid))).toEqual([]), { timeout: 30_000 });
    expect(launched.output.stdout).toBe('');
  });
});
