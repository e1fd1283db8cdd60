// What all test files share: one PostgreSQL server, and databases to copy from, which take long to make.
import { fileURLToPath } from 'node:url';
import { migrateSchema } from '@trader/session-store';
import { embeddedDatabases, startPostgres, temporaryFolder } from '@trader/testkit';
import type { TestProject } from 'vitest/node';

export type Prepared = {
  /** A server's maintenance database. The server syncs nothing: who stops one, or asks it for durability, starts one alone. */
  readonly postgresUrl: string;
  /** The name of a database on it with this code's tables. */
  readonly template: string;
  /** The folder of an embedded database with this code's tables. */
  readonly dataDir: string;
  /** Where copies of that go, which lasts as long as the run. */
  readonly folder: string;
};

declare module 'vitest' {
  interface ProvidedContext {
    readonly prepared: Prepared;
  }
}

export default async function prepare(project: TestProject): Promise<() => Promise<void>> {
  const folder = temporaryFolder('trader-tests-', { inMemory: true });
  const store = fileURLToPath(new URL('../../../packages/session-store/', import.meta.url));
  const [server, { migrated: dataDir }] = await Promise.all([
    startPostgres({ isDurable: false }),
    embeddedDatabases(store, async (made) => migrateSchema({ dataDir: made })),
  ]);
  const template = 'migrated';
  await migrateSchema({ url: await server.createDatabase(template) });
  project.provide('prepared', { postgresUrl: server.url, template, dataDir, folder: folder.path });
  return async () => {
    await server.stop();
    folder.remove();
  };
}
