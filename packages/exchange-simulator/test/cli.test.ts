import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { inTime, temporaryFolder } from '@trader/testkit';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { at, deltaOf, snapshotOf, writeTape } from './tape.ts';

const folder = temporaryFolder();
const cli = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});
afterAll(() => folder.remove());

function start(...args: string[]) {
  const child = spawn(process.execPath, ['--conditions=@trader/source', cli, ...args]);
  running.add(child);
  child.once('exit', () => running.delete(child));
  const ended = Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
  const done = ended.then(([[code], out, errors]) => ({ code: code as number | null, out, errors }));
  return { child, done };
}

type Announcement = {
  url: string;
  restUrl: string;
  keyId: string;
  keyType: string;
  keyFile: string;
  certificateFile?: string;
  markets: number;
  environment: Record<string, string>;
};

/** The first thing that it says. */
async function said({ child, done }: ReturnType<typeof start>): Promise<string> {
  const ended = done.then(({ code, errors }) => {
    throw new Error(`it ended with ${code} and said nothing: ${errors}`);
  });
  const [first] = (await inTime(Promise.race([once(child.stdout, 'data'), ended]), () => 'it said nothing')) as [
    Buffer,
  ];
  return first.toString();
}

const announced = async (program: ReturnType<typeof start>) => JSON.parse(await said(program)) as Announcement;

