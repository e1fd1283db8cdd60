// A secret is planted in every way in which one can be given, and looked for in all that the process says and makes: standard
// output and error, HTTP answers, the socket, files and the names of files. In plain, percent-encoded and in base64.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createExchange, type Exchange } from '@trader/exchange-simulator';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { CommanderError } from 'commander';
import { WebSocket } from 'ws';
import { newDatabase } from './databases.ts';
import { createCli } from '../src/cli/cli.ts';
import { TraderError } from '../src/errors.ts';
import { failureText } from '../src/cli/output/failure-text.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

type Secrets = {
  /** With what has to be encoded in a URL, so that the spellings differ. */
  readonly secret: string;
  /** Without, so that it can stand where nothing is encoded. */
  readonly word: string;
};

/** New ones: what a process has learned of one test must not help in another. */
const newSecrets = (): Secrets => {
  const some = randomBytes(4).toString('hex');
  return { secret: `Zq7/p@nt ed+5€cr${some}%`, word: `Zq7planted${some}W0rd` };
};

/** How a secret may look; in base64 wherever it begins in what is encoded. */
function spellings(secret: string): readonly string[] {
  const base64 = [0, 1, 2].map((before) => {
    const text = Buffer.from(`${'x'.repeat(before)}${secret}`).toString('base64');
    return text.slice(before === 0 ? 0 : 4, -4);
  });
  const url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [
    ...new Set([
      secret,
      encodeURIComponent(secret),
      encodeURI(secret),
      JSON.stringify(secret).slice(1, -1),
      ...base64,
      ...url,
    ]),
  ];
}

let folder: TemporaryFolder;
const ends: (() => Promise<unknown>)[] = [];
beforeEach(() => void (folder = temporaryFolder()));
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
  folder.remove();
});

/** Files of the user's; what is in them is no leak. */
const given = new Set<string>();
function write(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text, { mode: 0o600 });
  given.add(path);
  return path;
}

function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const clean = Object.entries(process.env).filter(([name]) => !/^(TRADER_|PG)/.test(name));
  const env = { ...Object.fromEntries(clean), ...environment };
  const child = spawn(process.execPath, [program, ...args], { cwd: folder.path, env });
  const closed = once(child, 'close');
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  ends.push(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  return { child, said: () => said, exited: closed.then(([code]) => ({ code: code as number | null, said })) };
}

/** A command in this process, as program.ts runs it. */
async function here(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; said: string }> {
  let said = '';
  const take = (text: unknown): boolean => ((said += String(text)), true);
  const outputs = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(take));
  const before = { cwd: process.cwd(), exitCode: process.exitCode };
  const names = Object.keys(process.env).filter((name) => /^(TRADER_|PG)/.test(name));
  for (const name of [...names, ...Object.keys(environment)]) vi.stubEnv(name, environment[name]);
  process.chdir(folder.path);
  process.exitCode = 0;
  try {
    const cli = createCli();
    for (const command of [cli, ...cli.commands, ...cli.commands.flatMap(({ commands }) => commands)]) {
      command.exitOverride();
    }
    await cli.parseAsync(['node', 'trader', ...args]);
    return { code: process.exitCode, said };
  } catch (error) {
    if (error instanceof CommanderError) return { code: 2, said };
    const how = { json: args.includes('--json'), stack: environment['TRADER_STACK'] !== undefined };
    return { code: error instanceof TraderError ? error.exitCode : 1, said: said + failureText(error, how) };
  } finally {
    process.chdir(before.cwd);
    process.exitCode = before.exitCode;
    vi.unstubAllEnvs();
    for (const output of outputs) output.mockRestore();
  }
}

/** Names and contents of all that was made, by path. */
function made(): readonly (readonly [string, string])[] {
  const paths = readdirSync(folder.path, { recursive: true, encoding: 'utf8' }).map((name) => join(folder.path, name));
  return paths
    .filter((path) => !given.has(path))
    .map((path) => [relative(folder.path, path), statSync(path).isFile() ? readFileSync(path, 'latin1') : '']);
}

