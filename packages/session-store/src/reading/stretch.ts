import { sql, type SQL } from 'drizzle-orm';
import { dayMs, dayOf } from '../database/day.ts';
import { integers } from '../database/array-parameters.ts';
import { moment } from '../database/moment.ts';
import type { SessionId } from '../records.ts';

/** Times in ms since the epoch, `fromMs` included and `toMs` not. */
export type Span = { readonly fromMs: number; readonly toMs: number };

export const always: Span = { fromMs: -Infinity, toMs: Infinity };

/**
 * As a caller gives it, in whole ms, which is what records have.
 *
 * @throws {RangeError} on what is no time
 */
export function spanOf({ fromMs = -Infinity, toMs = Infinity }: { fromMs?: number; toMs?: number }): Span {
  for (const [name, ms] of Object.entries({ fromMs, toMs })) {
    if (typeof ms !== 'number' || Number.isNaN(ms))
      throw new RangeError(`${name} must be ms since the epoch, not ${ms}.`);
  }
  return { fromMs: Math.ceil(fromMs), toMs: Math.ceil(toMs) };
}

/** What to read of one (epoch, sid). */
export type Stretch = {
  readonly session: SessionId;
  readonly epoch: number;
  readonly sid: number;
  /** The database's numbers of the markets wanted; `null`: all. */
  readonly markets: ReadonlySet<number> | null;
  /** Only what arrived in it. */
  readonly span: Span;
  /** Where its rows lie in time: for the partitions that need not be looked at. */
  readonly stored: Span;
};

/**
 * The condition for a stretch's rows. A row may hold records of a whole UTC day, and of no other, so by time a row is left
 * out only when its day is.
 *
 * @param row the table's name in the query
 */
export function withinStretch(row: string, { session, epoch, sid, span, stored }: Stretch): SQL {
  const table = sql.raw(row);
  const { fromMs, toMs } = days(overlap(span, stored));
  return sql`
    ${table}.session_id = ${session}::uuid and ${table}.epoch = ${epoch}::integer and ${table}.sid = ${sid}::bigint
    and ${table}.received_at >= ${moment(fromMs)} and ${table}.received_at < ${moment(toMs)}`;
}

/** The numbers wanted as SQL, or nothing to say where all are. */
export const ofMarkets = ({ markets }: Pick<Stretch, 'markets'>, condition: (ids: SQL) => SQL): SQL =>
  markets === null ? sql`` : sql`and ${condition(integers([...markets]))}`;

export const overlap = (one: Span, other: Span): Span => ({
  fromMs: Math.max(one.fromMs, other.fromMs),
  toMs: Math.min(one.toMs, other.toMs),
});

/** The whole days that a span touches. */
export const days = ({ fromMs, toMs }: Span): Span => ({
  fromMs: dayOf(fromMs) * dayMs,
  toMs: (dayOf(toMs - 1) + 1) * dayMs,
});

export const holds = ({ fromMs, toMs }: Span, ms: number): boolean => ms >= fromMs && ms < toMs;

/** Half a year: some thirty partitions a table. */
const firstReachMs = 182 * dayMs;

/**
 * From a time into the past or the future, each span twice as long as the one before it and the last without an end. A statement that
 * knows no session looks at one after the other: it takes a lock on each partition that it may meet.
 */
export function* spansFrom(atMs: number, into: 'past' | 'future'): Generator<Span> {
  const ways = into === 'past' ? -1 : 1;
  const spanTo = (one: number, other: number) =>
    into === 'past' ? { fromMs: other, toMs: one } : { fromMs: one, toMs: other };
  let [from, length] = [atMs, firstReachMs];
  for (let spans = 0; spans < 4; spans++) {
    yield spanTo(from, from + ways * length);
    [from, length] = [from + ways * length, 2 * length];
  }
  yield spanTo(from, ways * Infinity);
}
