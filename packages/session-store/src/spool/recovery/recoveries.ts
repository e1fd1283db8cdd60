// Brings into the database what the spool has of sessions that nobody records any more: those of a process that is gone, and
// those that this process had to let go of.
import { hostname } from 'node:os';
import type { Batch } from '../../batch/collector.ts';
import { HoleLedger } from './hole-ledger.ts';
import type { OwnedSession } from '../../ownership/owned-session.ts';
import {
  batchOfGaps,
  readParts,
  recoverBatch,
  refused,
  rowsForKept,
  setAsideCause,
  spoolDamaged,
} from './recover-batch.ts';
import { decodeControl, encodeControl } from '../spool-control.ts';
import { SpooledBatches, type SpooledBatch } from '../spooled-batch.ts';
import { SessionStoreError } from '../../errors.ts';
import type { Engine, Row } from '../../database/engines/engine.ts';
import { setAside } from './set-aside-file.ts';
import { spoolFailure } from '../log/spool-failure.ts';
import type { MarketIds } from '../../batch/writing/market-ids.ts';
import type { ResolvedOptions, SpoolRecovery } from '../../options.ts';
import type { Owner } from '../../ownership/owner.ts';
import type { Partitions } from '../../partitions/partitions.ts';
import { finishAdoption, type Adopted } from '../../ownership/adopt-session.ts';
import { nameSetAside } from './name-set-aside.ts';
import { findSession } from './find-session.ts';
import type { GapRecord, SessionId } from '../../records.ts';
import { numberOf, textOf } from '../../database/rows.ts';
import { SessionTransactions } from '../../batch/writing/session-transactions.ts';
import type { Spool, SpoolDamage, SpoolEntry } from '../spool.ts';
import { spooledBatches, spooledEntries } from '../spooled-entries.ts';
import type { SourceStatus } from '../../background/status-sources.ts';
import { RetryQueue } from '../../batch/writing/retry-queue.ts';

export type RecoveryParts = {
  readonly spool: Spool;
  /** What the spool was found to have lost, at its opening and since. */
  readonly damage: readonly SpoolDamage[];
  readonly folder: string;
  readonly engine: Engine;
  readonly markets: MarketIds;
  readonly partitions: Partitions;
  readonly owner: Owner;
  readonly options: ResolvedOptions;
  readonly onStatus: (status: SourceStatus) => void;
};

/** Counting a session of months takes a while, and nobody waits for it. */
const finishTimeoutMs = 60_000;

/** As far as one session has come: `later` when somebody else has it now. */
type Outcome = 'done' | 'later';

type Progress = { written: number; setAside: number; file: string | null; reason: string | null };

export class Recoveries {
  readonly #parts: RecoveryParts;
  readonly #retryQueue: RetryQueue;
  readonly #stopped = new AbortController();
  /** With its owners that are known to be gone. */
  readonly #waiting = new Map<SessionId, readonly string[]>();
  readonly #left = new Map<SessionId, readonly SpoolEntry[]>();
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
   */
  async begin(): Promise<void> {
    try {
      await this.#noteOwners();
    } catch (cause) {
      this.#retryQueue.report(spoolFailure('Reading what the spool holds', cause));
    }
    for (const [id, gone] of this.#waiting) {
      try {
        const row = await this.#find(id);
        if (row) await this.#adopt(id, textOf(row, 'recorder'), gone);
      } catch (cause) {
        // Of one session, unless nobody answers: then the others would only wait as long.
        const error = spoolFailure('Taking over what the spool holds', cause);
        this.#retryQueue.report(error);
        if (error.code.startsWith('DATABASE_')) break;
      }
    }
    this.#wake();
  }

