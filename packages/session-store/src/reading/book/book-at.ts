import { sql, type SQL } from 'drizzle-orm';
import { firstBreak } from './holes.ts';
import type { Row } from '../../database/engines/engine.ts';
import { moment } from '../../database/moment.ts';
import type { GapRecord, StoredLevel } from '../../records.ts';
import { numberOf, textOf, timeOf } from '../../database/rows.ts';
import { rebuildBook, type BookBase } from './rebuild-book.ts';
import { ledgers, sessionTimes, uuids, type SessionTimes } from '../market-sessions.ts';
import type { Read } from '../read.ts';
import { lieIn } from '../../partitions/session-days.ts';
import { spansFrom } from '../stretch.ts';

/** A market's book at a time. Levels by rising price; prices and sizes at the scale at which they were appended. */
export type BookAt = {
  readonly market: string;
  readonly atMs: number;
  readonly yes: readonly StoredLevel[];
  readonly no: readonly StoredLevel[];
  /** The last number that is in it, and when that arrived in ms since the epoch; `null` where there is no base. */
  readonly lastSeq: number | null;
  readonly lastReceivedAtMs: number | null;
} & (
  | { readonly synced: true; readonly why: null; readonly base: BookBase }
  /** The levels are those of the moment before: when the hole began, or the recording ended. */
  | { readonly synced: false; readonly why: 'gap'; readonly gap: GapRecord; readonly base: BookBase }
  /** No session was recording the market. `base` is of the one that had, `null` if none ever had. */
  | { readonly synced: false; readonly why: 'no recording'; readonly base: BookBase | null }
  /** A session was recording, but the market's first snapshot came later, or has expired. */
  | { readonly synced: false; readonly why: 'before first snapshot'; readonly base: null }
);

type Candidate = {
  /** The database's number of the market. */
  readonly id: number;
  readonly base: BookBase;
  readonly session: SessionTimes;
  readonly gap: GapRecord | null;
};

/** A market's book after all that had arrived at `atMs`. Of several recorders the newest book before, of those in sync, counts. */
export async function bookAt(read: Read, market: string, atMs: number): Promise<BookAt> {
  const empty = { market, atMs, yes: [], no: [], lastSeq: null, lastReceivedAtMs: null } as const;
  const candidate = await bestBase(read, market, atMs);
  if (!candidate) {
    const why = (await startsLater(read, market, atMs)) ? 'before first snapshot' : 'no recording';
    return { ...empty, synced: false, why, base: null };
  }
  const { id, base, session, gap } = candidate;
  const folded = await rebuildBook(read, id, base, atMs, gap);
  // Retention was faster. What it dropped is not found again.
  if (!folded) return bookAt(read, market, atMs);
  const book = { market, atMs, ...folded, base };
  if (gap) return { ...book, synced: false, why: 'gap', gap };
  if (atMs >= session.toMs) return { ...book, synced: false, why: 'no recording' };
  return { ...book, synced: true, why: null };
}

/** The newest book at or before a time whose stream was in sync then, or the newest if none was. */
async function bestBase(read: Read, market: string, atMs: number): Promise<Candidate | null> {
  const newest = await newestBase(read, market, atMs, sql``);
  if (!newest || isInSync(newest, atMs)) return newest;
  // Another recorder may have been. An older book of the same session knows no more.
  for (const seen = [newest.session.session]; ;) {
    const other = await newestBase(
      read,
      market,
      atMs,
      sql`
        and session_id <> all(${uuids(seen)})
        and session_id in (select id from sessions where ended_at is null or greatest(ended_at, last_record_at) >= ${moment(atMs)})`,
    );
    if (!other) return newest;
    if (isInSync(other, atMs)) return other;
    seen.push(other.session.session);
  }
}

const isInSync = ({ gap, session }: Candidate, atMs: number) => !gap && atMs < session.toMs;

async function newestBase(read: Read, market: string, atMs: number, among: SQL): Promise<Candidate | null> {
  for (const { fromMs, toMs } of spansFrom(atMs + 1, 'past')) {
    // The market's number is looked up on the way: what costs time here is to and fro.
    const newest = (kind: string, table: string) => sql`
      (
        select ${kind} as kind, market_id, session_id, epoch, sid, seq, received_at from ${sql.raw(table)}
        where market_id = (select id from markets where ticker = ${market}) ${among}
          and ${lieIn({ fromMs, untilMs: toMs })}
        order by received_at desc, epoch desc, seq desc limit 1
      )`;
    const [row] = await read(
      sql`
        ${newest('snapshot', 'snapshot_records')} union all ${newest('keyframe', 'keyframes')}
        order by received_at desc, epoch desc, seq desc, kind desc limit 1`,
      'Looking for a book',
    );
    if (!row) continue;
    const [id, of] = [numberOf(row, 'market_id'), textOf(row, 'session_id')];
    const [[session], gaps] = await Promise.all([
      sessionTimes(read, [of]),
      ledgers(read, id, [of], [numberOf(row, 'epoch')], atMs),
    ]);
    const base = baseOf(row, session!);
    return { id, base, session: session!, gap: firstBreak(gaps.get(of)!, base) };
  }
  return null;
}

const baseOf = (row: Row, { session, recorder }: SessionTimes): BookBase => ({
  kind: row['kind'] === 'keyframe' ? 'keyframe' : 'snapshot',
  session,
  recorder,
  epoch: numberOf(row, 'epoch'),
  sid: numberOf(row, 'sid'),
  seq: numberOf(row, 'seq'),
  receivedAtMs: timeOf(row, 'received_at'),
});

/** Whether a session was recording at a time that has a book of the market only later. */
async function startsLater(read: Read, market: string, atMs: number): Promise<boolean> {
  for (const { fromMs, toMs } of spansFrom(atMs + 1, 'future')) {
    const [row] = await read(
      sql`
        select session_id from snapshot_records
        where market_id = (select id from markets where ticker = ${market}) and ${lieIn({ fromMs, untilMs: toMs })}
        order by received_at limit 1`,
      'Looking for a book',
    );
    if (!row) continue;
    const [session] = await sessionTimes(read, [textOf(row, 'session_id')]);
    return session !== undefined && session.fromMs <= atMs;
  }
  return false;
}
