import { sql, type SQL } from 'drizzle-orm';
import type { OwnedSession } from './owned-session.ts';
import { SessionStoreError, type RecorderHolder } from '../errors.ts';
import type { Row, Run } from '../database/engines/engine.ts';
import type { SessionId } from '../records.ts';
import { textOf, timeOf } from '../database/rows.ts';
import { leaseFromNow, leaseRanOut } from './lease.ts';
import { moment } from '../database/moment.ts';
import { notCounted, reclaimSession } from './reclaim-session.ts';

/** How a session began. */
export type Beginning = {
  readonly recorder: string;
  readonly startedAtMs: number;
  /** Undefined: the recorder's last one, if that was reclaimed. Null: none. */
  readonly continues?: SessionId | null | undefined;
};

export type NewSession = Beginning & {
  readonly id: SessionId;
  readonly owner: string;
  readonly leaseMs: number;
  /** The owner's sessions that live, whatever their lease says; any other active one of this owner it has given up. */
  readonly alive: readonly SessionId[];
  /** Whether to count what is stored of a session that has to be reclaimed first. */
  readonly recount: boolean;
};

/** The session that another one goes on from. */
export type Predecessor = { readonly id: SessionId; readonly endedAtMs: number };

export type OpenedSession = OwnedSession & { readonly predecessor: Predecessor | null };

/**
 * Opens a session and takes its lease. If the recorder has one whose owner let the lease run out, that is reclaimed first.
 * Harmless when repeated with the same id: the caller may not know whether the first time was committed.
 *
 * @throws {SessionStoreError} RECORDER_BUSY. Fails with SQLSTATE 23505 when somebody else opened one at this moment, or
 *   when this id was opened and has ended since: worth another try with a new id.
 */
export async function openSession(run: Run, session: NewSession): Promise<OpenedSession> {
  const { id, recorder, startedAtMs, owner, leaseMs } = session;
  await enterRecorder(run, recorder, startedAtMs);
  const mine = await makeRoom(run, session);
  const predecessor = await predecessorOf(run, session);
  const continues = predecessor?.id ?? null;
  await run(
    mine
      ? sql`
        update sessions set started_at = ${moment(startedAtMs)}, continues = ${continues}::uuid,
          lease_until = ${leaseFromNow(leaseMs)}
        where id = ${id}::uuid`
      : sql`
        insert into sessions (id, recorder, started_at, continues, owner, fencing_token, lease_until)
        values (
          ${id}::uuid, ${recorder}, ${moment(startedAtMs)}, ${continues}::uuid,
          ${owner}, 1, ${leaseFromNow(leaseMs)}
        )`,
  );
  return { id, recorder, fencingToken: 1, status: 'active', predecessor };
}

/**
 * Enters a session that the database does not have and that is over: it is `reclaimed` from the beginning, whoever else records
 * now. Harmless when repeated. One that it continues and that is not there either is left out.
 */
export async function enterSession(run: Run, id: SessionId, beginning: Beginning, reason: string): Promise<void> {
  const { recorder, startedAtMs } = beginning;
  await enterRecorder(run, recorder, startedAtMs);
  const before = await predecessorOf(run, { ...beginning, id });
  await run(sql`
    insert into sessions (id, recorder, status, started_at, ended_at, end_reason, continues, fencing_token)
    values (
      ${id}::uuid, ${recorder}, 'reclaimed', ${moment(startedAtMs)}, ${moment(startedAtMs)}, ${reason},
      (select id from sessions where id = ${before?.id ?? null}::uuid), 1
    )
    on conflict (id) do nothing`);
}

const enterRecorder = async (run: Run, name: string, atMs: number) =>
  run(sql`insert into recorders (name, created_at) values (${name}, ${moment(atMs)}) on conflict do nothing`);

