import { joinBatches, latest } from '../batch/join-batches.ts';
import type { Batch, GapEntry } from '../batch/collector.ts';
import { firstArrival } from '../batch/first-arrival.ts';
import type { SessionStoreError } from '../errors.ts';
import type { ResolvedOptions } from '../options.ts';
import type { SessionSpool } from '../spool/session-spool.ts';
import type { SessionTransactions } from '../batch/writing/session-transactions.ts';
import type { RetryQueue } from '../batch/writing/retry-queue.ts';

/** A batch as it is counted, or several. */
export type BatchSize = Pick<Batch, 'ordinal' | 'records' | 'bytes'>;

/** Batches that one transaction writes: those that follow each other and together are no more than one may be. */
type Group = {
  readonly first: number;
  ordinal: number;
  records: number;
  bytes: number;
  lastRecordAtMs: number | null;
  firstAtMs: number;
  /** `null`: they take no memory, as the spool has them. */
  batches: Batch[] | null;
  /** As one batch, once that has begun. */
  joined: Promise<Batch> | null;
};

export type BatchQueueParts = {
  readonly retryQueue: RetryQueue;
  readonly transactions: SessionTransactions;
  readonly spool: SessionSpool | null;
  readonly options: ResolvedOptions;
  readonly onCommitted: (batches: BatchSize) => void;
  /**
   * Those behind it are called off, and not reported.
   *
   * @param gaps rows of the ledger in them, as far as they are in memory: without a spool all
   */
  readonly onFailed: (error: SessionStoreError, gaps: readonly GapEntry[]) => void;
};

/**
 * A session's batches on their way to the database, a group after the other. A group is due when it is as large as a transaction
 * may be, or as old, or when somebody waits for it. While the server works on one, the next is made ready, so that it has not to
 * wait for us; not more than one, as what is ready takes memory twice.
 */
export class BatchQueue {
  readonly #parts: BatchQueueParts;
  readonly #abort = new AbortController();
  /** In order; the first may be under way. */
  readonly #groups: Group[] = [];
  /** Batches up to this one need not wait for more to come. */
  #dueThrough = 0;
  #cancelAge: (() => void) | null = null;
  /** The group under way; whether the server has the next move, and the one that is made ready meanwhile. */
  #current: Group | null = null;
  #isSent = false;
  #next: Group | null = null;
  /** Of batches that wait in memory. */
  #heldBytes = 0;
  #waiters: { readonly ordinal: number; readonly resolve: () => void }[] = [];

  constructor(parts: BatchQueueParts) {
    this.#parts = parts;
  }

  /** When the oldest record arrived that is not committed; `Infinity` without one. */
  get oldestAtMs(): number {
    return this.#groups[0]?.firstAtMs ?? Infinity;
  }

  push(batch: Batch): void {
    const { maxRecords, maxBytes, maxAgeMs, cutAgeMs, runtime } = this.#parts.options;
    const group = this.#groupFor(batch);
    this.#hold(group, batch);
    // Its records have waited already, until it was cut.
    const waitMs = maxAgeMs - cutAgeMs;
    if (waitMs <= 0 || group.records >= maxRecords || group.bytes >= maxBytes) return this.#due(batch.ordinal);
    // The group before it grows no more.
    if (group.first === batch.ordinal) this.#due(batch.ordinal - 1);
    this.#cancelAge ??= runtime.setTimer(waitMs, () => this.hurry());
  }

  /** Nothing waits for more to come. */
  hurry(): void {
    const last = this.#groups.at(-1);
    if (last) this.#due(last.ordinal);
  }

  /** Resolves once all that was pushed is committed, or one has failed. */
  async settled(): Promise<void> {
    const last = this.#groups.at(-1);
    if (!last) return;
    this.hurry();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.push({ ordinal: last.ordinal, resolve });
    await promise;
  }

