// Who may write to a session. A store opens a session and renews its lease; each write names the fencing token that came with it.
//
// `active`: an owner writes and renews the lease. From there its owner makes it `closed`, `health_failure` or `error`, and anybody
// makes it `reclaimed` once the lease has run out: then it was an orphan. Who finds its records in the spool adopts a reclaimed
// session: it has a lease and a new token until they are written, and stays `reclaimed`.
import { randomUUID } from 'node:crypto';
import type { OwnedSession } from './owned-session.ts';
import { findSession } from './find-session.ts';
import { withDeadline } from '../database/engines/deadline.ts';
import { SessionStoreError } from '../errors.ts';
import type { Engine } from '../database/engines/engine.ts';
import { ownerIdentity } from './owner-identity.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { Maintenance } from '../background/maintenance.ts';
import type { ResolvedOptions } from '../options.ts';
import { adoptSession, type Adopted } from './adopt-session.ts';
import { enterSession, openSession, type Beginning, type Predecessor } from './open-session.ts';
import { Opening, type Reserved } from './opening.ts';
import { mayBeCounting } from './reclaim-session.ts';
import type { SessionId } from '../records.ts';
import { closeOrphans } from './close-orphans.ts';

const foreignKeyViolation = '23503';
const uniqueViolation = '23505';

/** How an opening waits for the database. */
export type Patience = {
  /** After that a session begins without its row; `null`: never. @default null */
  readonly withinMs?: number | null;
  /** What has to be done before its row can be made. */
  readonly before?: () => Promise<void>;
};

/** One store as an owner of sessions: takes them, renews their leases, and closes those of owners that are gone. */
export class Owner {
  readonly #engine: Engine;
  readonly #options: ResolvedOptions;
  readonly #identity: string;
  readonly #leases: LeaseKeeper;
  readonly #closing: Maintenance;
  /** Sessions that are being opened or are open here, and so are nobody's orphans, whatever their lease says. */
  readonly #alive = new Set<SessionId>();
  /** By recorder: a session whose opening failed, and may be in the database all the same. */
  readonly #unconfirmed = new Map<string, SessionId>();
  /** Recorders whose last session takes longer to count than an opening may. */
  readonly #hardToCount = new Set<string>();

  constructor(engine: Engine, options: ResolvedOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#identity = ownerIdentity(options.runtime.nowMs());
    this.#leases = new LeaseKeeper(engine, options);
    const { sweepEveryMs } = options.lease;
    const closing = { name: 'closing orphaned sessions', everyMs: sweepEveryMs, run: async () => this.closeOrphans() };
    // On its own, because an orphan must not have to wait until a month of records is dropped.
    this.#closing = new Maintenance(options.runtime, [closing], options.onMaintenanceFailure);
  }

