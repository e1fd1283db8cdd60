import { Collector, type Batch } from './core/collector.ts';
import { storableText } from './core/record-check.ts';
import { ShedRanges, type SheddableRecord } from './core/shed-ranges.ts';
import { SessionStoreError, type SessionStoreErrorCode } from './errors.ts';
import { withDeadline } from './io/deadline.ts';
import { maxDelayMs, within, type ResolvedOptions } from './options.ts';
import type { SessionEnd } from './queries/end-session.ts';
import type { SessionCounters, SessionId, SessionRow, StoreRecord } from './records.ts';
import type { SessionSpool } from './session-spool.ts';
import type { SessionWrites } from './session-writes.ts';
import type { Writer } from './writer.ts';

/** How a session is ended. */
export interface SessionCloseOptions {
  readonly status: 'closed' | 'health_failure' | 'error';
  /** For people, and for good: it stands in the session's row. */
  readonly reason: string;
  /** How long to try, in ms. @default 30000 */
  readonly timeoutMs?: number;
}

/** One stretch of recording: takes records, and is ended once. */
export interface RecordingSession {
  readonly id: SessionId;
  readonly recorder: string;
  /**
   * Takes a record. Never waits, whatever the database does. The record is kept by reference until it is written: do not
   * change it.
   *
   * @returns false when the queue is full, that is above `queue.highWaterRecords` or `queue.highWaterBytes`. With
   *   `whenFull: 'block'` the record was taken all the same; please pause until {@link drained}. With `'shed'` it was dropped,
   *   and so is each that follows until the queue is down to its low-water marks; gaps are always taken.
   * @throws {SessionStoreError} RECORD_INVALID when it could never be stored (it was not taken), SESSION_CLOSED after
   *   `close`, SESSION_FENCED, SESSION_DIVERGED, RECORD_REFUSED or SESSION_CLOSED once the database has said that this
   *   session is over
   */
  append(record: StoreRecord): boolean;
  /** Resolves once the queue is down to its low-water marks; at once if it is. @throws {SessionStoreError} as `append` */
  drained(): Promise<void>;
  /** Resolves once everything appended before is committed, however long that takes. @throws {SessionStoreError} as `append` */
  flush(): Promise<void>;
  /**
   * Resolves once everything appended before survives the death of this process and of the system: it is in the spool and
   * synced, or, where there is none, committed.
   *
   * @throws {SessionStoreError} as `append`; SPOOL_FULL or SPOOL_FAILED while the spool takes nothing, which is worth another call
   */
  durable(): Promise<void>;
  /** What was appended so far, committed or not. */
  counters(): SessionCounters;
  /**
   * Writes what is left and ends the session: the last records, the counters and the end in one transaction. Later calls
   * get the first one's result, whatever they ask for. If the database refused records before, the session ends as
   * `error` with the number of records lost in its reason.
   *
   * @throws {SessionStoreError} CLOSE_TIMEOUT when it could not be done in time: `unwrittenRecords` says how many the database
   *   may not have. With a spool they and the end wait there, and are written by this store when the database is back, or
   *   by the next one on that folder. Without, they are lost, and unless it was closed after all the session is reclaimed
   *   when its lease runs out. SESSION_FENCED or SESSION_CLOSED when somebody else ended it.
   */
  close(end: SessionCloseOptions): Promise<SessionRow>;
}

/** A batch on its way to the database. */
type Queued = {
  readonly ordinal: number;
  readonly records: number;
  readonly bytes: number;
  /** `null`: it takes no memory, as the spool has it. */
  readonly batch: Batch | null;
};

/** What keeps a session from being written by its owner as if nothing had happened, and not from being written at all. */
const recoverable: readonly unknown[] = [
  'SESSION_FENCED',
  'SPOOL_DAMAGED',
  'CLOSE_TIMEOUT',
] satisfies SessionStoreErrorCode[];

/** Time for a write that hangs to be given up and tried again. */
const defaultCloseTimeoutMs = 30_000;

const endings: readonly unknown[] = ['closed', 'health_failure', 'error'] satisfies SessionCloseOptions['status'][];

export class Recording implements RecordingSession {
  readonly id: SessionId;
  readonly recorder: string;
  readonly #options: ResolvedOptions;
  readonly #writer: Writer;
  readonly #writes: SessionWrites;
  readonly #onEnd: (isSettled: boolean) => void;
  readonly #spool: SessionSpool | null;
  readonly #collector = new Collector();
  readonly #abort = new AbortController();
  /** Appended and not committed. */
  #uncommitted = 0;
  #uncommittedBytes = 0;
  /** Of batches that wait in memory although the spool has them. */
  #heldBytes = 0;
  /** Only with `whenFull: 'shed'`: from the moment the queue is full until it is down to its low-water marks. */
  #shedding = false;
  readonly #shed = new ShedRanges();
  #batchesUnderWay = 0;
  #cancelAge: (() => void) | null = null;
  #overdue = false;
  /** Settles with the latest batch, and as writes go in order with all before it; never rejects. */
  #lastBatch: Promise<void> = Promise.resolve();
  #drainWaiters: PromiseWithResolvers<void>[] = [];
  #failure: SessionStoreError | null = null;
  #closing: Promise<SessionRow> | null = null;

