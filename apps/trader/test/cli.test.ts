// The built program as a user or a supervisor runs it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, assert, beforeEach, describe, expect, test, vi } from 'vitest';
import { childEnvironment } from './child-process.ts';
import { newDatabase, newDataDir } from './databases.ts';
import { startOwnServer } from './own-server.ts';
import { again } from './program.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

let folder: TemporaryFolder;
const running = new Set<ChildProcess>();
beforeEach(() => void (folder = temporaryFolder('trader-cli-')));
afterEach(async () => {
  for (const child of running) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  folder.remove();
});

/** Asks for the page that the log names, and for what it is made of. @returns its address */
async function servedPage(log: string): Promise<string> {
  const url = /Dashboard: (http:[^\s"]+)/.exec(log)?.[1];
  assert(url !== undefined, log);
  const page = await (await fetch(url)).text();
  const files = [...page.matchAll(/(?:src|href)="(\/(?:assets\/|favicon)[^"]+)"/g)].map(([, path]) => path!);
  const answers = await Promise.all(files.map(async (path) => fetch(new URL(path, url))));
  const types = answers.map(({ status, headers }) => `${status} ${headers.get('content-type')}`);
  expect(types.toSorted()).toEqual(
    expect.arrayContaining(['200 text/css; charset=utf-8', '200 text/javascript; charset=utf-8', '200 image/svg+xml']),
  );
  return url;
}

function start(...args: string[]) {
  const options = { cwd: folder.path, env: childEnvironment() };
  const child = spawn(process.execPath, [program, ...args], options);
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exited = once(child, 'close').then(([code]) => {
    running.delete(child);
    return { code: code as number | null, stdout, stderr };
  });
  return { child, exited, stderr: () => stderr };
}

const trader = (...args: string[]) => start(...args).exited;

/** The status page's answer once the trader is in a state. */
async function statusOnce(of: ReturnType<typeof start>, state: string) {
  return vi.waitFor(
    async () => {
      const url = /Status: (http:\S+\/status)/.exec(of.stderr())?.[1];
      expect(url, of.stderr()).toBeDefined();
      const response = await fetch(url!).catch((error: unknown) => error);
      assert(response instanceof Response, `no answer: ${String(response)}\n${of.stderr()}`);
      const status = (await response.json()) as {
        state: string;
        session: { id: string; deltas: number };
        books: { market: string; synced: boolean }[];
        source: string;
      };
      expect(status.state, of.stderr()).toBe(state);
      expect(status.session.deltas).toBeGreaterThan(0);
      return status;
    },
    // Where the database has to be made first, a busy machine takes its time.
    { timeout: 180_000, interval: 50 },
  );
}

function writeTape(): string {
  const tape = join(folder.path, 'tape.ndjson');
  const frame = (type: string, seq: number, msg: object) =>
    `${JSON.stringify({ recv_ms: 1_800_000_000_000 + seq, event: { type, sid: 1, seq, msg: { market_ticker: 'KXTAPE-A', market_id: 'x', ...msg } } })}\n`;
  const change = { price_dollars: '0.4200', delta_fp: '5.00', side: 'yes', ts_ms: 1_800_000_000_000 };
  writeFileSync(
    tape,
    [
      frame('orderbook_snapshot', 1, { yes_dollars_fp: [['0.4000', '10.00']] }),
      frame('orderbook_delta', 2, change),
      frame('orderbook_delta', 3, { ...change, delta_fp: '-2.00' }),
    ].join(''),
  );
  return tape;
}

describe('trader run', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'without credentials says that it records the simulator, answers /status, and leaves no active session after %s',
    async (signal) => {
      // As after the first run, which file-modes.test.ts has.
      // A folder that others may open would be warned of first.
      chmodSync(newDataDir(join(folder.path, 'data')), 0o700);
      const run = start('run', '--port', '0');
      const status = await statusOnce(run, 'ready');
      expect(run.stderr().split('\n')[0], 'the first line').toContain(`Dashboard: ${await servedPage(run.stderr())}"`);
      expect(run.stderr()).toMatch(/records the built-in simulator.*--key-id/);
      expect(status.source).toMatch(/simulator/);
      expect(status.books.length).toBeGreaterThan(0);
      expect(status.books.every(({ synced }) => synced)).toBe(true);

      run.child.kill(signal);
      expect((await run.exited).code, run.stderr()).toBe(0);

      const { stdout, code } = await trader('sessions', 'list', '--json');
      expect(code).toBe(0);
      const sessions = JSON.parse(stdout) as { id: string; status: string; endReason: string; deltas: number }[];
      expect(sessions).toMatchObject([{ id: status.session.id, status: 'closed', endReason: signal }]);
      expect(sessions[0]!.deltas).toBeGreaterThanOrEqual(status.session.deltas);
    },
  );

  test('records a named exchange with a key of its own into PostgreSQL', async () => {
    const { createExchange } = await import('@trader/exchange-simulator');
    const database = await newDatabase();
    await using exchange = await createExchange({ markets: 3 });
    const keyFile = join(folder.path, 'key.pem');
    writeFileSync(keyFile, exchange.credentials.privateKeyPem);
    const key = ['--key-id', exchange.credentials.keyId, '--key-file', keyFile];
    const markets = ['--markets', exchange.markets.join(',')];
    const run = start('run', '--ws-url', exchange.url, ...key, ...markets, '--database', database, '--port', '0');
    await statusOnce(run, 'ready');
    run.child.kill('SIGTERM');
    expect((await run.exited).code, run.stderr()).toBe(0);
    const { stdout } = await trader('sessions', 'list', '--database', database);
    expect(stdout).toMatch(/closed/);
    expect(stdout).not.toMatch(/active/);
  });
});

