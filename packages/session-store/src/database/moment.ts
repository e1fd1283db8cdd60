import { sql, type SQL } from 'drizzle-orm';

/** A time in ms as PostgreSQL's, exactly. */
export const moment = (ms: number | null): SQL => sql`(timestamptz 'epoch' + ${ms}::bigint * interval '1 millisecond')`;
