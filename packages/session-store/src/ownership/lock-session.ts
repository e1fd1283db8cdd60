import { sql } from 'drizzle-orm';
import type { Row, Run } from '../database/engines/engine.ts';
import type { SessionId } from '../records.ts';

/** The session's row, held until the transaction ends so that nobody closes it under the write; `null` if there is none. */
export async function lockSession(run: Run, id: SessionId): Promise<Row | null> {
  const [row] = await run(sql`select * from sessions where id = ${id}::uuid for update`);
  return row ?? null;
}
