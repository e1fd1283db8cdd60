import { PGlite } from '@electric-sql/pglite';

/** Half of a cluster are databases that others are made from, and most of the time to open one goes into clearing its memory. */
export async function makeSmallDatabase(dataDir: string): Promise<void> {
  const database = await PGlite.create({ dataDir });
  for (const statement of [
    'update pg_database set datistemplate = false',
    'drop database template0',
    'drop database template1',
    `alter system set shared_buffers = '4MB'`,
    'checkpoint',
  ])
    await database.query(statement);
  await database.close();
}
