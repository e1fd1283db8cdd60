import type { Collector } from '../batch/collector.ts';
import type { SessionStoreError } from '../errors.ts';
import type { ResolvedOptions } from '../options.ts';
import type { SessionSpool } from '../spool/session-spool.ts';

type Marks = Pick<
  ResolvedOptions,
  'whenFull' | 'highWaterRecords' | 'highWaterBytes' | 'lowWaterRecords' | 'lowWaterBytes'
>;

/** All that was taken. */
type Taken = Pick<Collector, 'totalRecords' | 'totalBytes'>;

/** What a session's spool has taken: it takes no room in memory. */
type TakenBySpool = Pick<SessionSpool, 'taken' | 'takenMemory'>;

/** How many records of a session wait, against its marks; and who waits for room. */
export class QueueRoom {
  readonly #marks: Marks;
  readonly #taken: Taken;
  readonly #spool: TakenBySpool | null;
  #committed = 0;
  #committedBytes = 0;
  #isShut = false;
  #waiters: PromiseWithResolvers<void>[] = [];

  constructor(marks: Marks, taken: Taken, spool: TakenBySpool | null) {
    this.#marks = marks;
    this.#taken = taken;
    this.#spool = spool;
  }

  /** Appended and not committed. */
  get uncommitted(): number {
    return this.#taken.totalRecords - this.#committed;
  }

  /** Neither committed nor in the spool. */
  get records(): number {
    return this.uncommitted - (this.#spool?.taken ?? 0);
  }

  /** The memory that those take, estimated. */
  get bytes(): number {
    return this.#taken.totalBytes - this.#committedBytes - (this.#spool?.takenMemory ?? 0);
  }

  /** Above a high-water mark. */
  get isFull(): boolean {
    return this.records > this.#marks.highWaterRecords || this.bytes > this.#marks.highWaterBytes;
  }

  /** Down to both low-water marks. */
  get hasRoom(): boolean {
    return this.records <= this.#marks.lowWaterRecords && this.bytes <= this.#marks.lowWaterBytes;
  }

  /** Whether what comes now is shed: from the moment the queue is full until it is down to its low-water marks. */
  mustShed(): boolean {
    if (this.#marks.whenFull !== 'shed') return false;
    this.#isShut = this.#isShut ? !this.hasRoom : this.isFull;
    return this.#isShut;
  }

  committed({ records, bytes }: { readonly records: number; readonly bytes: number }): void {
    this.#committed += records;
    this.#committedBytes += bytes;
  }

  /** Resolves where there is room, otherwise with the next `release` that finds some, or the next `open`. */
  async wait(): Promise<void> {
    if (this.hasRoom) return;
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
