import { sql } from 'drizzle-orm';
import type { Run } from '../io/engine.ts';
import type { SessionId } from '../records.ts';
import { moment } from './moment.ts';

export type NewSession = {
  readonly id: SessionId;
  readonly recorder: string;
  readonly startedAtMs: number;
  readonly continues: SessionId | null;
};

/** Harmless when repeated with the same id: the caller may not know whether the first time was committed. */
export async function insertSession(run: Run, { id, recorder, startedAtMs, continues }: NewSession): Promise<void> {
  await run(sql`
    insert into recorders (name, created_at) values (${recorder}, ${moment(startedAtMs)})
    on conflict do nothing`);
  await run(sql`
    insert into sessions (id, recorder, started_at, continues)
    values (${id}::uuid, ${recorder}, ${moment(startedAtMs)}, ${continues}::uuid)
    on conflict (id) do update set started_at = excluded.started_at, continues = excluded.continues`);
}