  /**
   * A session of this store that it writes no more, with something of it left in the spool.
   *
   * @param left what the spool has not taken: it comes behind what it has
   */
  handOver(id: SessionId, left: readonly SpoolEntry[]): void {
    this.#waiting.set(id, [this.#parts.owner.identity]);
    this.#left.set(id, left);
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
      if ((await this.#bring(id, gone)) === 'done') this.#forget(id);
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
    const row = await this.#find(id);
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
      return await this.#writeAll(session, adopted.lastBatch, nextGap);
    } finally {
      owner.letGo(id);
    }
  }

  async #writeAll(session: OwnedSession, lastBatch: number, nextGap: number): Promise<Outcome> {
    const { engine, markets, partitions, spool, options } = this.#parts;
    const transactions = new SessionTransactions(engine, markets, partitions, session, options.lease.durationMs);
    const batches = new SpooledBatches(session.id, this.#parts.damage, lastBatch);
    const ledger = new HoleLedger();
    const progress = this.#progressOf(session.id);
    let last = lastBatch;
    const write = async (spooled: SpooledBatch) => {
      if (spooled.ordinal <= lastBatch) return void readParts(spooled, ledger);
      const batch = recoverBatch(spooled, ledger, nextGap);
      if (!batch) return;
      const written = await this.#write(transactions, batch, spooled, nextGap, progress);
      nextGap = (written.gaps.at(-1)?.ordinal ?? nextGap - 1) + 1;
      last = batch.ordinal;
      // Not the last: a session that is not in the spool any more would be finished by nobody, should we die before we do.
      spool.acknowledge(session.id, batch.ordinal - 1);
      progress.written += written.records;
    };
    for await (const batch of spooledBatches(spool, batches, this.#left.get(session.id))) await write(batch);
    if (batches.endsInHole) ledger.hole(spoolDamaged);
    const rows = ledger.takeEnd(options.runtime.nowMs());
    if (rows.length > 0) await transactions.recover(batchOfGaps(last + 1, rows, nextGap));
    progress.written += rows.length;
    if (ledger.hasHoles) progress.reason ??= 'Some of its records were damaged on the disk; its ledger names them.';
    if (batches.end) await transactions.end(null, batches.end, null);
    else await this.#finish(session);
    spool.acknowledge(session.id, Number.MAX_SAFE_INTEGER);
    this.#report(session.id, 'recovered', progress);
    return 'done';
  }

  /** Writes a batch, or, when the database will never take it, names it in the ledger and keeps its records in a file. */
  async #write(
    transactions: SessionTransactions,
    batch: Batch,
    spooled: SpooledBatch,
    nextGap: number,
    progress: Progress,
  ): Promise<Batch> {
    this.#stopped.signal.throwIfAborted();
    try {
      await transactions.recover(batch);
      return batch;
    } catch (cause) {
      const error = cause as SessionStoreError;
      if (error.retryable || error.code !== 'QUERY_FAILED') throw error;
      const records = readParts(spooled, new HoleLedger()).flat();
      const substitute = batchOfGaps(batch.ordinal, rowsForKept(records, refused), nextGap);
      // Safe in a file of its own before the spool may forget them.
      const file = await setAside(this.#parts.folder, spooled.session, async (add) => add(records, spooled.ordinal));
      await transactions.recover(substitute);
      progress.setAside += records.length;
      progress.file ??= file;
      progress.reason ??= error.message;
      return substitute;
    }
  }

  async #finish(session: OwnedSession): Promise<void> {
    const options = { doing: 'Finishing a session', lane: 'background', timeoutMs: finishTimeoutMs } as const;
    const { engine } = this.#parts;
    try {
      await engine.transact(async (run) => finishAdoption(run, session), options);
    } catch (cause) {
      if ((cause as SessionStoreError).code !== 'QUERY_TIMEOUT') throw cause;
      await engine.transact(async (run) => finishAdoption(run, session, false), options);
    }
  }

  /**
   * Keeps the records in a file that the database cannot take any more, names them in the session's ledger, and frees the spool
   * of them.
   *
   * @param row of the session; null where the database does not have it
   */
  async #setAside(id: SessionId, row: Row | null, reason: string): Promise<Outcome> {
    const { spool, folder, engine } = this.#parts;
    const lastBatch = row ? numberOf(row, 'last_batch') : 0;
    const batches = new SpooledBatches(id, this.#parts.damage, lastBatch);
    let [count, last] = [0, lastBatch];
    let rows: readonly GapRecord[] = [];
    const file = await setAside(folder, id, async (add) => {
      for await (const batch of spooledBatches(spool, batches, this.#left.get(id))) {
        if (batch.ordinal <= lastBatch) continue;
        const records = readParts(batch, new HoleLedger()).flat();
        await add(records, batch.ordinal);
        count += records.length;
        last = batch.ordinal;
        rows = rowsForKept(records, setAsideCause, rows);
      }
    });
    if (row && rows.length > 0) {
      const doing = 'Naming records that were set aside';
      await engine.transact(async (run) => nameSetAside(run, id, rows, last), { doing, lane: 'background' });
    }
    spool.acknowledge(id, Number.MAX_SAFE_INTEGER);
    const { written, setAside: before } = this.#progressOf(id);
    if (file) this.#report(id, 'set-aside', { written, setAside: before + count, file, reason });
    return 'done';
  }

  /**
   * Who wrote sessions into this spool, or recovered them from it, and is gone: the spool's folder belongs to one process, and
   * that is us now. Of this host only, as a folder can be copied to another one while its owner lives.
   */
  async #noteOwners(): Promise<void> {
    const { spool } = this.#parts;
    for (const { session } of spool.sessions()) this.#waiting.set(session, []);
    for await (const { session, payload } of spooledEntries(spool)) {
      const control = decodeControl(payload);
      if (control?.kind !== 'owner' || !control.owner.startsWith(`${hostname()}/`)) continue;
      const known = this.#waiting.get(session) ?? [];
      if (!known.includes(control.owner)) this.#waiting.set(session, [...known, control.owner]);
    }
  }

  /** Takes a session over, having said so in the spool: should we die too, whoever comes next knows whom it outlived. */
  async #adopt(id: SessionId, recorder: string, gone: readonly string[]): Promise<Adopted | null> {
    const { spool, owner, options } = this.#parts;
    const batch = spool.sessions().find(({ session }) => session === id)?.lastBatch;
    if (batch !== undefined && !this.#announced.has(id)) {
      const payload = encodeControl({ kind: 'owner', owner: owner.identity });
      try {
        spool.append({ session: id, batch, records: 0, atMs: options.runtime.nowMs(), payload });
        this.#announced.add(id);
      } catch {
        // A full spool must not keep from being emptied; whoever comes next waits for our lease.
      }
    }
    return owner.adopt(id, recorder, gone);
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