describe('a second signal', () => {
  test('ends it at once, though the database is away and the session cannot be closed', async () => {
    await using server = await startOwnServer();
    const database = await server.createDatabase();
    const run = start('run', '--port', '0', '--database', database);
    await statusOnce(run, 'ready');
    await server.halt();
    run.child.kill('SIGTERM');
    await vi.waitFor(() => expect(run.stderr()).toContain('ready → shutdown: SIGTERM'), { timeout: 30_000 });
    using _later = again(() => run.child.kill('SIGTERM'));
    expect((await run.exited).code).toBe(143);
  });
});

describe('trader simulate', () => {
  test('plays a tape, prints one line of totals and exits 0; sql reads what it stored', async () => {
    newDataDir(join(folder.path, 'db'));
    const { stdout, stderr, code } = await trader(
      'simulate',
      '--exit-when-done',
      '--tape',
      writeTape(),
      '--speed',
      'max',
      '--database',
      'db',
      '--port',
      '0',
    );
    expect(code, stderr).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'closed', markets: 1, snapshots: 1, deltas: 2, gaps: 0 });

    const rows = await trader('sql', 'select market, side, price, delta from deltas order by seq', '--database', 'db');
    expect(
      rows.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { market: 'KXTAPE-A', side: 'yes', price: 4200, delta: 500 },
      { market: 'KXTAPE-A', side: 'yes', price: 4200, delta: -200 },
    ]);
  });

  test('without a tape runs the generator until a signal', async () => {
    newDataDir(join(folder.path, 'db'));
    const run = start('simulate', '--generate', '3', '--rate', '500', '--database', 'db', '--port', '0');
    expect((await statusOnce(run, 'ready')).books).toHaveLength(3);
    run.child.kill('SIGINT');
    expect((await run.exited).code, run.stderr()).toBe(0);
  });
});

describe('bad input is one clear line that names the setting, and an exit code', () => {
  const oneLine = (stderr: string) => {
    const lines = stderr
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('{'));
    expect(lines, stderr).toHaveLength(1);
    return lines[0]!;
  };

  test.each([
    ['a port out of range', ['run', '--port', '70000'], /--port/],
    ['an unknown log level', ['run', '--log-level', 'loud'], /--log-level/],
    [
      'a key file that is not there',
      ['run', '--key-id', 'k', '--key-file', 'no.pem', '--markets', 'KXA'],
      /--key-file/,
    ],
    ['half an exchange', ['run', '--markets', 'KXA'], /--key-id.*--key-file/],
    ['a tape that is not there', ['simulate', '--tape', 'no.ndjson', '--port', '0'], /no\.ndjson/],
    ['a speed that is none', ['simulate', '--speed', 'fast'], /--speed/],
    ['an end that never comes', ['simulate', '--exit-when-done'], /--exit-when-done/],
  ])('%s is 2', async (_name, args, named) => {
    const { code, stderr, stdout } = await trader(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(oneLine(stderr.replace(/\n\(--help lists the options\)/, ''))).toMatch(named);
    expect(existsSync(join(folder.path, 'data'))).toBe(false);
  });

  test('an unreadable key is 2', async () => {
    const keyFile = join(folder.path, 'key.pem');
    writeFileSync(keyFile, '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n');
    const { code, stderr } = await trader(
      'run',
      '--key-id',
      'k',
      '--key-file',
      keyFile,
      '--markets',
      'KXA',
      '--port',
      '0',
    );
    expect(code).toBe(2);
    expect(oneLine(stderr)).toMatch(/--key-file/);
    expect(stderr).not.toContain('c2VjcmV0');
  });

  test('a port in use is 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await trader('run', '--port', String(port));
    taken.close();
    expect(code).toBe(1);
    expect(oneLine(stderr)).toMatch(new RegExp(`--port: port ${port} is in use`));
  });

  test('a database that is away is waited for, visibly, and its password is not said', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    const run = start('run', '--port', '0', '--database', `postgres://me:secret@127.0.0.1:${port}/x`);
    await vi.waitFor(() => expect(run.stderr()).toMatch(/DATABASE_UNREACHABLE|could not be reached|no connection/i), {
      timeout: 30_000,
      interval: 50,
    });
    expect(run.child.exitCode).toBeNull();
    run.child.kill('SIGINT');
    const { stderr } = await run.exited;
    expect(stderr).not.toContain('secret');
  });

  test('a folder that another trader records into is 1 and names that process', async () => {
    newDataDir(join(folder.path, 'db'));
    const first = start('run', '--port', '0', '--database', 'db');
    await statusOnce(first, 'ready');
    const { code, stderr } = await trader('run', '--port', '0', '--database', 'db');
    expect(code).toBe(1);
    expect(oneLine(stderr)).toMatch(new RegExp(`--database.*${first.child.pid}`));
  });

  test('a stack trace is shown when it is asked for', async () => {
    const child = spawn(process.execPath, [program, 'run', '--port', '70000'], {
      cwd: folder.path,
      env: { ...childEnvironment(), TRADER_STACK: '1' },
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    await once(child, 'close');
    expect(stderr).toMatch(/\n\s+at /);
  });
});
