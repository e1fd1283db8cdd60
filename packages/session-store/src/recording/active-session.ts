// One open session. In goes a record at a time, and nobody waits: records are collected into batches, which go to the spool,
// and to the database one after the other. Out comes the session's row when it is closed.
//
// It takes records until `close` begins or it fails. It fails when the database refuses its records or says that it is not ours any
// more, and when its close takes too long; from then on `append` throws why. Unless its records were refused, recovery
// (`spool/recovery/`) brings in what the spool has of it.
import { BatchQueue, type BatchSize } from './batch-queue.ts';
import { Collector, type Batch, type GapEntry } from '../batch/collector.ts';
import { firstArrival } from '../batch/first-arrival.ts';
import { storableText } from '../batch/record-check.ts';
import { SessionStoreError, type SessionStoreErrorCode } from '../errors.ts';
import { withDeadline } from '../database/engines/deadline.ts';
import { maxDelayMs, within } from '../resolve-options.ts';
import type { ResolvedOptions } from '../options.ts';
import type { SessionEnd } from '../ownership/end-session.ts';
import type { Predecessor } from '../ownership/open-session.ts';
import type { Reserved } from '../ownership/opening.ts';
import { QueueRoom } from './queue-room.ts';
import type { Appended, RecordingSession, SessionCloseOptions, SessionEnding } from './recording-session.ts';
import type { SessionCounters, SessionId, SessionRow, StoreRecord } from '../records.ts';
import type { SessionLeft, SessionSpool } from '../spool/session-spool.ts';
import type { SessionTransactions } from '../batch/writing/session-transactions.ts';
import { refused, type LostRecords } from '../batch/writing/name-lost.ts';
import { rolledBack } from '../batch/stream-ends.ts';
import type { RetryQueue } from '../batch/writing/retry-queue.ts';

/** What keeps a session from being written by its owner as if nothing had happened, and not from being written at all. */
const recoverable: readonly unknown[] = [
  'SESSION_FENCED',
  'SESSION_DIVERGED',
  'SPOOL_DAMAGED',
  'RECORDER_BUSY',
  'SCHEMA_TOO_NEW',
  'MIGRATION_FAILED',
  'CLOSE_TIMEOUT',
] satisfies SessionStoreErrorCode[];

/** Time for a write that hangs to be given up and tried again. */
const defaultCloseTimeoutMs = 30_000;

const endings: readonly unknown[] = ['closed', 'health_failure', 'error'] satisfies SessionCloseOptions['status'][];

/** What a session has of its owner. */
type Ownership = {
  readonly predecessor: Predecessor | null;
  /** Whether somebody else may have it, as this process did not run for a lease's time. */
  readonly isInDoubt: () => boolean;
};

const UNDOUBTED: Ownership = { predecessor: null, isInDoubt: () => false };

/** Records that arrive this much apart, ms: it may be that the process did not run between them. */
const pauseMs = 100;

export class ActiveSession implements RecordingSession {
  readonly id: SessionId;
  readonly recorder: string;
  readonly startedAtMs: number;
  readonly predecessor: Predecessor | null;
  readonly #beginning: Reserved;
  readonly #options: ResolvedOptions;
  readonly #retryQueue: RetryQueue;
  readonly #transactions: SessionTransactions;
  readonly #onEnd: (left: SessionLeft | null) => void;
  readonly #spool: SessionSpool | null;
  readonly #collector: Collector;
  readonly #room: QueueRoom;
  readonly #queue: BatchQueue;
  readonly #isInDoubt: () => boolean;
  /** Of the record before which it was asked last. */
  #askedAtMs = -Infinity;
  /** What comes stays in memory until it is known whether the session is still ours. */
  #doubt: PromiseWithResolvers<void> | null = null;
  readonly #ended = Promise.withResolvers<SessionEnding>();
  #cancelAge: (() => void) | null = null;
  #failure: SessionStoreError | null = null;
  /** Rows of the ledger in batches that the database does not take. */
  readonly #lostGaps: GapEntry[] = [];
  #closing: Promise<SessionRow> | null = null;
  /** When the oldest record arrived that goes with the end; `Infinity` without one. */
  #lastAtMs = Infinity;

