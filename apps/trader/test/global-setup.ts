// What all test files share: one PostgreSQL server, and databases to copy from, which take long to make.
import { createRequire } from 'node:module';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrateSchema } from '@trader/session-store';
import { preparedFolder, smallDatabase, startPostgres, temporaryFolder } from '@trader/testkit';
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
  const [server, dataDir] = await Promise.all([startPostgres({ isDurable: false }), embeddedDatabase()]);
  const template = 'migrated';
  await migrateSchema({ url: await server.createDatabase(template) });
  project.provide('prepared', { postgresUrl: server.url, template, dataDir, folder: folder.path });
  return async () => {
    await server.stop();
    folder.remove();
  };
}

async function embeddedDatabase(): Promise<string> {
  const store = fileURLToPath(new URL('../../../packages/session-store/', import.meta.url));
  const requireOfStore = createRequire(join(store, 'package.json'));
  const pglite = dirname(requireOfStore.resolve('@electric-sql/pglite'));
  const migrations = globSync('migrations/**/*.*', { cwd: store }).toSorted();
  const files = [join(pglite, '../package.json'), ...migrations.map((file) => join(store, file))];
  return preparedFolder(fileURLToPath(cache), [...files.map(textOf), ...smallDatabase], async (dataDir) => {
    const { PGlite } = requireOfStore('@electric-sql/pglite') as Pglite;
    const database = await PGlite.create({ dataDir: join(dataDir, 'pglite') });
    for (const statement of smallDatabase) await database.query(statement);
    await database.close();
    await migrateSchema({ dataDir });
  });
}

/** What is used of it here. */
type Pglite = {
  readonly PGlite: {
    create(options: { dataDir: string }): Promise<{ query(text: string): Promise<unknown>; close(): Promise<void> }>;
  };
};

const cache = new URL('../node_modules/.cache/trader-tests/', import.meta.url);

const textOf = (file: string): string => readFileSync(file, 'utf8');
