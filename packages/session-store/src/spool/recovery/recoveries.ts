// Brings into the database what the spool has of sessions that nobody records any more: those of a process that is gone, and
// those that this process had to let go of.
import { hostname } from 'node:os';
import { SessionRecovery, setSessionAside, type Progress, type RecoveredSession } from './recover-session.ts';
import { SessionStoreError } from '../../errors.ts';
import type { Engine, Row } from '../../database/engines/engine.ts';
import { spoolFailure } from '../log/spool-failure.ts';
import type { MarketIds } from '../../batch/writing/market-ids.ts';
import type { ResolvedOptions } from '../../options.ts';
import type { SpoolRecovery } from '../../events.ts';
import type { OwnedSession } from '../../ownership/owned-session.ts';
import type { Owner } from '../../ownership/owner.ts';
import type { Partitions } from '../../partitions/partitions.ts';
import type { Adopted } from '../../ownership/adopt-session.ts';
import { findSession } from '../../ownership/find-session.ts';
import type { SessionId } from '../../records.ts';
import { numberOf, textOf } from '../../database/rows.ts';
import { ownerNote, readNotes } from '../session-notes.ts';
import { SessionTransactions } from '../../batch/writing/session-transactions.ts';
import type { SessionLeft } from '../session-spool.ts';
import type { Spool } from '../spool.ts';
import type { SourceStatus } from '../../background/status-sources.ts';
import { RetryQueue } from '../../batch/writing/retry-queue.ts';

export type RecoveryParts = {
  readonly spool: Spool;
  readonly folder: string;
  readonly engine: Engine;
  readonly markets: MarketIds;
  readonly partitions: Partitions;
  readonly owner: Owner;
  readonly options: ResolvedOptions;
  readonly onStatus: (status: SourceStatus) => void;
};

/** As far as one session has come: `later` when somebody else has it now. */
type Outcome = 'done' | 'later';

