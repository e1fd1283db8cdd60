// What the program makes is its user's alone, whatever the umask is; what others may open is named, with what closes it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateKeyPairSync } from 'node:crypto';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { examine } from '../src/cli/commands/doctor.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { openToOthers } from '../src/doctor/file-modes.ts';
import { newDatabase, newDataDir } from './databases.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const onWindows = process.platform === 'win32';

let folder: TemporaryFolder;
const ends: (() => Promise<unknown>)[] = [];
beforeEach(() => void (folder = temporaryFolder()));
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
  folder.remove();
});

/** The program under a umask, in the folder. */
function start(umask: string, ...args: readonly string[]) {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('TRADER_'));
  const command = ['-c', `umask ${umask}; exec "$@"`, 'sh', process.execPath, program];
  const child = spawn('sh', [...command, ...args], { cwd: folder.path, env: Object.fromEntries(clean) });
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

async function recordOnce(umask: string, ...args: readonly string[]): Promise<string> {
  const run = start(umask, 'run', '--port', '0', ...args);
  await vi.waitFor(() => expect(run.said()).toContain('→ ready'), { timeout: 200_000, interval: 100 });
  run.child.kill('SIGTERM');
  const { code, said } = await run.exited;
  expect({ code, said }).toMatchObject({ code: 0 });
  return said;
}

const modeOf = (name: string) => (statSync(join(folder.path, name)).mode & 0o777).toString(8);

/** `data/spool 755`, of everything that others may open. */
const wide = () =>
  readdirSync(folder.path, { recursive: true, encoding: 'utf8' })
    .map((name) => `${name} ${modeOf(name)}`)
    .filter((text) => !/ [67]00$/.test(text))
    // A cache of the embedded database, which it gives a mode of its own each time; in folders that are closed.
    .filter((text) => !text.endsWith('/pg_internal.init 644'));

const write = (name: string, text: string, mode: number): string => {
  writeFileSync(join(folder.path, name), text);
  chmodSync(join(folder.path, name), mode);
  return join(folder.path, name);
};

describe.skipIf(onWindows)('what is made', () => {
  test('is closed to others, from a first run in an empty folder', async () => {
    const umask = '000';
    const said = await recordOnce(umask);
    expect(readdirSync(join(folder.path, 'data')).toSorted()).toEqual(
      expect.arrayContaining(['lock.sqlite', 'pglite', 'spool']),
    );
    expect(wide()).toEqual([]);
    expect(said).not.toContain('chmod');
    const listed = await start(umask, 'sessions', 'list', '--json').exited;
    expect(listed.code).toBe(0);
    const sessions = JSON.parse(listed.said) as { status: string; endReason: string; deltas: number }[];
    expect(sessions).toMatchObject([{ status: 'closed', endReason: 'SIGTERM' }]);
    expect(said).toContain(`, ${sessions[0]!.deltas} deltas, `);
    expect(wide()).toEqual([]);
  });

  test('is closed to others beside a server too, but for an export and a tape, which the umask decides', async () => {
    const database = ['--database', await newDatabase()];
    await recordOnce('022', ...database);
    expect(readdirSync(join(folder.path, 'spool'))).toEqual(['trader']);
    expect(wide()).toEqual([]);
    expect(await start('027', 'export', '--format', 'csv', '--out', 'out', ...database).exited).toMatchObject({
      code: 0,
    });
    expect(await start('027', 'tape', 'record', '--out', 'tape.ndjson', '--for', '1s').exited).toMatchObject({
      code: 0,
    });
    expect([modeOf('out'), modeOf('out/deltas.csv'), modeOf('tape.ndjson')]).toEqual(['750', '640', '640']);
  });
});

describe.skipIf(onWindows)('what is open to others', () => {
  test('is named at the start, with what closes it, and left as it is', async () => {
    newDataDir(join(folder.path, 'data'));
    mkdirSync(join(folder.path, 'my spool'));
    for (const name of ['data', 'my spool']) chmodSync(join(folder.path, name), 0o755);
    write('token', 'a-token-of-some-length', 0o640);
    const said = await recordOnce('022', '--http-token-file', 'token', '--spool-dir', 'my spool');
    const warned = said
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as { level: number; msg: string }] : []))
      .filter(({ msg }) => msg.includes('chmod'));
    expect(warned.map(({ level, msg }) => [level, msg])).toEqual([
      ['warn', 'data can be opened by other users of this machine (mode 0755): chmod 700 data'],
      ['warn', "my spool can be opened by other users of this machine (mode 0755): chmod 700 'my spool'"],
      ['warn', 'token can be opened by other users of this machine (mode 0640): chmod 600 token'],
    ]);
    expect([modeOf('data'), modeOf('my spool'), modeOf('token')]).toEqual(['755', '755', '640']);
  });

  const privateKeyPem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });

  test('is every file that holds a secret', () => {
    const flags = {
      keyId: 'i',
      markets: 'KXA',
      keyFile: write('key.pem', privateKeyPem, 0o604),
      httpTokenFile: write('token', 'a-token-of-some-length', 0o620),
      tlsKeyFile: write("it's.key", privateKeyPem, 0o601),
      tlsCertFile: write('server.crt', '', 0o644),
      databasePasswordFile: write('password', 'secret', 0o644),
      database: 'postgres://me@h/x',
      config: write('trader.yaml', 'recorder: x\n', 0o644),
    };
    const found = openToOthers(loadConfig(flags, {}, { directory: folder.path }));
    const at = (name: string) => join(folder.path, name);
    expect(found.map(({ mode, command }) => [mode, command])).toEqual([
      ['0604', `chmod 600 ${at('key.pem')}`],
      ['0644', `chmod 600 ${at('password')}`],
      ['0620', `chmod 600 ${at('token')}`],
      ['0601', String.raw`chmod 600 '${at("it'\\''s.key")}'`],
    ]);
    for (const name of ['key.pem', 'password', 'token', "it's.key"]) chmodSync(at(name), 0o600);
    expect(openToOthers(loadConfig(flags, {}, { directory: folder.path }))).toEqual([]);
  });

  test('is a file of settings with a password in it, and none without', () => {
    const found = (text: string, flags = {}) => {
      const config = write('trader.yaml', text, 0o644);
      return openToOthers(loadConfig({ config, ...flags }, {}, { directory: folder.path })).map(({ path }) => path);
    };
    const path = join(folder.path, 'trader.yaml');
    expect(found('database: postgres://me:secret@h/x\n')).toEqual([path]);
    expect(found('database: postgres://me@h/x?password=secret\n')).toEqual([path]);
    expect(found('database: postgres://me@h/x\n')).toEqual([]);
    expect(found('recorder: x\n', { database: 'postgres://me:secret@h/x' })).toEqual([]);
  });

  test('is a warning of doctor, with what to do', async () => {
    const database = newDataDir(join(folder.path, 'data'));
    chmodSync(database, 0o750);
    const files = async () => (await examine({ port: '0', database }, {})).find(({ check }) => check === 'files');
    expect(await files()).toEqual({
      check: 'files',
      outcome: 'warn',
      detail: `other users of this machine can open ${database} (mode 0750)`,
      fix: `chmod 700 ${database}`,
    });
    chmodSync(database, 0o700);
    expect(await files()).toMatchObject({ outcome: 'ok', fix: null });
  });
});

test.runIf(onWindows)('Windows has no modes, and doctor says so', async () => {
  const findings = await examine({ port: '0', database: join(folder.path, 'data') }, {});
  expect(findings.find(({ check }) => check === 'files')).toMatchObject({ outcome: 'skipped' });
});
