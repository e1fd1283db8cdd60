// The seam between recording and the database: a durable log of each session. In go its batches, one after the other, and notes
// about it; they stay on the disk until the database has them. `log/` is that log on a local disk, `recovery/` what becomes of
// sessions whose process is gone.
//
// It is small enough that a stream server can stand in for the local disk (one subject per session, acknowledged up to a message).
import type { SessionId } from '../records.ts';

/** One batch of one session. */
export interface SpoolEntry {
  readonly session: SessionId;
  /** Its number in the session, from 1. Rises by one; only what was lost on the disk is missing. */
  readonly batch: number;
  /** How many records the payload holds. */
  readonly records: number;
  /** When the oldest of them arrived, ms since the epoch. */
  readonly atMs: number;
  /** Opaque here; `encodeBatch` makes it. */
  readonly payload: string;
}

/** What is not acknowledged. */
export interface SpoolDepth {
  readonly entries: number;
  readonly records: number;
  /** Size of their payloads, in characters. */
  readonly bytes: number;
  /** The smallest `atMs` of the sessions' oldest ones, `null` when there are none. */
  readonly oldestAtMs: number | null;
}

/** A session that was not forgotten. */
export interface SpooledSession {
  readonly session: SessionId;
  /** The latest one that was taken, 0 before the first: also where the disk has lost it. */
  readonly lastBatch: number;
  /** What is not acknowledged. */
  readonly records: number;
}

export interface ReadOptions {
  /** The first batch wanted. @default the oldest */
  readonly fromBatch?: number;
  /** Stops after the entry with which the payloads reach this size; the first entry comes whatever its size. @default 1 MiB */
  readonly maxBytes?: number;
}

/**
 * Takes batches, keeps them until they are acknowledged, gives them back in order.
 *
 * At least once: a batch comes again after a restart when its acknowledgement had not reached the disk. What makes that
 * exactly once is the session's row, which knows the last batch that was committed.
 */
export interface Spool {
  /** Size of the payloads at which it takes no more. */
  readonly maxBytes: number;
  /**
   * Takes a batch. Never waits for the disk.
   *
   * @throws {SessionStoreError} and then it was not taken. SPOOL_FULL when the disk, the quota or the memory for what is not
   *   written yet is full; SPOOL_FAILED when the disk refuses: both `retryable`, as writing is tried again. SPOOL_CLOSED.
   */
  append(entry: SpoolEntry): void;
  /** Keeps a few words about a session until it is forgotten, behind what was appended before. @throws {SessionStoreError} as `append` */
  note(session: SessionId, text: string): void;
  /**
   * Resolves once everything appended and noted before is as safe as the spool makes it.
   *
   * @throws {SessionStoreError} SPOOL_FULL or SPOOL_FAILED when a write fails meanwhile; what was taken is kept and tried
   *   again, so this may be called again. SPOOL_CLOSED.
   */
  durable(): Promise<void>;
  /**
   * A session's unacknowledged batches, in order, as far as they are written: await {@link durable} to see one just appended.
   * What the disk has lost is not among them, and what it gives back is what was written. Empty at the end. Repeatable.
   *
   * @throws {SessionStoreError} SPOOL_FAILED, SPOOL_CLOSED
   */
  read(session: SessionId, options?: ReadOptions): Promise<readonly SpoolEntry[]>;
  /** A session's notes, in order, as far as they are written. @throws {SessionStoreError} as `read` */
  notes(session: SessionId): Promise<readonly string[]>;
  /** The session's batches up to this one are in the database: they are not given back, and their room is freed in time. */
  acknowledge(session: SessionId, throughBatch: number): void;
  /** The batch up to which the session was acknowledged: the database had them. */
  acknowledged(session: SessionId): number;
  /** The database knows all that there is to know of the session: its batches and notes are freed in time. */
  forget(session: SessionId): void;
  depth(): SpoolDepth;
  /** Sessions that were not forgotten, in the order in which they came. */
  sessions(): readonly SpooledSession[];
  /** Makes everything durable and lets go of the disk. Idempotent. @throws {SessionStoreError} as `durable` */
  close(): Promise<void>;
}
