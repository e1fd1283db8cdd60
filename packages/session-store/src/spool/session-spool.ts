// What recording knows of the spool: one open session's way to the disk. In go the session's batches, and how it ends; out comes a
// batch that memory has given up. `BatchSpool` does it by way of a `Spool`, which is the log of all sessions.
import type { Batch } from '../batch/collector.ts';
import type { SessionEnd } from '../ownership/end-session.ts';
import type { StreamEnds } from '../batch/stream-ends.ts';
import type { Beginning } from '../ownership/open-session.ts';
import type { SpoolEntry } from './spool.ts';

/** What the spool has not taken of a session, in order: the only copy. */
export type SpoolLeft = { readonly entries: readonly SpoolEntry[]; readonly end: SessionEnd | null };

/** And how far its subscriptions had come, and how it began. */
export type SessionLeft = SpoolLeft & { readonly ends: StreamEnds; readonly beginning: Beginning };

export interface SessionSpool {
  /** Records that the spool has and the database has not. */
  readonly taken: number;
  /** Memory that they would take, estimated. */
  readonly takenMemory: number;
  /** Whether it takes nothing at the moment, so that memory has what comes. */
  readonly isRefusing: boolean;
  /** @param listener called when the spool has taken something: there may be room again */
  onTaken(listener: () => void): void;
  /** @param batch the one behind the last */
  put(batch: Batch): void;
  /** Whether the spool has a batch that was put, so that it can be loaded. */
  has(batch: number): boolean;
  /**
   * Batches that were put, from the disk.
   *
   * @throws {SessionStoreError} SPOOL_DAMAGED when one of them is gone; SPOOL_FULL and SPOOL_FAILED are worth another try
   */
  load(firstBatch: number, lastBatch: number): Promise<readonly Batch[]>;
  /**
   * Resolves once everything that was put is as safe as the spool makes it, and can be brought in.
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
  /** Nothing more is put. What the spool has it keeps. @returns what it has not taken */
  stop(): SpoolLeft;
}
