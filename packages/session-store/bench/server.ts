// A PostgreSQL of the benchmark's own, with its settings as they come: fsync and synchronous_commit are on.
import { once } from 'node:events';
import { connect } from 'node:net';
import { startPostgres } from '@trader/testkit';
import postgres from 'postgres';
import { serverUs } from './processor.ts';

export type Server = AsyncDisposable & {
  readonly url: string;
  /** For what is looked at beside the contenders, and for those who write rows: one connection. */
  readonly sql: postgres.Sql;
  /** Before a turn, so that nobody writes the pages of the one before. */
  readonly checkpoint: () => Promise<void>;
  /** Processor time of all that serves this database's connections, in microseconds. */
  readonly backendUs: () => Promise<number>;
};

export async function startServer(): Promise<Server> {
  const server = await startPostgres();
  const url = await server.createDatabase();
  const sql = postgres(url, {
    max: 1,
    onnotice: () => undefined,
    socket: async () => promptSocket(server.port),
  } as object);
  const [settings] = await sql`select current_setting('fsync') || current_setting('synchronous_commit') as both`;
  if (settings!['both'] !== 'onon') throw new Error('The benchmark is about durable writes, and fsync is off.');
  return {
    url,
    sql,
    checkpoint: async () => void (await sql`checkpoint`),
    backendUs: async () => {
      const backends = await sql<
        { pid: number }[]
      >`select pid from pg_stat_activity where datname = current_database()`;
      return serverUs(backends.map(({ pid }) => pid));
    },
    async [Symbol.asyncDispose]() {
      await sql.end({ timeout: 1 });
      await server.stop();
    },
  };
}

/**
 * A COPY ends with a small packet of its own, which Nagle's algorithm holds back for 40 ms: the driver does not switch that off, and
 * those who write rows shall not pay for it.
 */
async function promptSocket(port: number) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}
