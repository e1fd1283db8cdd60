import { sql, type SQL } from 'drizzle-orm';
import { dayMs, dayOf } from '../database/day.ts';
import type { Query, Row } from '../database/engines/engine.ts';
import { moment } from '../database/moment.ts';
import { numberOf, timeOf } from '../database/rows.ts';
import type { SessionId } from '../records.ts';
import { defaultPartitionOf, listPartitions, partitionedTables } from './create-partitions.ts';

/** Whole days in which rows of the large tables lie, in ms since the epoch: from `fromMs` on, and before `untilMs`. */
export type Days = { readonly fromMs: number; readonly untilMs: number };

type Ask = (query: Query) => Promise<readonly Row[]>;

/**
 * Where a session's rows lie, as far as they are committed. Whoever asks for them says so: a statement without bounds takes a lock on
 * each partition there is, and a server has some thousands of locks for all of its connections together.
 */
export async function sessionDays(ask: Ask, id: SessionId): Promise<Days> {
  const [row] = await ask(sql`
    select first_day is null as is_empty, last_record_at,
      case when isfinite(first_day) then first_day - date 'epoch' end as first_day
    from sessions where id = ${id}::uuid`);
  if (!row) return { fromMs: -Infinity, untilMs: Infinity };
  if (row['is_empty'] === true) return { fromMs: 0, untilMs: 0 };
  const fromMs = row['first_day'] === null ? await searchedFromMs(ask, id) : numberOf(row, 'first_day') * dayMs;
  const untilMs = row['last_record_at'] === null ? Infinity : (dayOf(timeOf(row, 'last_record_at')) + 1) * dayMs;
  return { fromMs, untilMs };
}

/** Partitions that one statement looks into. */
const mostAtOnce = 60;

/** What a version before has recorded: nobody wrote down where it begins. */
async function searchedFromMs(ask: Ask, id: SessionId): Promise<number> {
  const partitions = [
    ...partitionedTables.map((table) => ({ name: defaultPartitionOf(table), fromMs: null })),
    ...(await listPartitions(ask)).map(({ name, fromMs }) => ({ name: sql.raw(name), fromMs })),
  ];
  for (let at = 0; at < partitions.length; at += mostAtOnce) {
    const looks = partitions
      .slice(at, at + mostAtOnce)
      .map(
        ({ name, fromMs }) =>
          sql`select ${fromMs}::bigint as from_ms where exists (select from ${name} where session_id = ${id}::uuid)`,
      );
    const [first] = await ask(sql`${sql.join(looks, sql` union all `)} order by from_ms nulls first limit 1`);
    if (first) return first['from_ms'] === null ? -Infinity : numberOf(first, 'from_ms');
  }
  return Infinity;
}

/** The condition for rows that lie there. */
export const lieIn = ({ fromMs, untilMs }: Days): SQL =>
  sql`received_at >= ${boundOf(fromMs)} and received_at < ${boundOf(untilMs)}`;

const boundOf = (ms: number): SQL => (Number.isFinite(ms) ? moment(ms) : sql.raw(`'${ms < 0 ? '-' : ''}infinity'`));
