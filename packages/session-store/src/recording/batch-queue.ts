import type { Batch } from '../batch/collector.ts';
import type { SessionStoreError } from '../errors.ts';
import type { SessionSpool } from '../spool/session-spool.ts';
import type { SessionTransactions } from '../batch/writing/session-transactions.ts';
import type { RetryQueue } from '../batch/writing/retry-queue.ts';

/** A batch as it is counted. */
export type BatchSize = Pick<Batch, 'ordinal' | 'records' | 'bytes'>;

type Queued = BatchSize & {
  /** `null`: it takes no memory, as the spool has it. */
  readonly batch: Batch | null;
  /** Its reading from the spool, once that has begun. */
  loaded: Promise<Batch> | null;
};

export type BatchQueueParts = {
  readonly retryQueue: RetryQueue;
  readonly transactions: SessionTransactions;
  readonly spool: SessionSpool | null;
  /** Memory for batches that the spool has too. */
  readonly spoolMemoryBytes: number;
  readonly onCommitted: (batch: BatchSize) => void;
  /** Those behind it are called off, and not reported. */
  readonly onFailed: (error: SessionStoreError) => void;
};

/**
 * A session's batches on their way to the database, one after the other. While the server works on one, the next is made
 * ready, so that it has not to wait for us; not more than one, as a batch that is ready takes memory twice.
 */
export class BatchQueue {
  readonly #parts: BatchQueueParts;
  readonly #abort = new AbortController();
  /** In order; the first is under way. */
  #queued: Queued[] = [];
  /** Whether the server has the next move. */
  #isSent = false;
  /** Of batches that wait in memory although the spool has them. */
  #heldBytes = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(parts: BatchQueueParts) {
    this.#parts = parts;
  }

  get isEmpty(): boolean {
    return this.#queued.length === 0;
  }

  push(batch: Batch): void {
    const queued = this.#enqueue(batch);
    const attempt = async () => this.#write(queued);
    this.#last = this.#parts.retryQueue.write(attempt, this.#abort.signal, queued).then(
      () => this.#committed(queued),
      (error: SessionStoreError) => this.#failed(error),
    );
    if (this.#isSent) this.#prepareNext();
  }

  /** Resolves once all that was pushed is committed or has failed. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** Calls off what has not begun. */
  stop(error: SessionStoreError): void {
    this.#abort.abort(error);
  }

  async #write(queued: Queued): Promise<void> {
    const batch = await this.#load(queued);
    await this.#parts.transactions.write(batch, () => {
      this.#isSent = true;
      this.#prepareNext();
    });
  }

  /** In a turn of its own, when the batch before it has left for the server. */
  #prepareNext(): void {
    const [, next] = this.#queued;
    if (next) setImmediate(() => void this.#prepare(next));
  }

  /** What fails now fails again when it counts, and is reported then. */
  async #prepare(next: Queued): Promise<void> {
    if (this.#abort.signal.aborted) return;
    try {
      await this.#parts.transactions.prepare(await this.#load(next));
    } catch {
      next.loaded = null;
    }
  }

  /** With the database away for long, memory holds the first batches and the spool the others. */
  #enqueue(batch: Batch): Queued {
    const { ordinal, records, bytes } = batch;
    const { spool, spoolMemoryBytes } = this.#parts;
    const isDropped = spool !== null && this.#heldBytes + bytes > spoolMemoryBytes && spool.has(ordinal);
    if (!isDropped) this.#heldBytes += bytes;
    const queued = { ordinal, records, bytes, batch: isDropped ? null : batch, loaded: null };
    this.#queued.push(queued);
    return queued;
  }

  async #load(queued: Queued): Promise<Batch> {
    if (queued.batch) return queued.batch;
    // Only the spool takes a batch out of memory.
    queued.loaded ??= this.#parts.spool!.load(queued.ordinal);
    try {
      return await queued.loaded;
    } catch (error) {
      queued.loaded = null;
      throw error;
    }
  }

  #committed(queued: Queued): void {
    this.#queued.shift();
    this.#isSent = false;
    if (queued.batch) this.#heldBytes -= queued.bytes;
    this.#parts.spool?.committed(queued.ordinal);
    this.#parts.onCommitted(queued);
  }

  #failed(error: SessionStoreError): void {
    this.#queued.shift();
    this.#parts.onFailed(error);
  }
}
