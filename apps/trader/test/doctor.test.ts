// `trader doctor` against a whole exchange, real databases and real folders: all well, and each thing that can be wrong.
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createExchange, type Exchange } from '@trader/exchange-simulator';
import { createSessionStore } from '@trader/session-store';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { examine } from '../src/cli/commands/doctor.ts';
import { checkDisk } from '../src/doctor/doctor-checks.ts';
import { findingLines, type Finding } from '../src/doctor/doctor-report.ts';
import { resolveConfig } from '../src/config/load-config.ts';
import { newDatabase, newDataDir } from './databases.ts';

let exchange: Exchange;
let folder: TemporaryFolder;
beforeAll(async () => void (exchange = await createExchange({ markets: 1 })));
afterAll(() => exchange.close());
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => {
  exchange.control.faults.clear();
  folder.remove();
});

function flags(more: Readonly<Record<string, string>> = {}) {
  const keyFile = join(folder.path, 'key.pem');
  writeFileSync(keyFile, exchange.credentials.privateKeyPem, { mode: 0o600 });
  return {
    wsUrl: exchange.url,
    keyId: exchange.credentials.keyId,
    keyFile,
    markets: exchange.markets[0]!,
    port: '0',
    database: join(folder.path, 'data'),
    ...more,
  };
}

/** What each check came to, and the findings that failed. */
async function diagnose(more: Readonly<Record<string, string>> = {}) {
  const findings = await examine(flags(more), {});
  return {
    findings,
    outcomes: Object.fromEntries(findings.map(({ check, outcome }) => [check, outcome])),
    failed: findings.filter(({ outcome }) => outcome === 'fail'),
    of: (check: string) => findings.find((finding) => finding.check === check)!,
  };
}

