import type { SessionStoreError } from '../errors.ts';
import type { ResolvedOptions } from '../options.ts';
import type { SessionSpool } from '../spool/session-spool.ts';

type Marks = Pick<ResolvedOptions, 'highWaterRecords' | 'highWaterBytes' | 'lowWaterRecords' | 'lowWaterBytes'>;

/** What a session's spool has taken: it takes no room in memory. */
type TakenBySpool = Pick<SessionSpool, 'taken' | 'takenMemory'>;

/** How many records of a session wait, against its marks; and who waits for room. */
export class QueueRoom {
  readonly #marks: Marks;
  readonly #spool: TakenBySpool | null;
  #uncommitted = 0;
  #uncommittedBytes = 0;
  #waiters: PromiseWithResolvers<void>[] = [];

  constructor(marks: Marks, spool: TakenBySpool | null) {
    this.#marks = marks;
    this.#spool = spool;
  }

  /** Appended and not committed. */
  get uncommitted(): number {
    return this.#uncommitted;
  }

  /** Neither committed nor in the spool. */
  get records(): number {
    return this.#uncommitted - (this.#spool?.taken ?? 0);
  }

  /** The memory that those take, estimated. */
  get bytes(): number {
    return this.#uncommittedBytes - (this.#spool?.takenMemory ?? 0);
  }

  /** Above a high-water mark. */
  get isFull(): boolean {
    return this.records > this.#marks.highWaterRecords || this.bytes > this.#marks.highWaterBytes;
  }

  /** Down to both low-water marks. */
  get hasRoom(): boolean {
    return this.records <= this.#marks.lowWaterRecords && this.bytes <= this.#marks.lowWaterBytes;
  }

  addRecord(bytes: number): void {
    this.#uncommitted++;
    this.#uncommittedBytes += bytes;
  }

  committed({ records, bytes }: { readonly records: number; readonly bytes: number }): void {
    this.#uncommitted -= records;
    this.#uncommittedBytes -= bytes;
  }

  /** Resolves with the next `release` that finds room, or the next `open`. */
  async wait(): Promise<void> {
    const waiter = Promise.withResolvers<void>();
    this.#waiters.push(waiter);
    await waiter.promise;
  }

  release(): void {
    if (this.hasRoom) this.open();
  }

  /** Lets all who wait go on. */
  open(): void {
    for (const waiter of this.#waiters.splice(0)) waiter.resolve();
  }

  fail(error: SessionStoreError): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }
}
