// Output that nobody takes: the recording goes on, the process answers, and it ends in time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { newDatabase } from './databases.ts';
import { ownPipe } from './own-pipe.ts';
import { cleanEnvironment, commandLine, freePort, Program, recording } from './program.ts';

let folder: TemporaryFolder;
beforeEach(() => void (folder = temporaryFolder('trader-log-')));
afterEach(() => folder.remove());

const runArguments = async (port: number): Promise<readonly string[]> => [
  'run',
  '--log-level',
  'debug',
  '--port',
  String(port),
  '--database',
  await newDatabase(),
];

/** It answers, and what is recorded grows. */
async function goesOn(port: number) {
  const before = await recording(port);
  const after = await recording(port, before.session.deltas);
  const live = await fetch(`http://127.0.0.1:${port}/livez`, { signal: AbortSignal.timeout(30_000) });
  expect(live.status).toBe(200);
  return after;
}

describe('the trader goes on, and ends with 0 at SIGTERM, while standard error is', () => {
  test('a full pipe that nobody reads', async () => {
    using pipe = ownPipe(join(folder.path, 'pipe'));
    pipe.fill();
    const port = await freePort();
    const stdio = ['ignore', 'ignore', pipe.end] as const;
    await using run = new Program(await runArguments(port), { cwd: folder.path, stdio: [...stdio] });
    await goesOn(port);
    run.child.kill('SIGTERM');
    expect(await run.exited).toBe(0);
  });

  test('a pipe whose reader is gone', async () => {
    const port = await freePort();
    await using run = new Program(await runArguments(port), { cwd: folder.path });
    run.child.stderr!.destroy();
    const { log } = await goesOn(port);
    expect(log?.droppedLines).toBeGreaterThan(0);
    run.child.kill('SIGTERM');
    expect(await run.exited).toBe(0);
  });

  test.skipIf(!existsSync('/dev/full'))('a file on a full disk', async () => {
    const port = await freePort();
    const full = openSync('/dev/full', 'w');
    await using run = new Program(await runArguments(port), { cwd: folder.path, stdio: ['ignore', 'ignore', full] });
    closeSync(full);
    const { log } = await goesOn(port);
    expect(log?.droppedLines).toBeGreaterThan(0);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(Number(/^trader_log_dropped_lines_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0);
    run.child.kill('SIGTERM');
    expect(await run.exited).toBe(0);
  });

  test.skipIf(!existsSync('/usr/bin/script'))('a terminal that is held by Ctrl-S', async () => {
    const port = await freePort();
    const pidFile = join(folder.path, 'pid');
    const line = commandLine(await runArguments(port)).map((word) => `'${word}'`);
    const terminal = spawn('/usr/bin/script', ['-qec', `echo $$ > ${pidFile}; exec ${line.join(' ')}`, '/dev/null'], {
      cwd: folder.path,
      env: cleanEnvironment(),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exited = once(terminal, 'close').then(([code]) => code as number);
    let shown = '';
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
    const pid = await vi.waitFor(
      () => {
        const number = Number(readFileSync(pidFile, 'utf8'));
        expect(number, 'the pid of the trader').toBeGreaterThan(0);
        return number;
      },
      { timeout: 30_000 },
    );
    try {
      terminal.stdin.write('\x13');
      await goesOn(port);
      expect(shown).not.toContain('→ ready');
      process.kill(pid, 'SIGTERM');
      expect(await exited).toBe(0);
    } finally {
      terminal.kill('SIGKILL');
    }
  });
});

describe('lines that nobody reads', () => {
  const child = fileURLToPath(new URL('log-child.ts', import.meta.url));
  const written = 20_000;

  test('are kept up to a bound; those beyond it are counted, and told of when there is a reader again', async () => {
    using pipe = ownPipe(join(folder.path, 'pipe'));
    pipe.fill();
    const run = spawn(process.execPath, ['--conditions=@trader/source', child, String(written)], {
      cwd: folder.path,
      env: cleanEnvironment(),
      stdio: ['pipe', 'pipe', pipe.end] as const,
    });
    const exited = once(run, 'close').then(([code]) => code as number);
    try {
      const [said] = (await once(run.stdout!, 'data')) as [Buffer];
      expect(String(said)).toBe('written\n');
      run.stdin!.write('go on\n');
      const lines = await vi.waitFor(
        () => {
          const text = pipe.read();
          expect(text.slice(-200)).toContain('"after"');
          return text.split('\n').filter((line) => line !== '');
        },
        { timeout: 45_000, interval: 10 },
      );
      expect(await exited).toBe(0);
      const parsed = lines.map(
        (line) => JSON.parse(line) as { n?: number; code?: string; lines?: number; msg: string },
      );
      const kept = parsed.flatMap(({ n }) => (n === undefined ? [] : [n]));
      expect(kept).toEqual([...kept.keys()]);
      const others = parsed.filter(({ n }) => n === undefined);
      expect(others).toMatchObject([{ code: 'LOG_LINES_DROPPED', lines: written - kept.length }, { msg: 'after' }]);
      expect(kept.length).toBeGreaterThan(1_000);
      expect(kept.length).toBeLessThan(written);
    } finally {
      run.kill('SIGKILL');
    }
  });
});

describe('results that nobody reads', () => {
  test('do not keep replay from its end at a signal', async () => {
    const port = await freePort();
    const database = await newDatabase();
    const args = ['simulate', '--rate', '2000', '--port', String(port), '--database', database];
    await using run = new Program(args, { cwd: folder.path });
    await recording(port, 2_000);
    run.child.kill('SIGTERM');
    expect(await run.exited).toBe(0);

    using pipe = ownPipe(join(folder.path, 'pipe'));
    const replayArgs = ['replay', 'latest', '--database', database];
    await using replay = new Program(replayArgs, { cwd: folder.path, stdio: ['ignore', pipe.end, 'pipe'] });
    await vi.waitFor(() => expect(pipe.read()).toContain('"delta"'), { timeout: 30_000, interval: 10 });
    pipe.fill();
    replay.child.kill('SIGTERM');
    expect(await replay.exited).toBe(143);
    expect(replay.stderr).toContain('ended by SIGTERM');
  });
});