export class Recoveries {
  readonly #parts: RecoveryParts;
  readonly #retryQueue: RetryQueue;
  readonly #stopped = new AbortController();
  /** With its owners that are known to be gone. */
  readonly #waiting = new Map<SessionId, readonly string[]>();
  /** Of those, the ones that may keep a recorder from going on. */
  readonly #untaken = new Set<SessionId>();
  /** The one that is being brought in. */
  #bringing: SessionId | null = null;
  readonly #left = new Map<SessionId, SessionLeft>();
  /** What the tries so far came to: one that fails in its midst has written what it has. */
  readonly #progress = new Map<SessionId, Progress>();
  readonly #announced = new Set<SessionId>();
  #cancelTimer: (() => void) | null = null;
  #running: Promise<void> | null = null;

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
    this.#retryQueue = new RetryQueue(parts.options.runtime, parts.onStatus);
  }

  /**
   * Takes over what was found in the spool, as far as that goes at once, so that its recorders can go on; writing it is left
   * to the background. A database that fails now is asked again there.
   *
   * @param isAway the database is known to be, and is not asked
   */
  async begin(isAway = false): Promise<void> {
    try {
      await this.#noteOwners();
    } catch (cause) {
      this.#retryQueue.report(spoolFailure('Reading what the spool holds', cause));
    }
    if (!isAway) await this.takeOver().catch(() => undefined);
    this.#wake();
  }

  /**
   * What was found in the spool, and what was handed over without a row, keeps no recorder from going on any more.
   *
   * @throws {SessionStoreError} when the database does not answer
   */
  async takeOver(): Promise<void> {
    for (const id of this.#untaken) {
      try {
        await this.#takeOver(id);
        this.#untaken.delete(id);
      } catch (cause) {
        // Of one session, unless nobody answers: then the others would only wait as long.
        const error = spoolFailure('Taking over what the spool holds', cause);
        this.#retryQueue.report(error);
        if (error.code.startsWith('DATABASE_') || error.code === 'QUERY_TIMEOUT') throw error;
      }
    }
  }

  async #takeOver(id: SessionId): Promise<void> {
    const gone = this.#waiting.get(id);
    const row = gone && (await this.#rowOf(id));
    // One that is being brought in is taken over there, and one of our own is reclaimed by the opening of the next.
    const isOurs = id === this.#bringing || gone?.includes(this.#parts.owner.identity);
    if (row && !isOurs) await this.#adopt(id, textOf(row, 'recorder'), gone);
  }

  /**
   * A session of this store that it writes no more, with something of it left in the spool.
   *
   * @param left what the spool has not taken: it comes behind what it has
   * @param hasRow whether the database has it, for all that is known
   */
  handOver(id: SessionId, left: SessionLeft, hasRow: boolean): void {
    this.#waiting.set(id, [this.#parts.owner.identity]);
    this.#left.set(id, left);
    if (!hasRow) this.#untaken.add(id);
    this.#wake();
  }

  /** Begins nothing more; resolves once what is under way has ended. What is not done is done by the next store on this spool. */
  async stop(): Promise<void> {
    this.#stopped.abort(new SessionStoreError('STORE_CLOSED', 'The store is closed; create a new one.'));
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    await this.#running;
  }

  #wake(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (this.#stopped.signal.aborted || this.#waiting.size === 0) return;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    await Promise.resolve();
    for (const [id, gone] of this.#waiting) {
      if (this.#stopped.signal.aborted) break;
      this.#bringing = id;
      if ((await this.#bring(id, gone)) === 'done') this.#forget(id);
      this.#bringing = null;
    }
    this.#running = null;
    if (this.#stopped.signal.aborted || this.#waiting.size === 0) return;
    const { runtime, lease } = this.#parts.options;
    this.#cancelTimer = runtime.setTimer(Math.min(lease.sweepEveryMs, lease.durationMs), () => this.#wake());
  }

  #progressOf(id: SessionId): Progress {
    const progress = this.#progress.get(id) ?? { written: 0, setAside: 0, file: null, reason: null };
    this.#progress.set(id, progress);
    return progress;
  }

  #forget(id: SessionId): void {
    this.#waiting.delete(id);
    this.#untaken.delete(id);
    this.#left.delete(id);
    this.#progress.delete(id);
    this.#announced.delete(id);
  }

  /** Never rejects. */
  async #bring(id: SessionId, gone: readonly string[]): Promise<Outcome> {
    const { signal } = this.#stopped;
    try {
      return await this.#retryQueue.write(async () => this.#recover(id, gone), signal);
    } catch (cause) {
      if (signal.aborted) return 'later';
      const { code, message } = cause as SessionStoreError;
      if (code === 'SESSION_FENCED' || code === 'SESSION_CLOSED') return 'later';
      const setAside = async () => this.#setAside(id, await this.#find(id), message);
      return this.#retryQueue.write(setAside, signal).catch(() => 'later');
    }
  }

  async #recover(id: SessionId, gone: readonly string[]): Promise<Outcome> {
    const { owner, spool } = this.#parts;
    // What we wrote ourselves may still be on its way to the disk. What others left is there, and a full disk must not keep it there.
    if (gone.includes(owner.identity)) await spool.durable();
    const row = await this.#rowOf(id);
    if (!row) return this.#setAside(id, null, 'The database does not have this session.');
    const recorder = textOf(row, 'recorder');
    const adopted = await this.#adopt(id, recorder, gone);
    if (!adopted) {
      const status = textOf(row, 'status');
      if (status === 'active' || status === 'reclaimed') return 'later';
      return this.#setAside(id, row, `The session is ${status} in the database.`);
    }
    const session: OwnedSession = { id, recorder, fencingToken: adopted.fencingToken, status: 'reclaimed' };
    owner.hold(session, () => undefined);
    try {
      // Asked only now, when no late write of a former owner can enter anything any more.
      const nextGap = numberOf((await this.#find(id))!, 'next_gap');
      return await this.#writeAll(session, adopted, nextGap);
    } finally {
      owner.letGo(id);
    }
  }

  async #writeAll(owned: OwnedSession, { lastBatch }: Adopted, nextGap: number): Promise<Outcome> {
    const { engine, markets, partitions, spool, options } = this.#parts;
    const session = this.#sessionOf(owned.id);
    const transactions = new SessionTransactions(engine, markets, partitions, owned, options.lease.durationMs);
    await new SessionRecovery(session, transactions, lastBatch, nextGap).run(owned);
    spool.forget(owned.id);
    this.#report(owned.id, 'recovered', session.progress);
    return 'done';
  }

  /** @param row of the session; null where the database does not have it */
  async #setAside(id: SessionId, row: Row | null, reason: string): Promise<Outcome> {
    const session = this.#sessionOf(id);
    const kept = await setSessionAside(session, row);
    this.#parts.spool.forget(id);
    const { written, setAside } = session.progress;
    if (kept) this.#report(id, 'set-aside', { written, setAside: setAside + kept.records, file: kept.file, reason });
    return 'done';
  }

  #sessionOf(id: SessionId): RecoveredSession {
    const { spool, engine, options, folder } = this.#parts;
    const left = this.#left.get(id) ?? null;
    return { id, spool, left, engine, options, folder, progress: this.#progressOf(id), signal: this.#stopped.signal };
  }

  /**
   * Who wrote sessions into this spool, or recovered them from it, and is gone: the spool's folder belongs to one process, and
   * that is us now. Of this host only, as a folder can be copied to another one while its owner lives.
   */
  async #noteOwners(): Promise<void> {
    const { spool } = this.#parts;
    for (const { session } of spool.sessions()) {
      this.#waiting.set(session, []);
      this.#untaken.add(session);
    }
    for (const session of this.#waiting.keys()) {
      const { owners } = readNotes(await spool.notes(session));
      this.#waiting.set(session, [...new Set(owners.filter((owner) => owner.startsWith(`${hostname()}/`)))]);
    }
  }

  /** Takes a session over, having said so in the spool: should we die too, whoever comes next knows whom it outlived. */
  async #adopt(id: SessionId, recorder: string, gone: readonly string[]): Promise<Adopted | null> {
    const { spool, owner } = this.#parts;
    if (!this.#announced.has(id)) {
      try {
        spool.note(id, ownerNote(owner.identity));
        this.#announced.add(id);
      } catch {
        // A full spool must not keep from being emptied; whoever comes next waits for our lease.
      }
    }
    return owner.adopt(id, recorder, gone);
  }

  /** The session's row: it is made where the database has none and the spool knows how the session began. */
  async #rowOf(id: SessionId): Promise<Row | null> {
    const row = await this.#find(id);
    const { owner, spool } = this.#parts;
    if (row) return row;
    const { beginning, owners } = readNotes(await spool.notes(id));
    const known = beginning ?? this.#left.get(id)?.beginning;
    if (!known) return null;
    await owner.enter(id, known, owners[0] ?? owner.identity);
    return this.#find(id);
  }

  async #find(id: SessionId) {
    return this.#parts.engine.transact(async (run) => findSession(run, id), {
      doing: 'Looking up a spooled session',
      readOnly: true,
    });
  }

  #report(session: SessionId, outcome: SpoolRecovery['outcome'], progress: Progress): void {
    try {
      const { onRecovery } = this.#parts.options;
      onRecovery({ session, outcome, ...progress });
    } catch (error) {
      // The listener's failure is its owner's; recovery must not stop for it.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
