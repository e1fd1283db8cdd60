import { sql, type SQL } from 'drizzle-orm';

/**
 * The number of a lock that all stores of a schema share, and no store of another schema. Transactions take it, not sessions: a
 * pooler gives those to others.
 *
 * @param number any will do, as long as nothing else in the database locks it
 */
export const lockOf = (number: number): SQL => sql`
  case when coalesce(current_schema(), 'public') = 'public' then ${number}::bigint
    else hashtextextended(current_schema(), ${number}::bigint) end`;