  /**
   * @param onEnd called once it takes no more records; with false when there is something left in the spool that the
   *   database could have, or has refused
   * @param spool `null`: records wait for the database in memory
   */
  constructor(
    identity: { readonly id: SessionId; readonly recorder: string },
    options: ResolvedOptions,
    writer: Writer,
    writes: SessionWrites,
    onEnd: (isSettled: boolean) => void,
    spool: SessionSpool | null = null,
  ) {
    this.id = identity.id;
    this.recorder = identity.recorder;
    this.#options = options;
    this.#writer = writer;
    this.#writes = writes;
    this.#onEnd = onEnd;
    this.#spool = spool;
    spool?.onTaken(() => this.#releaseWaiters());
  }

  append(record: StoreRecord): boolean {
    if (this.#failure) throw this.#failure;
    if (this.#closing)
      throw new SessionStoreError('SESSION_CLOSED', 'The session is closed; open a new one to record.');
    if (record.kind !== 'gap' && this.#isShedding()) return this.#drop(record);
    const bytes = this.#collector.add(record);
    this.#spool?.add(record, bytes);
    this.#took(bytes);
    return this.#options.whenFull === 'shed' || !this.#isFull();
  }

  async drained(): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#hasRoom()) return;
    // A batch may be what keeps it above the mark, and without further records nothing else would cut it.
    this.#cut();
    const waiter = Promise.withResolvers<void>();
    this.#drainWaiters.push(waiter);
    await waiter.promise;
  }

  async flush(): Promise<void> {
    // What is left goes with the end.
    if (this.#closing) return void (await this.#closing);
    this.#cut();
    await this.#lastBatch;
    if (this.#failure) throw this.#failure;
  }

  async durable(): Promise<void> {
    if (!this.#spool) return this.flush();
    if (this.#failure) throw this.#failure;
    await this.#spool.durable();
  }

  counters(): SessionCounters {
    return this.#collector.counters();
  }

  /** Ends it here: the database says that it is not ours any more. A close under way finds that out itself. */
  lose(error: SessionStoreError): void {
    if (this.#closing || this.#failure) return;
    this.#giveUp(error);
    this.#writer.report(error);
  }

  async close(end: SessionCloseOptions): Promise<SessionRow> {
    if (!endings.includes(end.status))
      throw new TypeError(`status cannot be ${JSON.stringify(end.status)} at a close.`);
    within('timeoutMs', end.timeoutMs ?? defaultCloseTimeoutMs, 1, maxDelayMs);
    this.#closing ??= this.#close(end);
    return this.#closing;
  }

  #took(bytes: number): void {
    this.#uncommitted++;
    this.#uncommittedBytes += bytes;
    if (this.#collector.size >= this.#options.maxRecords || this.#collector.bytes >= this.#options.maxBytes)
      this.#cut();
    else this.#armAge();
  }

  /** Neither committed nor in the spool. */
  get #waiting(): number {
    return this.#uncommitted - (this.#spool?.taken ?? 0);
  }

  get #waitingBytes(): number {
    return this.#uncommittedBytes - (this.#spool?.takenMemory ?? 0);
  }

  #isFull(): boolean {
    return this.#waiting > this.#options.highWaterRecords || this.#waitingBytes > this.#options.highWaterBytes;
  }

  #hasRoom(): boolean {
    return this.#waiting <= this.#options.lowWaterRecords && this.#waitingBytes <= this.#options.lowWaterBytes;
  }

  #isShedding(): boolean {
    if (this.#options.whenFull !== 'shed') return false;
    if (!this.#shedding) {
      this.#shedding = this.#isFull();
    } else if (this.#hasRoom()) {
      this.#shedding = false;
      // Before anything is taken again, so that no stored record lies within a shed range.
      this.#enterShedRanges();
    }
    return this.#shedding;
  }

  #enterShedRanges(): void {
    for (const range of this.#shed.take()) {
      const bytes = this.#collector.addShedRange(range);
      this.#spool?.addShedRange(range, bytes);
      this.#uncommitted++;
      this.#uncommittedBytes += bytes;
    }
  }

  #drop(record: SheddableRecord): false {
    this.#collector.shed(record);
    this.#shed.add(record);
    // What was dropped is put on record at the age at which it would have been, also if nothing follows.
    this.#armAge();
    return false;
  }

  #armAge(): void {
    this.#cancelAge ??= this.#options.runtime.setTimer(this.#options.maxAgeMs, () => this.#aged());
  }

  /** Old enough to be written; but while a write is under way a larger batch costs nothing. */
  #aged(): void {
    this.#cancelAge = null;
    if (this.#batchesUnderWay === 0) this.#cut();
    else this.#overdue = true;
  }

  #cut(): void {
    const batch = this.#takeBatch();
    if (!batch || this.#failure) return;
    this.#batchesUnderWay++;
    const queued = this.#queue(batch);
    const written = this.#writer.write(async () => this.#writes.write(await this.#load(queued)), this.#abort.signal);
    this.#lastBatch = written.then(
      () => this.#committed(queued),
      (error: SessionStoreError) => this.#fail(error),
    );
  }

