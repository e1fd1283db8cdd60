import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OTHER_VARIABLES, SETTINGS } from './settings.ts';
import { databaseName, loadConfig, resolveConfig, type Values } from './load-config.ts';
import type { TraderError } from '../errors.ts';

let folder: TemporaryFolder;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const write = (name: string, text: string): string => {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
};
const privateKeyPem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
const keyFile = () => write('kalshi.pem', privateKeyPem);

const resolve = (flags: Values = {}, environment: NodeJS.ProcessEnv = {}) =>
  resolveConfig(flags, environment, { directory: folder.path });

const failing = (flags: Values, environment: NodeJS.ProcessEnv = {}): TraderError => {
  try {
    resolve(flags, environment);
  } catch (error) {
    return error as TraderError;
  }
  throw new Error('nothing was refused');
};
const problems = (flags: Values, environment: NodeJS.ProcessEnv = {}) =>
  failing(flags, environment).message.split('\n');

describe('resolveConfig', () => {
  test('without anything records the simulator into ./data', () => {
    expect(resolve()).toEqual({
      live: null,
      channels: { trade: 'markets', market_lifecycle_v2: 'all' },
      connections: 1,
      database: { dataDir: 'data' },
      http: {
        host: '127.0.0.1',
        port: 7070,
        tokenFile: null,
        tls: null,
        allowedHosts: [],
        allowedOrigins: [],
        maxClients: 50,
        maxConnections: 100,
      },
      recorder: 'trader',
      spool: { dir: 'data/spool' },
      exports: { dir: 'exports' },
      retention: { maxAgeMs: null },
      holdDownMs: 15_000,
      drainMs: 10_000,
      logLevel: 'info',
    });
  });

  test('takes the file, the environment before it, and flags before both', () => {
    write('trader.yaml', 'http: { host: 127.0.0.2, port: 1 }\nrecorder: file\ndatabase: folder\n');
    const config = resolve({ port: '3' }, { TRADER_PORT: '2', TRADER_RECORDER: 'environment' });
    expect(config.http).toMatchObject({ host: '127.0.0.2', port: 3 });
    expect(config).toMatchObject({ recorder: 'environment', database: { dataDir: 'folder' } });
  });

  test('records trades and the lifecycle beside the books, unless it is told to record nothing else', () => {
    expect(resolve().channels).toEqual({ trade: 'markets', market_lifecycle_v2: 'all' });
    expect(resolve({ channels: 'ticker' }).channels).toEqual({ ticker: 'markets' });
    expect(resolve({ channels: 'none' }).channels).toEqual({});
    write('trader.yaml', 'channels: []\n');
    expect(resolve().channels).toEqual({});
  });

  test.each([
    ['--config', (path: string) => resolve({ config: path })],
    ['TRADER_CONFIG', (path: string) => resolve({}, { TRADER_CONFIG: path })],
  ])('reads the file that %s names, JSON too', (_name, read) => {
    write('trader.yaml', 'recorder: not-this-one\n');
    expect(read(write('other.json', '{ "recorder": "other", "channels": ["trade"] }'))).toMatchObject({
      recorder: 'other',
      channels: { trade: 'markets' },
    });
  });

  test('an empty file and empty sections are as if nothing was written', () => {
    write('trader.yaml', '# only a comment\nhttp:\nmarkets:\n');
    expect(resolve()).toMatchObject({ live: null, http: { port: 7070 } });
  });

  test('reads the key file and the list of markets', () => {
    const environment = { TRADER_KEY_ID: 'id', TRADER_KEY_FILE: keyFile(), TRADER_MARKETS: 'KXA, KXB-1.5, KXA' };
    expect(resolve({}, environment).live).toEqual({
      wsUrl: 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
      restUrl: 'https://external-api.kalshi.com/trade-api/v2',
      keyId: 'id',
      privateKeyPem,
      markets: ['KXA', 'KXB-1.5'],
      discovery: null,
    });
  });

  test('fills in what a discovery leaves open', () => {
    const flags = { exchange: 'demo', keyId: 'id', keyFile: keyFile(), series: 'KXGOLD15M', closesWithin: '1.5h' };
    expect(resolve(flags).live).toMatchObject({
      wsUrl: 'wss://external-api-ws.demo.kalshi.co/trade-api/ws/v2',
      restUrl: 'https://external-api.demo.kalshi.co/trade-api/v2',
      markets: [],
      discovery: {
        series: ['KXGOLD15M'],
        events: [],
        status: ['open'],
        minVolume: 0,
        closesWithinMs: 5_400_000,
        limit: 1_000,
        reconcileEveryMs: 60_000,
        keepAfterCloseMs: 60_000,
      },
    });
  });

  test('finds REST beside a WebSocket that is not Kalshi’s', () => {
    const flags = { wsUrl: 'ws://127.0.0.1:99/trade-api/ws/v2', keyId: 'id', keyFile: keyFile(), markets: 'KXA' };
    expect(resolve(flags).live?.restUrl).toBe('http://127.0.0.1:99/trade-api/v2');
  });

  test('puts the password of a file into the URL of the database', () => {
    const passwordFile = write('password', 'p@ss/w%rd\n');
    const database = 'postgres://me@127.0.0.1:5432/x';
    expect(resolve({ database, databasePasswordFile: passwordFile }).database).toEqual({
      url: 'postgres://me:p%40ss%2Fw%25rd@127.0.0.1:5432/x',
    });
  });

  test.each([
    ['15s', 15_000],
    ['250ms', 250],
    ['2m', 120_000],
    [9_000, 9_000],
    ['9000', 9_000],
  ])('takes %s as a hold-down', (given, holdDownMs) => {
    write('trader.yaml', `holdDownMs: ${given}\n`);
    expect(resolve()).toMatchObject({ holdDownMs });
  });

  test('commands that connect to no exchange do not mind half of one', () => {
    write('trader.yaml', 'keyId: id\ndiscovery: 5\n');
    const environment = { TRADER_MARKETS: '?', TRADER_PORT: '5' };
    expect(resolveConfig({}, environment, { directory: folder.path, exchange: false })).toMatchObject({
      live: null,
      http: { port: 5 },
    });
  });

  test('another program’s variable is no mistake', () => {
    expect(resolve({}, { TRADER_SERVICE_ENDPOINT: 'x' }).live).toBeNull();
  });
});

