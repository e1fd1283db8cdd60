// Databases that are copied and put back: what a dump and a restore come to.
import { randomUUID } from 'node:crypto';
import type { TestDatabases } from '@trader/testkit';

export type CopiedDatabase = {
  /** Puts the copy in the database's place, whoever is connected to it. */
  restore(): Promise<void>;
  drop(): Promise<void>;
};

/** Copies a database as it is now. Whoever is connected loses the connection, and may come back. */
export async function copyDatabase(server: TestDatabases, url: string): Promise<CopiedDatabase> {
  const name = new URL(url).pathname.slice(1);
  const copy = `copy_${randomUUID().replaceAll('-', '')}`;
  const run = async (text: string) => server.execute(server.url, text);
  await run(`alter database "${name}" with allow_connections false`);
  try {
    await run(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
    await whenFree(async () => run(`create database "${copy}" template "${name}"`));
  } finally {
    await run(`alter database "${name}" with allow_connections true`);
  }
  return {
    restore: async () => {
      await run(`drop database "${name}" with (force)`);
      await whenFree(async () => run(`create database "${name}" template "${copy}"`));
    },
    drop: async () => run(`drop database if exists "${copy}" with (force)`),
  };
}

/** A connection that was told to end is there for a moment longer. */
async function whenFree(work: () => Promise<void>): Promise<void> {
  for (const untilMs = performance.now() + 30_000; ;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > untilMs || !/being accessed/.test(String(error))) throw error;
    }
  }
}
