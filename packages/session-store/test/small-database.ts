import { PGlite } from '@electric-sql/pglite';
import { smallDatabase } from '@trader/testkit';

export async function makeSmallDatabase(dataDir: string): Promise<void> {
  const database = await PGlite.create({ dataDir });
  for (const statement of smallDatabase) await database.query(statement);
  await database.close();
}
