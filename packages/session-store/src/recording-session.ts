import { Collector, type Batch } from './core/collector.ts';
import { storableText } from './core/record-check.ts';
import { ShedRanges, type SheddableRecord } from './core/shed-ranges.ts';
import { SessionStoreError } from './errors.ts';
import { withDeadline } from './io/deadline.ts';
import { maxDelayMs, within, type ResolvedOptions } from './options.ts';
import type { SessionEnd } from './queries/end-session.ts';
import type { SessionCounters, SessionId, SessionRow, StoreRecord } from './records.ts';
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
  /** What was appended so far, committed or not. */
  counters(): SessionCounters;
  /**
   * Writes what is left and ends the session: the last records, the counters and the end in one transaction. Later calls
   * get the first one's result, whatever they ask for. If the database refused records before, the session ends as
   * `error` with the number of records lost in its reason.
   *
   * @throws {SessionStoreError} CLOSE_TIMEOUT when it could not be done in time: `unwrittenRecords` says how many may be
   *   missing, and unless it was closed after all it is reclaimed when its lease runs out. SESSION_FENCED or
   *   SESSION_CLOSED when somebody else ended it.
   */
  close(end: SessionCloseOptions): Promise<SessionRow>;
}

/** Time for a write that hangs to be given up and tried again. */
const defaultCloseTimeoutMs = 30_000;

const endings: readonly unknown[] = ['closed', 'health_failure', 'error'] satisfies SessionCloseOptions['status'][];

export class Recording implements RecordingSession {
  readonly id: SessionId;
  readonly recorder: string;
  readonly #options: ResolvedOptions;
  readonly #writer: Writer;
  readonly #writes: SessionWrites;
  readonly #onEnd: () => void;
  readonly #collector = new Collector();
  readonly #abort = new AbortController();
  /** Appended and not committed. */
  #waiting = 0;
  #waitingBytes = 0;
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

  constructor(
    identity: { readonly id: SessionId; readonly recorder: string },
    options: ResolvedOptions,
    writer: Writer,
    writes: SessionWrites,
    onEnd: () => void,
  ) {
    this.id = identity.id;
    this.recorder = identity.recorder;
    this.#options = options;
    this.#writer = writer;
    this.#writes = writes;
    this.#onEnd = onEnd;
  }

  append(record: StoreRecord): boolean {
    if (this.#failure) throw this.#failure;
    if (this.#closing)
      throw new SessionStoreError('SESSION_CLOSED', 'The session is closed; open a new one to record.');
    if (record.kind !== 'gap' && this.#isShedding()) return this.#drop(record);
    this.#took(this.#collector.add(record));
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
    this.#waiting++;
    this.#waitingBytes += bytes;
    if (this.#collector.size >= this.#options.maxRecords || this.#collector.bytes >= this.#options.maxBytes)
      this.#cut();
    else this.#armAge();
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
      this.#waiting++;
      this.#waitingBytes += this.#collector.addShedRange(range);
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
    const written = this.#writer.write(async () => this.#writes.write(batch), this.#abort.signal);
    this.#lastBatch = written.then(
      () => this.#committed(batch),
      (error: SessionStoreError) => this.#fail(error),
    );
  }

  #takeBatch(): Batch | null {
    this.#cancelAge?.();
    this.#cancelAge = null;
    this.#overdue = false;
    this.#enterShedRanges();
    return this.#collector.cut();
  }

  #committed(batch: Batch | null): void {
    this.#waiting -= batch?.records ?? 0;
    this.#waitingBytes -= batch?.bytes ?? 0;
    this.#batchesUnderWay--;
    if (this.#hasRoom()) {
      for (const waiter of this.#drainWaiters.splice(0)) waiter.resolve();
    }
    if (this.#overdue && this.#batchesUnderWay === 0) this.#cut();
  }

  #fail(error: SessionStoreError): void {
    this.#batchesUnderWay--;
    this.#giveUp(error);
  }

  #giveUp(error: SessionStoreError): void {
    this.#failure ??= new SessionStoreError(
      error.code === 'QUERY_FAILED' ? 'RECORD_REFUSED' : error.code,
      `${error.message} ${this.#waiting} records are not stored.`,
      { cause: error, sqlState: error.sqlState, unwrittenRecords: this.#waiting },
    );
    // Later batches would leave a hole behind this one.
    this.#abort.abort(this.#failure);
    for (const waiter of this.#drainWaiters.splice(0)) waiter.reject(this.#failure);
  }

  async #close({ status, reason, timeoutMs = defaultCloseTimeoutMs }: SessionCloseOptions): Promise<SessionRow> {
    const { runtime } = this.#options;
    const endedAtMs = runtime.nowMs();
    const last = this.#takeBatch();
    const calledOff = new AbortController();
    const ended = this.#lastBatch.then(async () => {
      const lost = this.#failure ? this.#waiting : 0;
      const end: SessionEnd = this.#failure
        ? { status: 'error', reason: storableText(`${reason} (${lost} records could not be stored)`), endedAtMs }
        : { status, reason: storableText(reason), endedAtMs };
      const batch = this.#failure ? null : last;
      const before = this.#failure ? null : this.#collector.batches - (last ? 1 : 0);
      return this.#writer.write(async () => this.#writes.end(batch, end, before), calledOff.signal);
    });
    try {
      const row = await withDeadline(runtime, timeoutMs, ended, () => this.#tooLate(timeoutMs));
      if (!this.#failure) this.#committed(last);
      return row;
    } catch (cause) {
      const error = cause as SessionStoreError;
      calledOff.abort(error);
      this.#abort.abort(error);
      this.#failure ??= error;
      for (const waiter of this.#drainWaiters.splice(0)) waiter.reject(error);
      throw error;
    } finally {
      this.#onEnd();
    }
  }

  #tooLate(timeoutMs: number): SessionStoreError {
    return new SessionStoreError(
      'CLOSE_TIMEOUT',
      `Session ${this.id} could not be closed within ${timeoutMs} ms: the database does not take its last records. ` +
        `${this.#waiting} records may not be stored, and the session is active until its lease runs out.`,
      { unwrittenRecords: this.#waiting },
    );
  }
}