  /**
   * @param onEnd called once it takes no more records; unless the database has all that there is, with what the spool has
   *   not taken: that comes behind what it has, and somebody else sees to both
   * @param spool `null`: records wait for the database in memory
   */
  constructor(
    beginning: Reserved,
    options: ResolvedOptions,
    retryQueue: RetryQueue,
    transactions: SessionTransactions,
    onEnd: (left: SessionLeft | null) => void,
    spool: SessionSpool | null = null,
    { predecessor, isInDoubt }: Ownership = UNDOUBTED,
  ) {
    this.id = beginning.id;
    this.recorder = beginning.recorder;
    this.startedAtMs = beginning.startedAtMs;
    this.predecessor = predecessor;
    this.#isInDoubt = isInDoubt;
    this.#beginning = beginning;
    this.#options = options;
    this.#retryQueue = retryQueue;
    this.#transactions = transactions;
    this.#onEnd = onEnd;
    this.#spool = spool;
    this.#collector = new Collector(options.keyframes);
    this.#room = new QueueRoom(options, this.#collector, spool);
    this.#queue = new BatchQueue({
      retryQueue,
      transactions,
      spool,
      options,
      onCommitted: (batch) => this.#committed(batch),
      onFailed: (error, gaps) => {
        this.#lostGaps.push(...gaps);
        this.#giveUp(error);
      },
    });
    spool?.onTaken(() => this.#room.release());
  }

  get ended(): Promise<SessionEnding> {
    return this.#ended.promise;
  }

  append(record: StoreRecord): Appended {
    if (this.#failure) throw this.#failure;
    if (this.#closing)
      throw new SessionStoreError('SESSION_CLOSED', 'The session is closed; open a new one to record.');
    const atMs = record.kind === 'gap' ? Infinity : record.receivedAtMs;
    if (Math.abs(atMs - this.#askedAtMs) >= pauseMs) this.#doubtAfterPause(atMs);
    if (record.kind !== 'gap' && this.#room.mustShed()) {
      this.#collector.shed(record);
      this.#armAge();
      return 'dropped';
    }
    this.#collector.add(record);
    const { maxRecords, maxBytes } = this.#options;
    if (this.#collector.size >= maxRecords || this.#collector.bytes >= maxBytes) this.#cut();
    else this.#armAge();
    return this.#room.isFull ? 'full' : 'taken';
  }

  async drained(): Promise<void> {
    if (this.#doubt) await this.#doubt.promise;
    if (this.#failure) throw this.#failure;
    if (this.#room.hasRoom) return;
    // A batch may be what keeps it above the mark, and without further records nothing else would cut it.
    this.#cut();
    this.#queue.hurry();
    await this.#room.wait();
  }

  async flush(): Promise<void> {
    // What is left goes with the end.
    if (this.#closing) return void (await this.#closing);
    if (this.#doubt) await this.#doubt.promise;
    this.#cut();
    await this.#queue.settled();
    if (this.#failure) throw this.#failure;
  }

  async durable(): Promise<void> {
    if (!this.#spool) return this.flush();
    if (this.#doubt) await this.#doubt.promise;
    if (this.#failure) throw this.#failure;
    this.#cut();
    await this.#spool.durable();
  }

  counters(): SessionCounters {
    return this.#collector.counters();
  }

  /** Records that live in memory alone, and the memory that they take, estimated. None once it has failed: they are lost. */
  get queued(): { readonly records: number; readonly bytes: number } {
    return this.#failure ? { records: 0, bytes: 0 } : { records: this.#room.records, bytes: this.#room.bytes };
  }

  /** When the oldest record arrived that is not committed; `Infinity` without one, and once it has failed. */
  get oldestAtMs(): number {
    if (this.#failure) return Infinity;
    return Math.min(this.#queue.oldestAtMs, this.#lastAtMs, this.#collector.oldestAtMs);
  }

  /** The database was asked, and did not say that the session is another's: what came in doubt is as good as the rest. */
  settle(): void {
    if (!this.#doubt || this.#isInDoubt()) return;
    this.#endDoubt();
    this.#cut();
  }

  /** Ends it here: the database says that it is not ours any more. A close under way finds that out itself. */
  lose(error: SessionStoreError): void {
    if (this.#closing || this.#failure) return;
    this.#giveUp(error);
    this.#retryQueue.report(error);
  }

  async close(end: SessionCloseOptions): Promise<SessionRow> {
    if (!endings.includes(end.status))
      throw new TypeError(`status cannot be ${JSON.stringify(end.status)} at a close.`);
    if (typeof end.reason !== 'string')
      throw new TypeError(`reason must be a text; ${JSON.stringify(end.reason)} is none.`);
    within('timeoutMs', end.timeoutMs ?? defaultCloseTimeoutMs, 1, maxDelayMs);
    if (this.#doubt) await this.#doubt.promise;
    this.#closing ??= this.#close(end);
    return this.#closing;
  }

  #cut(): void {
    if (this.#doubt) return;
    const batch = this.#takeBatch();
    if (batch && !this.#failure) this.#queue.push(batch);
  }

  #takeBatch(): Batch | null {
    this.#stopAge();
    const batch = this.#collector.cut();
    if (batch) this.#spool?.put(batch);
    return batch;
  }

  #armAge(): void {
    if (this.#doubt) return;
    this.#cancelAge ??= this.#options.runtime.setTimer(this.#options.cutAgeMs, () => this.#cut());
  }

  #stopAge(): void {
    this.#cancelAge?.();
    this.#cancelAge = null;
  }

  #committed(batch: BatchSize): void {
    this.#room.committed(batch);
    this.#room.release();
  }

  /** What came before is cut off from what comes now. */
  #doubtAfterPause(atMs: number): void {
    if (Number.isFinite(atMs)) this.#askedAtMs = atMs;
    if (this.#doubt || !this.#isInDoubt()) return;
    this.#cut();
    this.#stopAge();
    this.#doubt = Promise.withResolvers();
  }

  #endDoubt(): void {
    this.#doubt?.resolve();
    this.#doubt = null;
  }

  #giveUp(error: SessionStoreError): void {
    // Each batch behind the one that failed is called off in its turn.
    if (this.#failure) return;
    const left = this.#room.uncommitted;
    const isRecoverable = this.#spool !== null && recoverable.includes(error.code);
    // Nothing of it has been cut.
    const doubtful = this.#doubt ? this.#collector.size : 0;
    const where = this.#spool?.isRefusing ? 'in the spool and, as it takes nothing now, in memory' : 'in the spool';
    const waiting = `${left - doubtful} records ${isRecoverable ? `wait ${where}` : 'are not stored'}.`;
    const late = doubtful > 0 ? ` ${doubtful} records that came after its lease had run out are not stored.` : '';
    this.#failure = new SessionStoreError(
      error.code === 'QUERY_FAILED' ? 'RECORD_REFUSED' : error.code,
      `${error.message} ${waiting}${late}`,
      { cause: error, sqlState: error.sqlState, unwrittenRecords: left },
    );
    // Later batches would leave a hole behind this one.
    this.#queue.stop(this.#failure);
    this.#room.fail(this.#failure);
    this.#ended.resolve({ row: null, error: this.#failure });
    this.#endDoubt();
    if (isRecoverable && !this.#closing) this.#leave();
  }

  /** Somebody else sees to what is in the spool. */
  #leave(): void {
    this.#stopAge();
    const { id: _, ...beginning } = this.#beginning;
    this.#onEnd(this.#spool && { ...this.#spool.stop(), ends: this.#collector.ends(), beginning });
  }

  async #close({ status, reason, timeoutMs = defaultCloseTimeoutMs }: SessionCloseOptions): Promise<SessionRow> {
    const { runtime } = this.#options;
    if (this.#spool && this.#failure && recoverable.includes(this.#failure.code)) throw this.#failure;
    const endedAtMs = runtime.nowMs();
    const last = this.#takeBatch();
    if (last) this.#lastAtMs = firstArrival(last);
    if (!this.#failure) this.#spool?.end({ status, reason: storableText(reason), endedAtMs });
    const calledOff = new AbortController();
    const ended = this.#queue.settled().then(async () => {
      if (this.#spool && recoverable.includes(this.#failure?.code)) throw this.#failure!;
      const lost = this.#failure ? this.#room.uncommitted : 0;
      const end: SessionEnd = this.#failure
        ? { status: 'error', reason: storableText(`${reason} (${lost} records could not be stored)`), endedAtMs }
        : { status, reason: storableText(reason), endedAtMs };
      const batch = this.#failure ? null : last;
      const before = this.#failure ? null : this.#collector.batches - (last ? 1 : 0);
      const named = this.#lostRecords(last);
      return this.#retryQueue.write(
        async () => this.#transactions.end(batch, end, before, named),
        calledOff.signal,
        batch,
      );
    });
    try {
      const row = await withDeadline(runtime, timeoutMs, ended, () => this.#tooLate(timeoutMs));
      if (this.#failure) {
        this.#leave();
        return row;
      }
      if (last) {
        this.#spool?.committed(last.ordinal);
        this.#room.committed(last);
        this.#lastAtMs = Infinity;
      }
      this.#room.open();
      this.#spool?.finish();
      this.#onEnd(null);
      this.#ended.resolve({ row, error: null });
      return row;
    } catch (cause) {
      const error = cause as SessionStoreError;
      calledOff.abort(error);
      this.#queue.stop(error);
      this.#failure ??= error;
      this.#room.fail(error);
      this.#ended.resolve({ row: null, error: this.#failure });
      this.#leave();
      throw error;
    }
  }

  /** Without a spool, from which what the database did not take is set aside and named. */
  #lostRecords(last: Batch | null): LostRecords | null {
    if (!this.#failure || this.#spool) return null;
    const cause = this.#failure.code === 'SESSION_DIVERGED' ? rolledBack : refused;
    return { cause, ends: this.#collector.ends(), gaps: [...this.#lostGaps, ...(last?.gaps ?? [])] };
  }

  #tooLate(timeoutMs: number): SessionStoreError {
    const waiting = this.#room.uncommitted;
    return new SessionStoreError(
      'CLOSE_TIMEOUT',
      `Session ${this.id} could not be closed within ${timeoutMs} ms: the database does not take its last records. ` +
        (this.#spool
          ? `${waiting} of them and its end wait in the spool, and are written when the database is back.`
          : `${waiting} records may not be stored, and the session is active until its lease runs out.`),
      { unwrittenRecords: waiting },
    );
  }
}