describe('the command', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'serves until %s, then ends cleanly and takes its key away',
    async (signal) => {
      const program = start('--json', '--markets', '3', '--rate', '10', '--seed', '7');
      const { restUrl, keyFile, keyType, markets } = await announced(program);
      expect(markets).toBe(3);
      expect(keyType).toBe('rsa');
      expect(statSync(keyFile).mode & 0o777).toBe(0o600);
      expect(readFileSync(keyFile, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
      expect((await fetch(`${restUrl}/exchange/status`)).status).toBe(200);

      program.child.kill(signal);
      const { code, out, errors } = await program.done;
      expect({ code, errors }).toEqual({ code: 0, errors: '' });
      expect(out).not.toContain('PRIVATE KEY');
      expect(existsSync(keyFile)).toBe(false);
    },
  );

  it('plays tapes, takes a key file and a kind of key, records, and shows the key when asked', async () => {
    const tape = writeTape(folder, 'cli.ndjson', [
      at(1, snapshotOf('A')),
      at(2, deltaOf('A', 'yes', '0.1000', '1.00')),
    ]);
    const keyFile = join(folder.path, 'key.pem');
    const record = join(folder.path, 'record.ndjson');
    const keyArgs = ['--key-type', 'ed25519', '--key-out', keyFile, '--show-key'];
    const program = start('--tape', tape, '--speed', 'max', '--record', record, ...keyArgs);
    const out = await said(program);
    expect(out).toContain(
      `Key file   ${keyFile} (ed25519)
Markets    1, from A to A
Control    http://127.0.0.1:`,
    );
    expect(out).toContain('\n-----BEGIN PRIVATE KEY-----\n');
    program.child.kill('SIGTERM');
    expect(await program.done).toMatchObject({ code: 0, errors: '' });
    expect(readFileSync(record, 'utf8')).toContain('"market_ticker":"A"');
  });

  it('prints a block of environment variables that a shell takes as it is', async () => {
    const program = start('--markets', '1', '--key-type', 'ed25519');
    const [out] = (await once(program.child.stdout, 'data')) as [Buffer];
    const block = out.toString().split('\n\n')[1] ?? '';
    const names = ['KALSHI_API_KEY_ID', 'KALSHI_PRIVATE_KEY_PATH', 'KALSHI_BASE_URL', 'KALSHI_WS_URL'];
    const shell = spawn('sh', ['-c', `${block}\nprintf '%s\\n' ${names.map((name) => `"$${name}"`).join(' ')}`]);
    const [keyId, keyFile = '', restUrl = '', url] = (await text(shell.stdout)).trim().split('\n');
    expect(out.toString()).toContain(`Key id     ${keyId}\n`);
    expect(readFileSync(keyFile, 'utf8')).toContain('PRIVATE KEY');
    expect((await fetch(`${restUrl}/exchange/status`)).status).toBe(200);
    expect(url).toBe(restUrl.replace('http', 'ws').replace('/v2', '/ws/v2'));
    program.child.kill('SIGTERM');
    expect(await program.done).toMatchObject({ code: 0, errors: '' });
  });

  it('over TLS writes what another process has to trust, and takes it away', async () => {
    const program = start('--json', '--tls', '--markets', '1', '--key-type', 'ed25519');
    const { restUrl, certificateFile = '', environment } = await announced(program);
    expect(environment['NODE_EXTRA_CA_CERTS']).toBe(certificateFile);
    const script = `console.log((await fetch('${restUrl}/exchange/status')).status)`;
    const client = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, ...environment },
    });
    expect((await text(client.stdout)).trim()).toBe('200');
    program.child.kill('SIGTERM');
    expect(await program.done).toMatchObject({ code: 0, errors: '' });
    expect(existsSync(certificateFile)).toBe(false);
  });

  it('accepts further keys, and ends when it is closed over HTTP', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const publicKeyFile = join(folder.path, 'public.pem');
    writeFileSync(publicKeyFile, publicKey.export({ type: 'spki', format: 'pem' }));
    const program = start('--json', '--key', `mine=${publicKeyFile}`, '--key-type', 'ed25519', '--balance', '7');
    const { restUrl } = await announced(program);
    const [timestamp, path] = [String(Date.now()), '/trade-api/v2/portfolio/balance'];
    const headers = {
      'KALSHI-ACCESS-KEY': 'mine',
      'KALSHI-ACCESS-TIMESTAMP': timestamp,
      'KALSHI-ACCESS-SIGNATURE': sign(null, Buffer.from(`${timestamp}GET${path}`), privateKey).toString('base64'),
    };
    const answer = await fetch(`${restUrl}/portfolio/balance`, { headers });
    expect(await answer.json()).toMatchObject({ balance: 700 });
    const { origin } = new URL(restUrl);
    await fetch(`${origin}/control/close`, { method: 'POST' });
    expect(await program.done).toMatchObject({ code: 0, errors: '' });
  });

  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await start('--version').done).toEqual({ code: 0, out: `${version}\n`, errors: '' });
  });

  it('tells how it is used', async () => {
    const { code, out } = await start('--help').done;
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: kalshi-simulator .*--port PORT .*--json /s);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  // The name of a test is the same in every run.
  const BROKEN = 'a broken file';
  const broken = join(folder.path, 'broken.ndjson');
  writeFileSync(broken, '{}\n');

  it.each([
    [['--markets', 'many'], '--markets must be a number, got many'],
    [['--markets', '0'], '--markets must be an integer from 1 to 10000, got 0'],
    [['--rate', '0'], '--rate must be above 0 and at most 100000, got 0'],
    [['--speed', 'fast'], '--speed must be a number, got fast'],
    [['--key-type', 'dsa'], '--key-type must be one of ed25519, rsa, got dsa'],
    [['--tape', BROKEN], `Tape ${broken}, line 1: expected`],
    [['--faults', '/does/not/exist.json'], '--faults /does/not/exist.json cannot be read'],
    [['--key-out', BROKEN], `--key-out ${broken} is there already`],
    [['--record', BROKEN], `The tape ${broken} is there already`],
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['--key', 'mine=/does/not/exist.pem'], '--key /does/not/exist.pem cannot be read'],
    [['--max-connections', '0'], '--max-connections must be an integer from 1, or Infinity, got 0'],
    [['stray'], "Unexpected argument 'stray'"],
  ])('refuses %j with one line and exit code 2', async (args, message) => {
    const { code, out, errors } = await start(...args.map((arg) => (arg === BROKEN ? broken : arg))).done;
    expect(errors).toContain(`kalshi-simulator: ${message}`);
    expect(errors.trimEnd().split('\n')).toHaveLength(1);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
});
