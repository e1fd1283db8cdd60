// An error that nobody caught: one line, exit code 70, and the next start knows.
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newDatabase } from './databases.ts';
import { ownPipe } from './own-pipe.ts';
import { freePort, Program, recording } from './program.ts';

let folder: TemporaryFolder;
beforeEach(() => void (folder = temporaryFolder('trader-crash-')));
afterEach(() => folder.remove());

/** Code that runs beside the program, as a mistake in it would. */
function beside(code: string): readonly string[] {
  const file = join(folder.path, 'beside.mjs');
  writeFileSync(file, code);
  return ['--import', file];
}

/** Makes the mistake once there is a file "now" in the working directory. */
const onceAsked = (mistake: string): readonly string[] =>
  beside(`
    import { existsSync } from 'node:fs';
    const timer = setInterval(() => {
      if (!existsSync('now')) return;
      clearInterval(timer);
      ${mistake}
    }, 20);
    timer.unref();
  `);

const SECRET = 'postgres://me:hunter2@h/x';
const MISTAKES = [
  ['an uncaught error', `throw Object.assign(new Error('boom ${SECRET}'), { code: 'E_BOOM' })`, 'E_BOOM'],
  ['an unhandled rejection', `void Promise.reject(new TypeError('boom ${SECRET}'))`, 'INTERNAL'],
  [
    'an error after the first one',
    `for (const n of [1, 2]) setTimeout(() => { throw new Error('boom ' + n) })`,
    'INTERNAL',
  ],
] as const;

describe('trader run', () => {
  test.each(MISTAKES)('ends at %s with one line and 70; the next start says so once', async (_, mistake, code) => {
    const database = await newDatabase();
    const start = (port: number, nodeArgs: readonly string[] = []) =>
      new Program(['run', '--port', String(port), '--database', database, '--log-level', 'warn'], {
        cwd: folder.path,
        nodeArgs,
      });
    const port = await freePort();
    await using first = start(port, onceAsked(mistake));
    const { session } = await recording(port);
    writeFileSync(join(folder.path, 'now'), '');
    expect(await first.exited).toBe(70);
    const [line, ...others] = first.lines;
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      level: 'fatal',
      code,
      message: expect.stringMatching(/^boom /),
      stack: expect.stringMatching(/^\w*Error: boom .*\n +at /),
      session: session.id,
      state: 'ready',
      epoch: 1,
    });
    const noteFile = join(folder.path, 'spool', 'trader', 'crash.json');
    expect(JSON.parse(readFileSync(noteFile, 'utf8'))).toMatchObject({ code, pid: first.child.pid });
    expect(statSync(noteFile).mode & 0o077).toBe(0);
    expect(first.stderr + readFileSync(noteFile, 'utf8')).not.toContain('hunter2');

    const next = await freePort();
    await using second = start(next);
    await recording(next);
    const [told, ...more] = second.lines;
    expect(told).toMatchObject({ level: 'warn', code: 'CRASHED_BEFORE', crash: { code } });
    expect(told!['msg']).toMatch(/^The last run crashed at \d{4}-.*boom/);
    expect(more.filter((each) => each['code'] === 'CRASHED_BEFORE')).toEqual([]);
    expect(existsSync(noteFile)).toBe(false);
    second.child.kill('SIGTERM');
    expect(await second.exited).toBe(0);
  });

  test('a start that finds its port taken leaves the note for the next one', async () => {
    const notes = join(folder.path, 'spool', 'trader');
    mkdirSync(notes, { recursive: true });
    const note = join(notes, 'crash.json');
    writeFileSync(note, JSON.stringify({ at: '2026-01-01T00:00:00.000Z', code: 'E_BOOM', message: 'boom' }));
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const database = await newDatabase();
    await using program = new Program(['run', '--port', String(port), '--database', database], { cwd: folder.path });
    expect(await program.exited).toBe(1);
    expect(program.stderr).not.toContain('CRASHED_BEFORE');
    expect(existsSync(note)).toBe(true);
    taken.close();
  });

  test('ends with 70 though nobody takes its last line, which the next start has from the note', async () => {
    using pipe = ownPipe(join(folder.path, 'pipe'));
    pipe.fill();
    const port = await freePort();
    const args = ['run', '--port', String(port), '--database', await newDatabase()];
    const nodeArgs = onceAsked(`throw new Error('boom')`);
    await using run = new Program(args, { cwd: folder.path, nodeArgs, stdio: ['ignore', 'ignore', pipe.end] });
    await recording(port);
    writeFileSync(join(folder.path, 'now'), '');
    expect(await run.exited).toBe(70);
    const note = readFileSync(join(folder.path, 'spool', 'trader', 'crash.json'), 'utf8');
    expect(JSON.parse(note)).toMatchObject({ code: 'INTERNAL', message: 'boom' });
  });

  test('at log level silent tells of a crash, and of nothing else', async () => {
    const port = await freePort();
    const database = await newDatabase();
    await using run = new Program(['run', '--port', String(port), '--database', database, '--log-level', 'silent'], {
      cwd: folder.path,
      nodeArgs: onceAsked(`throw new Error('boom')`),
    });
    await recording(port);
    writeFileSync(join(folder.path, 'now'), '');
    expect(await run.exited).toBe(70);
    expect(run.lines).toMatchObject([{ level: 'fatal', message: 'boom' }]);
  });
});

test('a mistake in a command is 70 too, as one line of JSON with --json', async () => {
  // What no command expects: a standard output that throws.
  const nodeArgs = beside(`process.stdout.write = () => { throw new Error('boom ${SECRET}') }`);
  await using plain = new Program(['config'], { cwd: folder.path, nodeArgs });
  expect(await plain.exited).toBe(70);
  expect(plain.lines).toMatchObject([{ level: 'fatal', code: 'INTERNAL', message: 'boom postgres://***@h/x' }]);
  await using asJson = new Program(['config', '--json'], { cwd: folder.path, nodeArgs });
  expect(await asJson.exited).toBe(70);
  expect(asJson.lines).toEqual([{ error: { code: 'INTERNAL', message: 'boom postgres://***@h/x' } }]);
});

test("Node's own warnings are lines of the log", async () => {
  const warn = `setTimeout(() => process.emitWarning('gets old', { type: 'DeprecationWarning', code: 'DEP9999' }))`;
  const port = await freePort();
  await using run = new Program(['run', '--port', String(port), '--database', await newDatabase()], {
    cwd: folder.path,
    nodeArgs: beside(warn),
  });
  await recording(port);
  run.child.kill('SIGTERM');
  expect(await run.exited).toBe(0);
  const warned = run.lines.filter(({ code }) => code === 'DEP9999');
  expect(warned).toMatchObject([{ level: 'warn', msg: 'DeprecationWarning: gets old' }]);
});
