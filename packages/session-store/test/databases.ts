// Databases for one test each, copied from the prepared ones. What a test asks for is removed when it has finished; what a
// `beforeAll` asks for, with the run.
import { randomUUID } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { postgresAt, type TestDatabases } from '@trader/testkit';
import type postgres from 'postgres';
import { inject, onTestFinished } from 'vitest';
import { PgliteEngine } from '../src/database/engines/pglite-engine.ts';
import { PostgresEngine } from '../src/database/engines/postgres-engine.ts';
import { systemRuntime } from '../src/runtime.ts';
import type { ContractEngine } from './contract.ts';
import { pgliteBed } from './pglite-beds.ts';

/** `empty`: nothing in it. `migrated`: with this code's tables. */
export type Content = 'empty' | 'migrated';

/** The server that all test files share. */
export const sharedServer = (): TestDatabases => postgresAt(inject('prepared').postgresUrl);

/** @returns its URL */
export async function newDatabase(content: Content = 'migrated'): Promise<string> {
  const server = sharedServer();
  const url = await server.createDatabase(undefined, content === 'empty' ? 'template0' : inject('prepared').template);
  const name = new URL(url).pathname.slice(1);
  whenFinished(async () => server.execute(server.url, `drop database if exists "${name}" with (force)`));
  return url;
}

/** How many statements wait for a lock in the database that `sql` is connected to. */
export async function waitingForLock(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return row!.n;
}

/** @returns an embedded database's folder */
export function newDataDir(
  content: Content = 'migrated',
  dataDir = join(inject('prepared').folder, randomUUID()),
): string {
  const { embedded } = inject('prepared');
  cpSync(embedded[content], dataDir, { recursive: true });
  whenFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

export function whenFinished(remove: () => void | Promise<void>): void {
  try {
    onTestFinished(remove);
  } catch {
    // Not in a test.
  }
}

export const onPostgres: ContractEngine = {
  location: async (content) => ({ url: await newDatabase(content) }),
  engine: async (location) => new PostgresEngine((location as { url: string }).url, 15_000, systemRuntime),
};

export const onPglite: ContractEngine = {
  location: async (content) => ({ dataDir: newDataDir(content) }),
  bed: pgliteBed,
  engine: async (location) => PgliteEngine.open((location as { dataDir: string }).dataDir, 15_000, systemRuntime),
};