/** Sees to it that the recorder has no active session but, from an earlier try, the one to be opened: true if that is there. */
async function makeRoom(run: Run, { id, recorder, owner, leaseMs, alive, recount }: NewSession): Promise<boolean> {
  const find = async (locked: boolean) => {
    const [found] = await run(sql`
      select *, lease_until::text as until, ${leaseRanOut(leaseMs)} as ran_out from sessions
      where recorder = ${recorder} and status = 'active' ${sql.raw(locked ? 'for update' : '')}`);
    return found;
  };
  const isFree = (found: Row) =>
    !alive.includes(textOf(found, 'id')) && (found['ran_out'] === true || found['owner'] === owner);
  // Looked at before it is locked, so that a living owner's long write is not waited for.
  let found = await find(false);
  if (found && (found['id'] === id || isFree(found))) found = await find(true);
  if (!found) return false;
  if (found['id'] === id) return true;
  if (!isFree(found)) throw busy(recorder, found, found['owner'] === owner);
  const reason =
    found['owner'] === owner
      ? `given up by its owner, ${owner}`
      : `owner gone: the lease of ${textOf(found, 'owner')} ran out at ${textOf(found, 'until')}`;
  await reclaimSession(run, textOf(found, 'id'), { reason: recount ? reason : reason + notCounted, recount });
  return false;
}

/**
 * What a session continues: the one that was asked for or, where nothing was, the recorder's latest if that was reclaimed, whoever did
 * it and whenever. A session has one successor at most: from one that has been continued meanwhile, as by a standby that took over, it
 * goes on from the recorder's latest.
 */
async function predecessorOf(
  run: Run,
  { id, recorder, continues }: Beginning & { readonly id: SessionId },
): Promise<Predecessor | null> {
  if (continues === null) return null;
  // Held to the end of the transaction, so that no two go on from the same one.
  await run(sql`select 1 from recorders where name = ${recorder} for no key update`);
  const find = async (which: SQL) => {
    const [found] = await run(sql`
      select id, status, coalesce(ended_at, started_at) as ended_at, exists (
        select 1 from sessions as successor where successor.continues = sessions.id and successor.id <> ${id}::uuid
      ) as is_continued
      from sessions where id <> ${id}::uuid and ${which} order by ordinal desc limit 1`);
    return found;
  };
  const wanted = continues === undefined ? undefined : await find(sql`id = ${continues}::uuid`);
  // The database refuses one that it does not have.
  if (continues !== undefined && !wanted) return { id: continues, endedAtMs: 0 };
  if (wanted?.['is_continued'] === false) return predecessor(wanted);
  const latest = await find(sql`recorder = ${recorder}`);
  if (!latest || latest['is_continued'] === true) return null;
  return wanted || latest['status'] === 'reclaimed' ? predecessor(latest) : null;
}

const predecessor = (row: Row): Predecessor => ({ id: textOf(row, 'id'), endedAtMs: timeOf(row, 'ended_at') });

/** With the lease that is in the way: one that is another the next time belongs to an owner that lives. */
export class RecorderBusyError extends SessionStoreError {
  readonly lease: string;

  constructor(message: string, lease: string, holder?: RecorderHolder) {
    super('RECORDER_BUSY', message, { retryable: true, ...(holder && { holder }) });
    this.lease = lease;
  }

  /** For a session that has begun already. */
  forGood(): SessionStoreError {
    const text = `${this.message} What was recorded meanwhile becomes a session of its own, which is over.`;
    return new SessionStoreError('RECORDER_BUSY', text, { cause: this });
  }
}

const busy = (recorder: string, found: Row, isOurs: boolean) =>
  new RecorderBusyError(
    `Recorder ${JSON.stringify(recorder)} is at work in ${textOf(found, 'owner')} (session ${textOf(found, 'id')}), whose ` +
      `lease runs until ${textOf(found, 'until')} unless renewed. Stop that process, wait, or record under another name.`,
    `${textOf(found, 'id')} ${textOf(found, 'until')}`,
    isOurs ? undefined : { sessionId: textOf(found, 'id'), owner: textOf(found, 'owner') },
  );