describe('what is wrong', () => {
  test('is said at once, each with where it was given, its name, what is right, and an example', () => {
    write(
      'trader.yaml',
      'holdDownMs: soon\nhttp:\n  prt: 1\n  host: 0.0.0.0\ndiscovery: { serie: [KXA], limit: 0 }\nkeyId: id\n',
    );
    const error = failing({ port: '70000', logLevel: 'loud' }, { TRADER_WS_URL: 'https://x', TRADER_KEYFILE: 'k' });
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', exitCode: 2 });
    expect(error.message.split('\n')).toMatchInlineSnapshot(`
      [
        "TRADER_WS_URL: wsUrl must be a ws:// or wss:// URL, not "https://x". Example: wss://external-api-ws.kalshi.com/trade-api/ws/v2",
        "trader.yaml:5: discovery.limit must be a whole number from 1 to 100000, not "0". Example: 500",
        "trader.yaml:5: discovery.serie is not a setting. Did you mean discovery.series?",
        "--port: http.port must be a whole number from 0 to 65535, not "70000". Example: 7070",
        "trader.yaml:3: http.prt is not a setting. Did you mean http.port?",
        "trader.yaml:1: holdDownMs must be a duration from 0s to 1d, such as 500ms, 15s, 10m or 24h, not "soon". Example: 15s",
        "--log-level: logLevel must be one of debug, info, warn, error, silent, not "loud". Example: debug, info, warn, error, silent",
        "TRADER_KEYFILE: is not a setting. Did you mean TRADER_KEY_FILE?",
        "trader.yaml:4: http.host 0.0.0.0 can be reached from other machines, so http.tokenFile is needed too. Example: --http-token-file /run/secrets/trader-token",
        "TRADER_WS_URL: recording an exchange also needs --key-file (TRADER_KEY_FILE). With none of them the built-in simulator is recorded",
      ]
    `);
  });

  test('refuses half an exchange and names what is missing', () => {
    const [line] = problems({ wsUrl: 'ws://127.0.0.1:1', keyId: 'id' });
    expect(line).toMatch(/^--ws-url: .*--key-file .*--markets .*--series/);
  });

  test('refuses a list of markets beside a discovery, and names both', () => {
    write('trader.yaml', `keyId: id\nkeyFile: ${keyFile()}\nmarkets: [KXA]\n`);
    expect(problems({ series: 'KXB' })).toEqual([
      '--series: discovery and a fixed list of markets exclude each other; trader.yaml:3 gives the list. Leave one of them out',
    ]);
  });

  test('names the ticker of a list that is none', () => {
    write('trader.yaml', `keyId: id\nkeyFile: ${keyFile()}\nmarkets:\n  - KXA\n  - kxb\n`);
    expect(problems({})).toEqual([expect.stringMatching(/^trader\.yaml:3: markets\[2\] must be a ticker.*not "kxb"/)]);
  });

  test('names the setting of a key file that cannot be read', () => {
    const error = failing({ keyId: 'id', markets: 'KXA' }, { TRADER_KEY_FILE: '/nowhere/kalshi.pem' });
    expect(error).toMatchObject({
      code: 'KEY_FILE_UNREADABLE',
      exitCode: 2,
      message: expect.stringMatching(/^TRADER_KEY_FILE: /),
    });
  });

  test('names a broken file by line, and quotes nothing of it', () => {
    write('trader.yaml', 'logLevel: info\ndatabase: "postgres://me:hunter2@\n');
    const [line] = problems({});
    expect(line).toMatch(/^trader\.yaml: trader\.yaml:\d: the YAML cannot be read/);
    expect(failing({}).message).not.toContain('hunter2');
  });

  test('a key that stands twice in the file is refused', () => {
    write('trader.yaml', 'recorder: a\nrecorder: b\n');
    expect(problems({})[0]).toMatch(/trader\.yaml:2: .*duplicate key/);
  });

  test('a file that was named and is not there is refused', () => {
    expect(problems({ config: '/nowhere/trader.yaml' })[0]).toMatch(/^--config: .*ENOENT/);
  });

  test('never shows a database’s password', () => {
    const error = failing({
      database: 'postgres://me:hunter2@127.0.0.1/x',
      port: 'x',
      databasePasswordFile: '/nowhere',
    });
    expect(error.message).not.toContain('hunter2');
  });

  test.each([
    ['a folder', 'data', /needs a postgres:\/\/ URL/],
    ['a URL with a password', 'postgres://me:a@127.0.0.1/x', /has a password too/],
    ['a URL without a user', 'postgres://127.0.0.1/x', /needs a user/],
  ])('refuses a password file beside %s', (_what, database, said) => {
    expect(problems({ database, databasePasswordFile: write('password', 'secret') })[0]).toMatch(said);
  });

  test('beyond loopback a token is needed', () => {
    expect(problems({ host: '0.0.0.0' })[0]).toMatch(/^--host: .*--http-token-file/);
  });

  test('aliases that multiply are refused', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (let i = 0; i < 8; i++)
      lines.push(
        `b${i}: &b${i} [${Array(9)
          .fill(`*${i ? `b${i - 1}` : 'a'}`)
          .join(', ')}]`,
      );
    write('trader.yaml', lines.join('\n'));
    expect(problems({})[0]).toMatch(/alias/i);
  });
});