  /** Calls off what has not begun. */
  stop(error: SessionStoreError): void {
    this.#abort.abort(error);
    this.#cancelAge?.();
    if (!this.#current) this.#forgetAll();
  }

  /** The last group, as long as nobody reads it and the batch fits. */
  #groupFor(batch: Batch): Group {
    const { ordinal, records, bytes, lastRecordAtMs } = batch;
    const { maxRecords, maxBytes } = this.#parts.options;
    const last = this.#groups.at(-1);
    const isOpen = last && last !== this.#current && last !== this.#next;
    const hasPlace = last?.batches || this.#parts.spool?.has(ordinal);
    if (isOpen && hasPlace && last.records + records <= maxRecords && last.bytes + bytes <= maxBytes) {
      last.ordinal = ordinal;
      last.records += records;
      last.bytes += bytes;
      last.lastRecordAtMs = latest(last.lastRecordAtMs, lastRecordAtMs);
      last.firstAtMs = Math.min(last.firstAtMs, firstArrival(batch));
      return last;
    }
    const firstAtMs = firstArrival(batch);
    const group = { first: ordinal, ordinal, records, bytes, lastRecordAtMs, firstAtMs, batches: [], joined: null };
    this.#groups.push(group);
    return group;
  }

  /** With the database away for long, memory holds the first batches and the spool the others. */
  #hold(group: Group, batch: Batch): void {
    if (!group.batches) return;
    group.batches.push(batch);
    this.#heldBytes += batch.bytes;
    const { spool, options } = this.#parts;
    if (this.#heldBytes <= options.spoolMemoryBytes || !spool?.has(group.ordinal)) return;
    this.#heldBytes -= group.bytes;
    group.batches = null;
  }

  #due(ordinal: number): void {
    if (ordinal >= (this.#groups.at(-1)?.ordinal ?? 0)) {
      this.#cancelAge?.();
      this.#cancelAge = null;
    }
    this.#dueThrough = Math.max(this.#dueThrough, ordinal);
    if (this.#current) this.#prepareNext();
    else this.#writeNext();
  }

  #isDue(group: Group | undefined): group is Group {
    return group !== undefined && group.first <= this.#dueThrough && !this.#abort.signal.aborted;
  }

  #writeNext(): void {
    const [group] = this.#groups;
    if (!this.#isDue(group)) return;
    this.#current = group;
    this.#next = null;
    const { retryQueue, onFailed } = this.#parts;
    retryQueue
      .write(async () => this.#write(group), this.#abort.signal, group)
      .then(
        () => this.#committed(group),
        (error: SessionStoreError) => {
          const gaps = this.#groups.flatMap(({ batches }) => (batches ?? []).flatMap((batch) => batch.gaps));
          this.#forgetAll();
          onFailed(error, gaps);
        },
      );
  }

  async #write(group: Group): Promise<void> {
    const batch = await this.#joined(group);
    await this.#parts.transactions.write(batch, () => {
      this.#isSent = true;
      this.#prepareNext();
    });
  }

  /** In a turn of its own, when the group before it has left for the server. */
  #prepareNext(): void {
    const [, next] = this.#groups;
    if (!this.#isSent || this.#next || !this.#isDue(next)) return;
    this.#next = next;
    setImmediate(() => void this.#prepare(next));
  }

  /** What fails now fails again when it counts, and is reported then. */
  async #prepare(next: Group): Promise<void> {
    if (this.#abort.signal.aborted) return;
    try {
      await this.#parts.transactions.prepare(await this.#joined(next));
    } catch {
      // Read again.
    }
  }

  async #joined(group: Group): Promise<Batch> {
    group.joined ??= this.#load(group).then(joinBatches);
    try {
      return await group.joined;
    } catch (error) {
      group.joined = null;
      throw error;
    }
  }

  /** Only the spool takes batches out of memory. */
  async #load({ batches, first, ordinal }: Group): Promise<readonly Batch[]> {
    return batches ?? this.#parts.spool!.load(first, ordinal);
  }

  #committed(group: Group): void {
    this.#groups.shift();
    this.#current = null;
    this.#isSent = false;
    if (group.batches) this.#heldBytes -= group.bytes;
    this.#parts.spool?.committed(group.ordinal);
    this.#parts.onCommitted(group);
    if (this.#abort.signal.aborted) this.#forgetAll();
    else this.#release(group.ordinal);
    this.#writeNext();
  }

  #forgetAll(): void {
    this.#groups.length = 0;
    this.#current = null;
    this.#release(Infinity);
  }

  #release(through: number): void {
    const waiters = this.#waiters;
    this.#waiters = waiters.filter(({ ordinal }) => ordinal > through);
    for (const { ordinal, resolve } of waiters) if (ordinal <= through) resolve();
  }
}