const allWell = {
  config: 'ok',
  rest: 'ok',
  clock: 'ok',
  credentials: 'ok',
  socket: 'ok',
  markets: 'ok',
  files: process.platform === 'win32' ? 'skipped' : 'ok',
  database: 'ok',
  disk: 'ok',
  port: 'ok',
};

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('doctor', () => {
  test('finds all well, and makes no database of its own', async () => {
    const { outcomes, of } = await diagnose();
    expect(outcomes).toEqual(allWell);
    expect(of('database').detail).toMatch(/will be made/);
    expect(existsSync(join(folder.path, 'data'))).toBe(false);
  });

  test('opens a database that is there', async () => {
    newDataDir(join(folder.path, 'data'));
    expect((await diagnose()).of('database')).toMatchObject({
      outcome: 'ok',
      detail: expect.stringMatching(/up to date/),
    });
  });

  test('names a market that there is not', async () => {
    const { of } = await diagnose({ markets: `${exchange.markets[0]!},KXTYPO-1` });
    expect(of('markets')).toMatchObject({ outcome: 'fail', detail: expect.stringContaining('KXTYPO-1') as string });
    expect(of('markets').detail).not.toContain(exchange.markets[0]!);
  });

  test('lists what a search would record, and how many', async () => {
    const { of } = await diagnose({ markets: '', series: 'KXSIM' });
    expect(of('markets')).toMatchObject({
      outcome: 'ok',
      detail: `1 market would be recorded now: ${exchange.markets[0]!}`,
    });
  });

  test('warns of a search that finds nothing', async () => {
    const { of } = await diagnose({ markets: '', series: 'KXNOTHING' });
    expect(of('markets')).toMatchObject({ outcome: 'warn', detail: expect.stringContaining('no market') as string });
  });

  test('skips the exchange where the simulator is recorded', async () => {
    const findings = await examine({ port: '0', database: join(folder.path, 'data') }, {});
    expect(findings.filter(({ outcome }) => outcome === 'skipped').map(({ check }) => check)).toEqual([
      'rest',
      'clock',
      'credentials',
      'socket',
      'markets',
    ]);
  });

  test('says everything that is wrong with the configuration, and looks no further', async () => {
    const findings = await examine({ port: 'x', logLevel: 'loud' }, {});
    expect(findings).toMatchObject([{ check: 'config', outcome: 'fail' }]);
    expect(findings[0]!.detail).toMatch(/--port.*\n--log-level/s);
    expect(findingLines(findings).trim().split('\n')).toHaveLength(1);
  });

  test('tells a key that is not the id’s', async () => {
    const keyFile = join(folder.path, 'other.pem');
    writeFileSync(keyFile, generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }), {
      mode: 0o600,
    });
    const { outcomes, of } = await diagnose({ keyFile });
    expect(outcomes).toEqual({ ...allWell, credentials: 'fail', socket: 'fail', markets: 'skipped' });
    expect(of('credentials')).toMatchObject({
      detail: expect.stringMatching(/401/),
      fix: expect.stringMatching(/--key-id/),
    });
  });

  test.each([
    ['60s', 'behind'],
    ['-60s', 'ahead of'],
  ] as const)('measures an exchange’s clock that is %s off', async (by, way) => {
    exchange.control.faults.add({ kind: 'clock-skew', by });
    const { outcomes, of } = await diagnose();
    expect(outcomes).toMatchObject({ rest: 'ok', clock: 'fail', socket: 'fail', database: 'ok' });
    expect(of('clock')).toMatchObject({
      detail: expect.stringMatching(new RegExp(`(5[5-9]|6[0-4])\\.\\d s ${way} the exchange's`)),
      fix: expect.stringMatching(/NTP/),
    });
  });

  test('tells REST that cannot be reached from a socket that can', async () => {
    const { outcomes, of } = await diagnose({ restUrl: `http://127.0.0.1:${await closedPort()}/trade-api/v2` });
    expect(outcomes).toEqual({
      ...allWell,
      rest: 'fail',
      clock: 'skipped',
      credentials: 'skipped',
      markets: 'skipped',
    });
    expect(of('rest')).toMatchObject({
      detail: expect.stringMatching(/ECONNREFUSED/),
      fix: expect.stringMatching(/--rest-url/),
    });
  });

  test.each([
    [503, /maintenance/],
    [429, /other connections/],
    [401, /key/],
  ] as const)('tells a socket that is refused with %i', async (status, fix) => {
    exchange.control.faults.add({ kind: 'refuse', status });
    const { outcomes, of } = await diagnose();
    expect(outcomes).toEqual({ ...allWell, socket: 'fail' });
    expect(of('socket').fix).toMatch(fix);
  });

  test('tells a database server that is not there, without its password', async () => {
    const database = `postgres://me:hunter2@127.0.0.1:${await closedPort()}/x`;
    const { failed, findings } = await diagnose({ database });
    expect(failed).toMatchObject([{ check: 'database', fix: expect.stringMatching(/server runs/) }]);
    expect(JSON.stringify(findings)).not.toContain('hunter2');
  });

  test('opens a database on a server, and tells one that takes no writes', async () => {
    const database = await newDatabase();
    expect((await diagnose({ database })).outcomes).toEqual(allWell);
    const readOnly = `${database}?options=-c%20default_transaction_read_only%3Don`;
    expect((await diagnose({ database: readOnly })).failed).toMatchObject([{ check: 'database' }]);
  });

  test('tells a database folder that another process has', async () => {
    const dataDir = newDataDir(join(folder.path, 'data'));
    await using _store = await createSessionStore({ dataDir });
    const { failed } = await diagnose();
    expect(failed).toMatchObject([{ check: 'database', fix: expect.stringMatching(/other trader/) }]);
  });

  test('tells a port that is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { failed } = await diagnose({ port: String(port) });
    taken.close();
    expect(failed).toMatchObject([{ check: 'port', detail: `port ${port} of 127.0.0.1 is in use` }]);
  });

  test('tells a token file that is not there', async () => {
    expect((await diagnose({ httpTokenFile: '/nowhere/token' })).failed).toMatchObject([{ check: 'config' }]);
  });

  test('tells a disk that is nearly full, by folder', async () => {
    const config = resolveConfig(flags(), {});
    const verdict = await checkDisk(config, Number.MAX_SAFE_INTEGER);
    expect(verdict).toMatchObject({ outcome: 'fail', detail: expect.stringContaining(join(folder.path, 'data')) });
  });
});

test('a finding is one line, with what to do about it', () => {
  const findings: Finding[] = [
    { check: 'port', outcome: 'ok', detail: 'free', fix: null },
    { check: 'disk', outcome: 'fail', detail: 'short', fix: 'Make room' },
    { check: 'socket', outcome: 'skipped', detail: 'no exchange is named', fix: null },
  ];
  expect(findingLines(findings)).toMatchInlineSnapshot(`
    "ok    port         free
    fail  disk         short. Make room
    -     socket       no exchange is named
    "
  `);
});