describe('the documents', () => {
  const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

  test('the example file is right, and finds its markets', () => {
    const example = new URL('../../trader.example.yaml', import.meta.url).pathname;
    const secrets = { keyFile: keyFile(), databasePasswordFile: write('password', 'x') };
    expect(loadConfig({ config: example, ...secrets }, {}).config).toMatchObject({
      live: { discovery: { limit: 500 } },
      channels: { trade: 'markets' },
      retention: { maxAgeMs: 90 * 86_400_000 },
    });
  });

  test('the example of the environment names every variable, and is right', () => {
    const text = read('.env.example');
    const named = [...text.matchAll(/^#? ?(TRADER_[A-Z_]+)=/gm)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set([...SETTINGS.map(({ env }) => env), ...OTHER_VARIABLES]));
    expect(resolve({}, parseEnv(text) as NodeJS.ProcessEnv)).toMatchObject({
      live: null,
      retention: { maxAgeMs: 7_776_000_000 },
    });
  });

  test('the README’s table has every setting', () => {
    const text = read('README.md');
    for (const { path, flag, env } of SETTINGS) expect(text).toContain(`| \`${path}\` | \`${flag}\` | \`${env}\` |`);
  });

  test('every example is right by itself', () => {
    for (const { path, env, example, exchange } of SETTINGS) {
      if (exchange || path.endsWith('File') || path === 'databaseSchema') continue;
      const [first = ''] = example.split(', ');
      expect(() => resolve({}, { [env]: first }), env).not.toThrow();
    }
  });
});

test('a database is called without its user and password', () => {
  expect(databaseName({ url: 'postgres://me:secret@127.0.0.1:5432/x' })).toBe('postgres://127.0.0.1:5432/x');
});
