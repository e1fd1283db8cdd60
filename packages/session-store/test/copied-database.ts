// Databases that are copied and put back: what a dump and a restore come to.
import { randomUUID } from 'node:crypto';
import type { TestDatabases } from '@trader/testkit';
import postgres from 'postgres';

export type CopiedDatabase = {
  /** Puts the copy in the database's place, whoever is connected to it. */
  restore(): Promise<void>;
  drop(): Promise<void>;
};

/**
 * Copies a database as it is now. Whoever is connected loses the connection, and may come back.
 *
 * @param isSynced false on a server that syncs nothing: there files are copied sooner than they are logged
 */
export async function copyDatabase(server: TestDatabases, url: string, isSynced = true): Promise<CopiedDatabase> {
  const name = new URL(url).pathname.slice(1);
  const copy = `copy_${randomUUID().replaceAll('-', '')}`;
  const strategy = isSynced ? '' : 'strategy file_copy';
  const connected = async (work: (run: (text: string) => Promise<unknown>) => Promise<void>) => {
    const sql = postgres(server.url, { max: 1, onnotice: () => undefined });
    try {
      await work(async (text) => sql.unsafe(text));
    } finally {
      await sql.end({ timeout: 1 });
    }
  };
  await connected(async (run) => {
    await run(`alter database "${name}" with allow_connections false`);
    try {
      await run(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
      await whenFree(async () => run(`create database "${copy}" template "${name}" ${strategy}`));
    } finally {
      await run(`alter database "${name}" with allow_connections true`);
    }
  });
  return {
    restore: async () =>
      connected(async (run) => {
        await run(`drop database "${name}" with (force)`);
        await whenFree(async () => run(`create database "${name}" template "${copy}" ${strategy}`));
      }),
    drop: async () => server.execute(server.url, `drop database if exists "${copy}" with (force)`),
  };
}

/** A connection that was told to end is there for a moment longer. */
async function whenFree(work: () => Promise<unknown>): Promise<void> {
  for (const untilMs = performance.now() + 30_000; ;) {
    try {
      await work();
      return;
    } catch (error) {
      if (performance.now() > untilMs || !/being accessed/.test(String(error))) throw error;
    }
  }
}