  /** With the database away for long, memory holds the first batches and the spool the others. */
  #queue(batch: Batch): Queued {
    const { ordinal, records, bytes } = batch;
    const canDrop = this.#spool !== null && this.#heldBytes + bytes > this.#options.spoolMemoryBytes;
    if (canDrop && this.#spool.has(ordinal)) return { ordinal, records, bytes, batch: null };
    this.#heldBytes += bytes;
    return { ordinal, records, bytes, batch };
  }

  async #load({ batch, ordinal }: Queued): Promise<Batch> {
    // Only the spool takes a batch out of memory.
    return batch ?? this.#spool!.load(ordinal);
  }

  #takeBatch(): Batch | null {
    this.#cancelAge?.();
    this.#cancelAge = null;
    this.#overdue = false;
    this.#enterShedRanges();
    const batch = this.#collector.cut();
    if (batch) this.#spool?.cut();
    return batch;
  }

  #committed({ ordinal, records, bytes, batch }: Queued): void {
    this.#uncommitted -= records;
    this.#uncommittedBytes -= bytes;
    if (batch) this.#heldBytes -= bytes;
    this.#spool?.committed(ordinal);
    this.#batchesUnderWay--;
    this.#releaseWaiters();
    if (this.#overdue && this.#batchesUnderWay === 0) this.#cut();
  }

  #releaseWaiters(): void {
    if (!this.#hasRoom()) return;
    for (const waiter of this.#drainWaiters.splice(0)) waiter.resolve();
  }

  #fail(error: SessionStoreError): void {
    this.#batchesUnderWay--;
    this.#giveUp(error);
  }

  #giveUp(error: SessionStoreError): void {
    const left = this.#uncommitted;
    const isRecoverable = this.#spool !== null && recoverable.includes(error.code);
    const outcome = isRecoverable ? `${left} records wait in the spool.` : `${left} records are not stored.`;
    this.#failure ??= new SessionStoreError(
      error.code === 'QUERY_FAILED' ? 'RECORD_REFUSED' : error.code,
      `${error.message} ${outcome}`,
      { cause: error, sqlState: error.sqlState, unwrittenRecords: left },
    );
    // Later batches would leave a hole behind this one.
    this.#abort.abort(this.#failure);
    for (const waiter of this.#drainWaiters.splice(0)) waiter.reject(this.#failure);
    if (isRecoverable && !this.#closing) this.#leave();
  }

  /** Somebody else sees to what is in the spool. */
  #leave(): void {
    this.#cancelAge?.();
    this.#cancelAge = null;
    this.#spool?.stop();
    this.#onEnd(this.#spool === null);
  }

  async #close({ status, reason, timeoutMs = defaultCloseTimeoutMs }: SessionCloseOptions): Promise<SessionRow> {
    const { runtime } = this.#options;
    if (this.#spool && this.#failure && recoverable.includes(this.#failure.code)) throw this.#failure;
    const endedAtMs = runtime.nowMs();
    const last = this.#takeBatch();
    if (!this.#failure) this.#spool?.end({ status, reason: storableText(reason), endedAtMs });
    const calledOff = new AbortController();
    const ended = this.#lastBatch.then(async () => {
      if (this.#spool && recoverable.includes(this.#failure?.code)) throw this.#failure!;
      const lost = this.#failure ? this.#uncommitted : 0;
      const end: SessionEnd = this.#failure
        ? { status: 'error', reason: storableText(`${reason} (${lost} records could not be stored)`), endedAtMs }
        : { status, reason: storableText(reason), endedAtMs };
      const batch = this.#failure ? null : last;
      const before = this.#failure ? null : this.#collector.batches - (last ? 1 : 0);
      return this.#writer.write(async () => this.#writes.end(batch, end, before), calledOff.signal);
    });
    try {
      const row = await withDeadline(runtime, timeoutMs, ended, () => this.#tooLate(timeoutMs));
      if (this.#failure) {
        this.#leave();
        return row;
      }
      if (last) this.#committed({ ordinal: last.ordinal, records: last.records, bytes: last.bytes, batch: null });
      for (const waiter of this.#drainWaiters.splice(0)) waiter.resolve();
      this.#spool?.finish();
      this.#onEnd(true);
      return row;
    } catch (cause) {
      const error = cause as SessionStoreError;
      calledOff.abort(error);
      this.#abort.abort(error);
      this.#failure ??= error;
      for (const waiter of this.#drainWaiters.splice(0)) waiter.reject(error);
      this.#leave();
      throw error;
    }
  }

  #tooLate(timeoutMs: number): SessionStoreError {
    const waiting = this.#uncommitted;
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