  /**
   * Opens a session in the database. Tried once, but for a race with another opening; or, where it may begin without its row, for as
   * long as that is said to take.
   *
   * @returns an opening whose row is not made where the database is away and `withinMs` is not null
   * @throws {SessionStoreError} RECORDER_BUSY, SESSION_UNKNOWN, or why the database failed
   */
  async open(
    beginning: Beginning,
    { withinMs = null, before = async () => undefined }: Patience = {},
  ): Promise<Opening> {
    for (let tries = 3; ; tries--) {
      const opening = this.#reserve(beginning, before);
      try {
        const made = opening.made();
        made.catch(() => undefined);
        await (withinMs === null ? made : withDeadline(this.#options.runtime, withinMs, made, () => tooLate(withinMs)));
        return opening;
      } catch (cause) {
        const error = cause as SessionStoreError;
        if (withinMs !== null && isOfDatabase(error)) return opening;
        this.#alive.delete(opening.session.id);
        if (error.retryable && error.code !== 'RECORDER_BUSY')
          this.#unconfirmed.set(beginning.recorder, opening.session.id);
        // Somebody was faster. The next try finds their session, or a free recorder.
        if (error.sqlState !== uniqueViolation || tries === 1) throw error;
      }
    }
  }

  #reserve(beginning: Beginning, before: () => Promise<void>): Opening {
    const { recorder } = beginning;
    const id = this.#unconfirmed.get(recorder) ?? randomUUID();
    // Taken while it is being opened, so that two openings at once do not share an id.
    this.#unconfirmed.delete(recorder);
    this.#alive.add(id);
    const reserved = { id, ...beginning };
    return new Opening(reserved, async (isLate) => {
      await before();
      return this.#make(reserved, isLate);
    });
  }

  /** @param isLate it has begun already: nothing of it is in doubt, and what it continues may be gone */
  async #make(beginning: Reserved, isLate: boolean, tries = 3): Promise<Predecessor | null> {
    const { id, recorder } = beginning;
    const opening = {
      ...beginning,
      owner: this.#identity,
      leaseMs: this.#options.lease.durationMs,
      recount: !this.#hardToCount.delete(recorder),
    };
    try {
      return await this.#engine.transact(
        async (run) => {
          // Opened by an earlier try, and taken away since: the first write says so.
          if (isLate && (await findSession(run, id))) return null;
          // Who is alive is asked when it matters: openings of one recorder may overtake each other.
          return (await openSession(run, { ...opening, alive: [...this.#alive] })).predecessor;
        },
        { doing: 'Opening a session' },
      );
    } catch (cause) {
      const error = cause as SessionStoreError;
      if (mayBeCounting(error)) this.#hardToCount.add(recorder);
      if (error.sqlState === foreignKeyViolation) {
        if (!isLate) throw unknownSession(beginning.continues!);
        return this.#make({ ...beginning, continues: null }, isLate);
      }
      if (!isLate || error.sqlState !== uniqueViolation || tries === 1) throw error;
      return this.#make(beginning, isLate, tries - 1);
    }
  }

  /** Who this store is to others. */
  get identity(): string {
    return this.#identity;
  }

  /**
   * Takes over a session that is in our spool.
   *
   * @param goneOwners owners that are known to be gone
   * @returns null when it cannot be taken, now or at all
   * @throws {SessionStoreError} why the database failed
   */
  async adopt(id: SessionId, recorder: string, goneOwners: readonly string[]): Promise<Adopted | null> {
    const { durationMs: leaseMs } = this.#options.lease;
    return this.#engine.transact(
      async (run) => adoptSession(run, { id, recorder, owner: this.#identity, leaseMs, goneOwners }),
      { doing: 'Adopting a session', lane: 'background' },
    );
  }

  /** Enters a session of a spool that the database does not have. @throws {SessionStoreError} why the database failed */
  async enter(id: SessionId, beginning: Beginning, owner: string): Promise<void> {
    const reason = `owner gone: the database did not have the session, which the spool of ${owner} had`;
    await this.#engine.transact(async (run) => enterSession(run, id, beginning, reason), {
      doing: 'Entering a session of the spool',
      lane: 'background',
    });
  }

  /** Renews the lease of a session that was taken, until it is let go. As `LeaseKeeper.hold`. */
  hold(session: OwnedSession, onLost: (error: SessionStoreError) => void, onAsked?: () => void): void {
    this.#leases.hold(session, onLost, onAsked);
  }

  /** As `LeaseKeeper.isInDoubt`. */
  isInDoubt(id: SessionId): boolean {
    return this.#leases.isInDoubt(id);
  }

  /** The session has ended, or has been given up: what is left of it is anybody's to close. */
  letGo(id: SessionId): void {
    this.#leases.release(id);
    this.#alive.delete(id);
  }

  /** Closes the sessions of owners that are gone. @throws {SessionStoreError} why the database failed */
  async closeOrphans(): Promise<void> {
    await closeOrphans(this.#engine, this.#options.lease.durationMs, () => [...this.#alive]);
  }

  /** Of the oldest lease, see `LeaseKeeper.leftMs`. */
  get leaseLeftMs(): number | null {
    return this.#leases.leftMs;
  }

  /** Renews leases and closes orphans no more; resolves once what is under way has ended. */
  async stop(): Promise<void> {
    await Promise.all([this.#leases.stop(), this.#closing.stop()]);
  }
}

/** Nobody answers, or not as it should: it may come back. */
const isOfDatabase = ({ code, retryable }: SessionStoreError) =>
  retryable && (code.startsWith('DATABASE_') || code === 'QUERY_TIMEOUT');

const tooLate = (ms: number) =>
  new SessionStoreError('QUERY_TIMEOUT', `Opening a session failed: no answer within ${ms} ms.`, { retryable: true });

export const unknownSession = (id: SessionId): SessionStoreError =>
  new SessionStoreError('SESSION_UNKNOWN', `There is no session ${JSON.stringify(id)} to continue.`);
