// `trader sql`: one read-only query on the documented views, on either engine. The embedded database has no server that
// psql could connect to.
import { resolveConfig, type Values } from '../config.ts';
import { openStore } from '../open-store.ts';

export async function sql(text: string, settings: Values): Promise<void> {
  const { database } = resolveConfig(settings, process.env, { exchange: false });
  await using store = await openStore(database);
  for (const row of await store.query(text)) process.stdout.write(`${JSON.stringify(row)}\n`);
}
