// The program's commands for operators, and what its log never says.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createExchange } from '@trader/exchange-simulator';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { childEnvironment } from './child-process.ts';
import { startOwnServer } from './own-server.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

let folder: TemporaryFolder;
const ends: (() => Promise<unknown>)[] = [];
beforeEach(() => void (folder = temporaryFolder('trader-cli-')));
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  folder.remove();
});

function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const options = { cwd: folder.path, env: { ...childEnvironment(), ...environment } };
  const child = spawn(process.execPath, [program, ...args], options);
  const closed = once(child, 'close');
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  ends.push(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  const exited = closed.then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, exited, stderr: () => stderr };
}

const trader = (args: readonly string[], environment?: NodeJS.ProcessEnv) => start(args, environment).exited;

describe('trader config', () => {
  test('prints every setting, where it is from, and no secret', async () => {
    const password = 'hunter2-hunter2';
    writeFileSync(join(folder.path, 'password'), password);
    writeFileSync(
      join(folder.path, 'trader.yaml'),
      'recorder: desk\nhttp: { host: localhost }\ndatabase: postgres://me@127.0.0.1:5432/x\ndatabasePasswordFile: password\n',
    );
    const { code, stdout } = await trader(['config', '--hold-down', '30s'], { TRADER_LOG_LEVEL: 'warn' });
    expect(code).toBe(0);
    expect(stdout).not.toContain(password);
    const line = (setting: string) => stdout.split('\n').find((text) => text.startsWith(`${setting} `)) ?? '';
    expect(line('recorder')).toMatch(/ desk +trader\.yaml:1$/);
    expect(line('http.host')).toMatch(/ localhost +trader\.yaml:2$/);
    expect(line('http.port')).toMatch(/ 7070 +default$/);
    expect(line('database')).toMatch(/ postgres:\/\/127\.0\.0\.1:5432\/x +trader\.yaml:3$/);
    expect(line('holdDownMs')).toMatch(/ 30000 +--hold-down$/);
    expect(line('logLevel')).toMatch(/ warn +TRADER_LOG_LEVEL$/);
    expect(line('wsUrl')).toMatch(/ wss:\/\/external-api-ws\.kalshi\.com\S+ +from exchange$/);
  });

  test('is one line of JSON for machines', async () => {
    const { code, stdout } = await trader(['config', '--json', '--database', 'postgres://me:hunter2@127.0.0.1/x']);
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    const { settings, file, records } = JSON.parse(stdout) as {
      settings: { setting: string; value: unknown; origin: string }[];
      file: null;
      records: string;
    };
    expect({ file, records }).toEqual({ file: null, records: 'simulator' });
    expect(settings).toContainEqual({ setting: 'database', value: 'postgres://127.0.0.1/x', origin: '--database' });
    expect(stdout).not.toContain('hunter2');
  });

  test('is 2 with a line for each thing that is wrong', async () => {
    writeFileSync(join(folder.path, 'trader.yaml'), 'recorde: x\nholdDownMs: soon\n');
    const { code, stdout, stderr } = await trader(['config']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/trader\.yaml:2: holdDownMs/);
    expect(stderr).toMatch(/trader\.yaml:1: recorde is not a setting\. Did you mean recorder\?/);
  });
});

describe('trader doctor', () => {
  test('is 0 when all is well, and prints a line for each check', async () => {
    const { code, stdout } = await trader(['doctor', '--port', '0']);
    expect({
      code,
      lines: stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/ +/)[1]),
    }).toEqual({
      code: 0,
      lines: ['config', 'rest', 'clock', 'credentials', 'socket', 'markets', 'files', 'database', 'disk', 'port'],
    });
  });

  test('is 1 when something fails, and JSON says what', async () => {
    const { code, stdout } = await trader(['doctor', '--json', '--log-level', 'loud']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, findings: [{ check: 'config', outcome: 'fail' }] });
  });
});

describe('help', () => {
  test.each([['run'], ['simulate'], ['config'], ['doctor']])(
    'of %s has examples and the exit codes',
    async (command) => {
      const { code, stdout } = await trader([command, '--help']);
      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples:\n  trader .*Exit codes:\n  0 /s);
      expect(stdout).toContain('--config <path>');
    },
  );
});

test(
  'a recording of an exchange, with cuts and a failing database, writes no secret to its log',
  { timeout: 240_000 },
  async () => {
    const server = await startOwnServer();
    ends.push(() => server.stop());
    const password = 'correct-horse-battery-staple';
    const database = new URL(await server.createDatabase());
    database.password = password;
    const exchange = await createExchange({ markets: 3, keyType: 'rsa' });
    ends.push(() => exchange.close());
    const { keyId, privateKeyPem } = exchange.credentials;
    writeFileSync(join(folder.path, 'key.pem'), privateKeyPem);
    writeFileSync(
      join(folder.path, 'trader.yaml'),
      JSON.stringify({
        wsUrl: exchange.url,
        keyId,
        keyFile: 'key.pem',
        discovery: { series: ['KXSIM'], reconcileEvery: '1s' },
        channels: ['trade'],
        database: database.href,
        http: { port: 0 },
        logLevel: 'debug',
      }),
    );
    const run = start(['run']);
    const logged = (text: string) =>
      vi.waitFor(() => expect(run.stderr()).toContain(text), { timeout: 30_000, interval: 50 });
    await logged('→ ready');
    await logged('3 added');
    exchange.control.faults.add({ kind: 'refuse', status: 401, count: 1 });
    exchange.dropConnections();
    await logged('AUTH_REJECTED');
    await server.halt();
    await logged('DATABASE_UNREACHABLE');
    await server.start();
    run.child.kill('SIGTERM');
    const { code, stderr, stdout } = await run.exited;
    expect(code).toBe(0);
    const said = stderr + stdout;
    expect(said).not.toContain(password);
    expect(said).not.toMatch(/SIGNATURE|PRIVATE KEY/i);
    for (const line of privateKeyPem.trim().split('\n').slice(1, -1)) expect(said).not.toContain(line);
    // Whatever is long and looks like base64 would be a signature.
    expect(said).not.toMatch(/[A-Za-z0-9+/]{86,}/);
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const line of lines)
      expect(Object.keys(line)).toEqual(expect.arrayContaining(['level', 'session', 'state', 'epoch', 'msg']));
    expect(
      lines.some(({ session, state, epoch }) => typeof session === 'string' && state === 'ready' && epoch === 1),
    ).toBe(true);
  },
);
