import { Collector, type Batch } from '../batch/collector.ts';
import { ShedRanges, type SheddableRecord } from '../batch/shed-ranges.ts';
import type { ResolvedOptions } from '../options.ts';
import type { QueueRoom } from './queue-room.ts';
import type { SessionCounters, StoreRecord } from '../records.ts';
import type { SessionSpool } from '../spool/session-spool.ts';

/** What becomes of a session's records until they are a batch: taken, or shed when there is no room; cut by count, memory and age. */
export class Intake {
  readonly #options: ResolvedOptions;
  readonly #room: QueueRoom;
  readonly #spool: SessionSpool | null;
  readonly #onDue: () => void;
  readonly #collector = new Collector();
  readonly #shed = new ShedRanges();
  /** Only with `whenFull: 'shed'`: from the moment the queue is full until it is down to its low-water marks. */
  #isShedding = false;
  #cancelAge: (() => void) | null = null;

  /** @param onDue called when a batch should be cut, as it is large or old */
  constructor(options: ResolvedOptions, room: QueueRoom, spool: SessionSpool | null, onDue: () => void) {
    this.#options = options;
    this.#room = room;
    this.#spool = spool;
    this.#onDue = onDue;
  }

  /** Ordinal of the batch that was cut last. */
  get batches(): number {
    return this.#collector.batches;
  }

  counters(): SessionCounters {
    return this.#collector.counters();
  }

  /** @returns whether it was taken @throws {SessionStoreError} RECORD_INVALID */
  acceptRecord(record: StoreRecord): boolean {
    if (record.kind !== 'gap' && this.#mustShed()) {
      this.#drop(record);
      return false;
    }
    const bytes = this.#collector.add(record);
    this.#room.addRecord(bytes);
    if (this.#collector.size >= this.#options.maxRecords || this.#collector.bytes >= this.#options.maxBytes)
      this.#onDue();
    else this.#armAge();
    return true;
  }

  /** Ends the batch and starts the next; `null` when there is nothing in it. */
  cut(): Batch | null {
    this.stop();
    this.#enterShedRanges();
    const batch = this.#collector.cut();
    if (batch) this.#spool?.put(batch);
    return batch;
  }

  /** Nothing becomes due until the next record. */
  stop(): void {
    this.#cancelAge?.();
    this.#cancelAge = null;
  }

  #mustShed(): boolean {
    if (this.#options.whenFull !== 'shed') return false;
    if (!this.#isShedding) {
      this.#isShedding = this.#room.isFull;
    } else if (this.#room.hasRoom) {
      this.#isShedding = false;
      // Before anything is taken again, so that no stored record lies within a shed range.
      this.#enterShedRanges();
    }
    return this.#isShedding;
  }

  #drop(record: SheddableRecord): void {
    this.#collector.shed(record);
    this.#shed.add(record);
    // What was dropped is put on record at the age at which it would have been, also if nothing follows.
    this.#armAge();
  }

  #enterShedRanges(): void {
    for (const range of this.#shed.take()) {
      this.#room.addRecord(this.#collector.addShedRange(range));
    }
  }

  #armAge(): void {
    this.#cancelAge ??= this.#options.runtime.setTimer(this.#options.cutAgeMs, () => {
      this.#cancelAge = null;
      this.#onDue();
    });
  }
}
