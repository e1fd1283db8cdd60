import { and, desc, eq } from 'drizzle-orm';
import { QueryBuilder } from 'drizzle-orm/pg-core';
import type { Row, Run } from '../database/engines/engine.ts';
import type { SessionId, SessionStatus } from '../records.ts';
import { sessions } from '../database/schema.ts';

export type SessionFilter = {
  /** That one alone. */
  readonly id?: SessionId;
  readonly recorder?: string;
  readonly status?: SessionStatus;
  /** @default 100 */
  readonly limit?: number;
};

/** Newest first, in the order in which they were opened. */
export async function listSessions(
  run: Run,
  { id, recorder, status, limit = 100 }: SessionFilter,
): Promise<readonly Row[]> {
  const query = new QueryBuilder()
    .select()
    .from(sessions)
    .where(
      and(
        id === undefined ? undefined : eq(sessions.id, id),
        recorder === undefined ? undefined : eq(sessions.recorder, recorder),
        status === undefined ? undefined : eq(sessions.status, status),
      ),
    )
    .orderBy(desc(sessions.ordinal))
    .limit(limit);
  return run(query.getSQL());
}
