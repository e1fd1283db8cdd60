// What all test files share: one PostgreSQL server, and databases to copy from, which take long to make.
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preparedFolder, smallDatabase, startPostgres, temporaryFolder } from '@trader/testkit';
import type { TestProject } from 'vitest/node';
import { migrateSchema } from '../src/index.ts';
import { makeSmallDatabase } from './small-database.ts';

export type Prepared = {
  /** A server's maintenance database. The server syncs nothing: who stops one or asks it for durability starts one alone. */
  readonly postgresUrl: string;
  /** The name of a database on it with this code's tables. */
  readonly template: string;
  /** Folders of embedded databases: without any tables, and with this code's. */
  readonly embedded: { readonly empty: string; readonly migrated: string };
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
  const [server, embedded] = await Promise.all([startPostgres({ isDurable: false }), embeddedDatabases()]);
  const template = 'migrated';
  await migrateSchema({ url: await server.createDatabase(template) });
  project.provide('prepared', { postgresUrl: server.url, template, embedded, folder: folder.path });
  return async () => {
    await server.stop();
    folder.remove();
  };
}

async function embeddedDatabases(): Promise<Prepared['embedded']> {
  const migrations = fileURLToPath(new URL('../migrations', import.meta.url));
  const files = [fileURLToPath(import.meta.url), pglitePackage(), ...filesIn(migrations)];
  const madeFrom = [...files.map(textOf), ...smallDatabase];
  const made = await preparedFolder(fileURLToPath(cache), madeFrom, async (path) => {
    const [empty, migrated] = [join(path, 'empty'), join(path, 'migrated')];
    mkdirSync(empty);
    await makeSmallDatabase(join(empty, 'pglite'));
    cpSync(empty, migrated, { recursive: true });
    await migrateSchema({ dataDir: migrated });
  });
  return { empty: join(made, 'empty'), migrated: join(made, 'migrated') };
}

const cache = new URL('../node_modules/.cache/session-store-tests/', import.meta.url);

const pglitePackage = () =>
  join(dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite')), '../package.json');
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const textOf = (file: string) => readFileSync(file, 'utf8');
