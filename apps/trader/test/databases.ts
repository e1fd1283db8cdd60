// Databases for one test each, copied from the prepared ones. What a test asks for is removed when it has finished; what a
// `beforeAll` asks for, with the run.
import { randomUUID } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { postgresAt, type TestDatabases } from '@trader/testkit';
import { inject, onTestFinished } from 'vitest';
import type { Database } from '../src/config/load-config.ts';

/** The server that all test files share: it may be asked and filled, not stopped. */
export const sharedServer = (): TestDatabases => postgresAt(inject('prepared').postgresUrl);

/** A database on that server with its tables and nothing in them. @returns its URL */
export async function newDatabase(): Promise<string> {
  const server = sharedServer();
  const url = await server.createDatabase(undefined, inject('prepared').template);
  const name = new URL(url).pathname.slice(1);
  whenFinished(async () => server.execute(server.url, `drop database if exists "${name}" with (force)`));
  return url;
}

/** The folder of an embedded database with its tables and nothing in them, as that of a trader that has run before. */
export function newDataDir(dataDir = join(inject('prepared').folder, randomUUID())): string {
  cpSync(inject('prepared').dataDir, dataDir, { recursive: true });
  whenFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

/** The two engines that every recording must come out of alike. */
export const engines = ['pglite', 'postgres'] as const;
export type EngineName = (typeof engines)[number];

export const newDatabaseOn = async (engine: EngineName): Promise<Database> =>
  engine === 'pglite' ? { dataDir: newDataDir() } : { url: await newDatabase() };

function whenFinished(remove: () => void | Promise<void>): void {
  try {
    onTestFinished(remove);
  } catch {
    // Not in a test.
  }
}
