import { sql, type SQL } from 'drizzle-orm';

/**
 * A time in ms as PostgreSQL's, exactly. It is a parameter as it is, and no expression: only then are partitions that it rules out not
 * even locked.
 */
export const moment = (ms: number | null): SQL => sql`${ms === null ? null : new Date(ms).toISOString()}::timestamptz`;
