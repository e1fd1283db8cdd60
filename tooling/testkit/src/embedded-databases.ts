// Folders of embedded databases to copy from. The store's tests and the app's begin with the same ones, which take seconds to make.
import { cpSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preparedFolder } from './prepared-folder.ts';
import { smallDatabase } from './small-database.ts';

/** Two folders: without any tables, and with the store's. */
export type EmbeddedDatabases = { readonly empty: string; readonly migrated: string };

/** What is used of PGlite here. */
type Pglite = {
  readonly PGlite: {
    create(options: { dataDir: string }): Promise<{ query(text: string): Promise<unknown>; close(): Promise<void> }>;
  };
};

/**
 * Made once, and kept for later runs.
 *
 * @param store the folder of the package with the migrations, and with PGlite
 * @param migrate makes the tables in a folder's database
 */
export async function embeddedDatabases(
  store: string,
  migrate: (dataDir: string) => Promise<unknown>,
): Promise<EmbeddedDatabases> {
  const requireOfStore = createRequire(join(store, 'package.json'));
  const pglite = dirname(requireOfStore.resolve('@electric-sql/pglite'));
  const migrations = globSync('migrations/**/*.*', { cwd: store }).toSorted();
  const files = [join(pglite, '../package.json'), ...migrations.map((file) => join(store, file))];
  const madeFrom = [...files.map((file) => readFileSync(file, 'utf8')), ...smallDatabase];
  const made = await preparedFolder(fileURLToPath(cache), madeFrom, async (path) => {
    const [empty, migrated] = [join(path, 'empty'), join(path, 'migrated')];
    mkdirSync(empty);
    const { PGlite } = requireOfStore('@electric-sql/pglite') as Pglite;
    const database = await PGlite.create({ dataDir: join(empty, 'pglite') });
    for (const statement of smallDatabase) await database.query(statement);
    await database.close();
    cpSync(empty, migrated, { recursive: true });
    await migrate(migrated);
  });
  return { empty: join(made, 'empty'), migrated: join(made, 'migrated') };
}

const cache = new URL('../node_modules/.cache/embedded-databases/', import.meta.url);
