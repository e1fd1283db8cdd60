// What all test files share: one PostgreSQL server, and databases to copy from, which take long to make.
import { fileURLToPath } from 'node:url';
import { embeddedDatabases, startPostgres, temporaryFolder, type EmbeddedDatabases } from '@trader/testkit';
import type { TestProject } from 'vitest/node';
import { migrateSchema } from '../src/index.ts';

export type Prepared = {
  /** A server's maintenance database. The server syncs nothing: who stops one or asks it for durability starts one alone. */
  readonly postgresUrl: string;
  /** The name of a database on it with this code's tables. */
  readonly template: string;
  /** Folders of embedded databases: without any tables, and with this code's. */
  readonly embedded: EmbeddedDatabases;
  /** Where copies of those go, which lasts as long as the run. */
  readonly folder: string;
};

declare module 'vitest' {
  interface ProvidedContext {
    readonly prepared: Prepared;
  }
}

export default async function prepare(project: TestProject): Promise<() => Promise<void>> {
  const folder = temporaryFolder('session-store-tests-', { inMemory: true });
  const [server, embedded] = await Promise.all([
    startPostgres({ isDurable: false }),
    embeddedDatabases(fileURLToPath(new URL('../', import.meta.url)), async (dataDir) => migrateSchema({ dataDir })),
  ]);
  const template = 'migrated';
  await migrateSchema({ url: await server.createDatabase(template) });
  project.provide('prepared', { postgresUrl: server.url, template, embedded, folder: folder.path });
  return async () => {
    await server.stop();
    folder.remove();
  };
}