function expectNoLeak(said: string, ...secrets: readonly string[]): void {
  const all = made();
  const names = all.map(([name]) => name).join('\n');
  for (const spelling of secrets.flatMap(spellings)) {
    expect(said).not.toContain(spelling);
    expect(names).not.toContain(spelling);
    const bytes = Buffer.from(spelling).toString('latin1');
    const leaks = all.filter(([, content]) => content.includes(bytes)).map(([name]) => `${spelling} in ${name}`);
    expect(leaks).toEqual([]);
  }
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

type Case = {
  readonly what: string;
  readonly args: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  readonly file?: string;
  readonly code: number;
  /** What it says all the same. */
  readonly says: RegExp;
};

function casesWith({ secret, word }: Secrets): readonly Case[] {
  const encoded = encodeURIComponent(secret);
  const key = `-----BEGIN PRIVATE KEY-----\n${word}${word}\n-----END PRIVATE KEY-----\n`;
  return [
    {
      what: 'config of a URL with a password',
      args: ['config', '--database', `postgres://me:${encoded}@h/x`],
      code: 0,
      says: /postgres:\/\/h\/x/,
    },
    {
      what: 'config of a URL with a parameter',
      args: ['config', '--json', '--database', `postgres://me@h/x?password=${encoded}`],
      code: 0,
      says: /postgres:\/\/h\/x/,
    },
    {
      what: 'config of a URL in a variable',
      args: ['config'],
      environment: { TRADER_DATABASE: `Postgres://me:${encoded}@h1,h2/x?options=-c%20a%3D${word}` },
      code: 0,
      says: /postgres:\/\/h1,h2\/x/,
    },
    {
      what: 'config of a URL in a file',
      args: ['config'],
      file: `database: postgres://me:${encoded}@h/x\nkeyId: x-${word}-${word}\nkeyFile: key.pem\nmarkets: KXA\n`,
      code: 0,
      says: /x-Zq7pla…/,
    },
    {
      what: 'config of addresses',
      args: ['config'],
      file: `wsUrl: wss://me:${encoded}@h/ws?token=${word}\nrestUrl: https://${word}@h/rest?key=${encoded}\nkeyId: i\nkeyFile: key.pem\nmarkets: KXA\n`,
      code: 0,
      says: /wss:\/\/h\/ws\?…/,
    },
    {
      what: 'config of an origin with a password',
      args: ['config'],
      file: `http: { allowedOrigins: ['https://me:${encoded}@desk.example'] }\n`,
      code: 2,
      says: /must be an origin/,
    },
    {
      what: 'config of a token in place of its file',
      args: ['config', '--http-token-file', word],
      code: 0,
      says: /http\.tokenFile +there is no such file/,
    },
    {
      what: 'doctor',
      args: [
        'doctor',
        '--json',
        '--port',
        '0',
        '--database',
        `postgres://me:${encoded}@127.0.0.1:1/x`,
        '--spool-dir',
        's',
      ],
      code: 1,
      says: /DATABASE|127\.0\.0\.1:1/,
    },
    {
      what: 'a URL of another program',
      args: ['run', '--port', '0', '--database', `pg://me:${encoded}@h/x`],
      code: 2,
      says: /--database: database looks like a URL/,
    },
    {
      what: 'a password that is not encoded',
      args: ['run', '--port', '0', '--database', `postgres://me:${secret}@h/x`],
      code: 2,
      says: /percent-encode/,
    },
    {
      what: 'a URL that cannot be read, as JSON',
      args: ['sessions', 'list', '--json', '--database', `postgres://me:${word}#@h/x`],
      code: 2,
      says: /^\{"error":\{"code":"CONFIG_INVALID"/,
    },
    {
      what: 'a URL that cannot be read, with its stack',
      args: ['run', '--database', `postgres://me:${word}/@h/x`],
      environment: { TRADER_STACK: '1' },
      code: 2,
      says: /\n\s+at /,
    },
    {
      what: 'a whole line of a shell',
      args: ['sql', 'select 1', '--database', `DATABASE_URL=postgres://me:${encoded}@h/x`],
      code: 2,
      says: /before postgres/,
    },
    {
      what: 'key=value',
      args: ['db', 'migrate', '--check', '--database', `host=h password=${word}`],
      code: 2,
      says: /is no URL/,
    },
    {
      what: 'a folder of the spool',
      args: ['run', '--spool-dir', `postgres://me:${encoded}@h/x`],
      code: 2,
      says: /--spool-dir: spool\.dir must be a path/,
    },
    {
      what: 'a folder of an export',
      args: ['export', '--out', `postgres://me:${encoded}@h/x`],
      code: 2,
      says: /--out/,
    },
    {
      what: 'a file of a tape',
      args: ['tape', 'record', '--for', '1s', '--out', `postgres://me:${encoded}@h/x`],
      code: 2,
      says: /--out/,
    },
    { what: 'a tape to play', args: ['simulate', '--tape', `postgres://me:${encoded}@h/x`], code: 2, says: /--tape/ },
    { what: 'a session', args: ['replay', `postgres://me:${encoded}@h/x`], code: 1, says: /there is no folder data/ },
    {
      what: 'a key in place of its file',
      args: ['run', '--key-id', 'i', '--markets', 'KXA', '--key-file', key],
      code: 2,
      says: /--key-file: keyFile must be a path/,
    },
    {
      what: 'a key on one line in place of its file',
      args: ['run'],
      environment: { TRADER_KEY_ID: 'i', TRADER_MARKETS: 'KXA', TRADER_KEY_FILE: word },
      code: 2,
      says: /TRADER_KEY_FILE: there is no such file/,
    },
    {
      what: 'a password in place of its file',
      args: ['run', '--database', 'postgres://me@h/x', '--database-password-file', word],
      environment: { TRADER_STACK: '1' },
      code: 2,
      says: /--database-password-file: there is no such file/,
    },
    {
      what: 'a token in place of its file',
      args: ['run', '--port', '0', '--http-token-file', word],
      code: 2,
      says: /tokenFile: there is no such file/,
    },
    {
      what: 'a configuration in place of its file',
      args: ['run', '--config', `postgres://me:${encoded}@h/x`],
      code: 2,
      says: /--config: there is no such file/,
    },
    { what: 'a host', args: ['run', '--host', `me:${word}@h`], code: 2, says: /--host: http\.host can be reached/ },
    {
      what: 'an address that is none',
      args: ['run', '--ws-url', `https://me:${word}@h/?token=${word}`],
      code: 2,
      says: /--ws-url: wsUrl must be/,
    },
    {
      what: 'a flag that there is not',
      args: ['run', `--databse=postgres://me:${encoded}@h/x`],
      code: 2,
      says: /unknown option '--databse…'/,
    },
    { what: 'a flag as other programs have it', args: ['run', `-p${word}`], code: 2, says: /unknown option '-p…'/ },
    {
      what: 'a word too many',
      args: ['run', '--database', 'postgres://me:a', `${word}@h/x`],
      code: 2,
      says: /too many arguments/,
    },
    { what: 'a command that there is not', args: [`postgres://me:${encoded}@h/x`], code: 2, says: /unknown command/ },
    {
      what: 'a value of another flag',
      args: ['replay', 'latest', '--speed', `postgres://me:${encoded}@h/x`],
      code: 2,
      says: /--speed/,
    },
    {
      what: 'a file without a colon',
      args: ['config'],
      file: `database postgres://me:${word}@h/x\n`,
      code: 2,
      says: /must be settings/,
    },
    {
      what: 'a file with a URL as name',
      args: ['config'],
      file: `{ "postgres://me:${word}@h/x": 1, http: { "${word}@h": 1 } }\n`,
      code: 2,
      says: /is not a setting/,
    },
    { what: 'a file with an alias', args: ['config'], file: `database: *${word}\n`, code: 2, says: /alias/ },
    {
      what: 'a file with a section as name',
      args: ['config'],
      file: `{ { password: ${word} }: 1 }\n`,
      code: 2,
      says: /is not a setting/,
    },
    {
      what: 'a file that breaks off',
      args: ['config'],
      file: `database: "postgres://me:${word}@\n`,
      code: 2,
      says: /cannot be read/,
    },
    {
      what: 'a file with a list',
      args: ['config'],
      file: `database: [postgres://me:${word}@h/x]\nport: ${word}\n`,
      code: 2,
      says: /database must be/,
    },
  ];
}

describe('a command that ends', () => {
  /** The program itself, and what may have begun before it is found. */
  const isProcess = ({ environment, args }: Case): boolean =>
    environment?.['TRADER_STACK'] !== undefined || args.includes('--json') || args.includes('--http-token-file');
  const names = casesWith(newSecrets()).map((each, index) => ({ what: each.what, index, isProcess: isProcess(each) }));

  async function expectSilence(index: number, run: typeof here): Promise<void> {
    const secrets = newSecrets();
    const { args, environment, file, code, says } = casesWith(secrets)[index]!;
    if (file !== undefined) {
      write('key.pem', exchange.credentials.privateKeyPem);
      write('trader.yaml', file);
    }
    const { said, code: ended } = await run(args, environment);
    expect({ said, code: ended }).toEqual({ said: expect.stringMatching(says), code });
    expectNoLeak(said, secrets.secret, secrets.word);
    expect(said).not.toMatch(/[.!?]\s?\.(?:\s|$)/);
    expect(made().map(([name]) => name)).toEqual([]);
  }

  test.each(names.filter(({ isProcess }) => isProcess))('as a process: $what', async ({ index }) => {
    await expect(expectSilence(index, async (args, environment) => start(args, environment).exited)).resolves.toBe(
      undefined,
    );
  });

  test.each(names.filter(({ isProcess }) => !isProcess))('$what', async ({ index }) => {
    await expect(expectSilence(index, here)).resolves.toBe(undefined);
  });
});

let exchange: Exchange;
beforeAll(async () => {
  exchange = await createExchange({ markets: 2, keyType: 'rsa' });
});
afterAll(async () => {
  await exchange.close();
});

describe('a recording', () => {
  const { secret, word } = newSecrets();
  /** All that its HTTP side says, and its socket for a while. */
  async function asked(origin: string, token: string): Promise<string> {
    const headers = { authorization: `Bearer ${token}` };
    const paths = [
      '/livez',
      '/readyz',
      '/status',
      '/metrics',
      '/sessions',
      '/books',
      `/books/${exchange.markets[0]}`,
      '/nothing',
      '/sessions?x=1',
    ];
    const answers = await Promise.all(
      paths.map(async (path) => {
        const response = await fetch(`${origin}${path}`, { headers });
        return `${JSON.stringify([...response.headers])}${await response.text()}`;
      }),
    );
    answers.push(await (await fetch(`${origin}/status`)).text());
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws`, { headers });
    let messages = '';
    socket.on('message', (data: Buffer) => (messages += data.toString()));
    await vi.waitFor(() => expect(messages).toContain('"type":"status"'), { timeout: 30_000 });
    socket.close();
    return `${answers.join('\n')}\n${messages}`;
  }

  const settings = (database: string, password?: string) => {
    const { keyId, privateKeyPem } = exchange.credentials;
    const { host, pathname } = new URL(exchange.url);
    const encoded = encodeURIComponent(secret);
    write('key.pem', privateKeyPem);
    write('token', `${word}-token-${word}`);
    if (password !== undefined) write('password', password);
    write(
      'trader.yaml',
      JSON.stringify({
        wsUrl: `ws://me:${encoded}@${host}${pathname}?token=${word}-ws`,
        restUrl: `http://me:${encoded}@${host}/trade-api/v2?key=${word}-rest`,
        keyId,
        keyFile: 'key.pem',
        discovery: { series: ['KXSIM'], reconcileEvery: '1s' },
        database,
        ...(password !== undefined && { databasePasswordFile: 'password' }),
        http: { port: 0, tokenFile: 'token' },
        logLevel: 'debug',
      }),
    );
  };
  const planted = () => {
    const { keyId, privateKeyPem } = exchange.credentials;
    return [secret, word, keyId, ...privateKeyPem.trim().split('\n').slice(1, -1)];
  };
  const originOf = async (run: ReturnType<typeof start>): Promise<string> =>
    vi.waitFor(
      () => {
        const url = /Status: (http:[^\s"]+)/.exec(run.said())?.[1];
        if (!url) throw new Error(run.said());
        return new URL(url).origin;
      },
      { timeout: 30_000, interval: 50 },
    );

  test.each([
    [
      'a password as parameter',
      (url: URL) => `POSTGRES://${url.host}${url.pathname}?user=postgres&password=${encodeURIComponent(secret)}`,
      undefined,
    ],
    ['a password in a file', (url: URL) => `postgres://postgres@${url.host}${url.pathname}`, secret],
  ])('into a server, with %s', { timeout: 120_000 }, async (_what, database, password) => {
    const url = await newDatabase();
    settings(database(new URL(url)), password);
    const run = start(['run']);
    const origin = await originOf(run);
    await vi.waitFor(() => expect(run.said()).toContain('→ ready'), { timeout: 60_000, interval: 50 });
    const answers = await asked(origin, `${word}-token-${word}`);
    expect(answers).toContain(`postgres://${new URL(url).host}`);
    await vi.waitFor(() => expect(run.said()).toContain('2 added'), { timeout: 60_000, interval: 50 });
    // Problems of each side are said, too.
    exchange.control.faults.add({ kind: 'refuse', status: 401, count: 1 });
    exchange.dropConnections();
    await vi.waitFor(() => expect(run.said()).toContain('AUTH_REJECTED'), { timeout: 60_000, interval: 50 });
    run.child.kill('SIGTERM');
    const { code, said } = await run.exited;
    expect({ code, said }).toMatchObject({ code: 0 });
    expectNoLeak(`${said}\n${answers}`, ...planted());
    // What it left in the database, of who it was.
    const rows = await start(['sql', 'select * from sessions, recorders', '--database', url]).exited;
    expect(rows.code).toBe(0);
    expectNoLeak(rows.said, ...planted());
  });

  test('whose database is away', { timeout: 120_000 }, async () => {
    const port = await closedPort();
    settings(`postgres://127.0.0.1:${port}/x?password=${encodeURIComponent(secret)}&user=me`);
    const run = start(['run'], { PGPASSWORD: `${word}-pg` });
    const origin = await originOf(run);
    await vi.waitFor(() => expect(run.said()).toContain('DATABASE_UNREACHABLE'), { timeout: 60_000, interval: 50 });
    const answers = await asked(origin, `${word}-token-${word}`);
    expect(answers).toContain(`postgres://127.0.0.1:${port}/x`);
    run.child.kill('SIGTERM');
    expectNoLeak(`${(await run.exited).said}\n${answers}`, ...planted());
  });

  test('an export and a tape', { timeout: 120_000 }, async () => {
    const url = new URL(await newDatabase());
    settings(`postgres://postgres:${encodeURIComponent(secret)}@${url.host}${url.pathname}`);
    const tape = await start(['tape', 'record', '--out', 'tape.ndjson', '--for', '2s']).exited;
    const export_ = await start(['export', '--out', 'out', '--format', 'csv']).exited;
    expect([tape, export_]).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect(made().map(([name]) => name)).toEqual(expect.arrayContaining(['tape.ndjson', 'out/coverage.csv']));
    expectNoLeak(`${tape.said}\n${export_.said}`, ...planted());
  });
});

test('a planted secret is found, in each spelling, where it is', () => {
  const { secret } = newSecrets();
  mkdirSync(join(folder.path, `x${encodeURIComponent(secret)}`));
  expect(() => expectNoLeak('', secret)).toThrow('expected');
  for (const text of [secret, encodeURIComponent(secret), Buffer.from(`me:${secret}`).toString('base64')]) {
    expect(() => expectNoLeak(`x ${text}`, secret)).toThrow('expected');
  }
});
