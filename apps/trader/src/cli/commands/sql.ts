// `trader sql`: one read-only query on the documented views, on either engine. The embedded database has no server that
// psql could connect to.
import type { Values } from '../../config/load-config.ts';
import { readStore } from '../reading/read-store.ts';

export async function sql(text: string, settings: Values): Promise<void> {
  await using store = await readStore(settings);
  for (const row of await store.query(text)) process.stdout.write(`${JSON.stringify(row)}\n`);
}
