// What recording knows of the spool: one open session's way to the disk. In go the session's records, batch by batch, and how it
// ends; out comes a batch that memory has given up. `PartSpool` does it by way of a `Spool`, which is the log of all sessions.
import type { Batch } from '../batch/collector.ts';
import type { ShedRange } from '../batch/shed-ranges.ts';
import type { SessionEnd } from '../ownership/end-session.ts';
import type { StoreRecord } from '../records.ts';
import type { SpoolEntry } from './spool.ts';

export interface SessionSpool {
  /** Records that the spool has and the database has not. */
  readonly taken: number;
  /** Memory that they would take, estimated. */
  readonly takenMemory: number;
  /** Whether it takes nothing at the moment, so that memory has what comes. */
  readonly isRefusing: boolean;
  /** @param listener called when the spool has taken something: there may be room again */
  onTaken(listener: () => void): void;
  /** @param record that the collector has taken */
  add(record: StoreRecord, memory: number): void;
  addShedRange(range: ShedRange, memory: number): void;
  /** Hands over what is left of the batch; what is added from now on belongs to the next one. */
  cut(): void;
  /** Whether the spool has all of a batch that was cut, so that it can be loaded. */
  has(batch: number): boolean;
  /**
   * A batch that was cut, from the disk.
   *
   * @throws {SessionStoreError} SPOOL_DAMAGED when parts of it are gone; SPOOL_FULL and SPOOL_FAILED are worth another try
   */
  load(batch: number): Promise<Batch>;
  /**
   * Resolves once everything added is as safe as the spool makes it, and can be brought in.
   *
   * @throws {SessionStoreError} why the spool or the database's disk refuses
   */
  durable(): Promise<void>;
  /** The database has this batch, and all before it. */
  committed(batch: number): void;
  /** How the session is to end, for whoever finds it should this process not get as far as telling the database. */
  end(end: SessionEnd): void;
  /** The database knows all that there is to know. */
  finish(): void;
  /**
   * Nothing more is added. What the spool has it keeps.
   *
   * @returns what it has not taken, in order: the only copy
   */
  stop(): readonly SpoolEntry[];
}
