// The seam between recording and the database: a durable ordered log. In go entries of all sessions; they stay on the disk until the
// database has them, and come out in the same order. `log/` is that log in files, `encoding/` the bytes of an entry, `recovery/` what
// becomes of entries whose process is gone.
//
// It is small enough that a stream server can stand in for the local disk (one subject per session, acknowledged up to a message).
import type { SessionId } from '../records.ts';

/** One part of one batch of one session, as it goes in. */
export interface SpoolEntry {
  readonly session: SessionId;
  /** Which batch of the session it belongs to, from 1. Never falls within a session. */
  readonly batch: number;
  /** How many records the payload holds. */
  readonly records: number;
  /** When the oldest of them arrived, ms since the epoch. */
  readonly atMs: number;
  /** Opaque here; `PartEncoder` makes it. Belongs to the spool from now on. */
  readonly payload: Uint8Array;
}

/** An entry as it comes out. */
export interface SpooledEntry extends SpoolEntry {
  /** Its place in the log: rises with every entry, not always by one. */
  readonly position: number;
}

/** What is not acknowledged. */
export interface SpoolDepth {
  readonly entries: number;
  readonly records: number;
  /** Size of their payloads. */
  readonly bytes: number;
  /** The smallest `atMs` among them, `null` when there are none. */
  readonly oldestAtMs: number | null;
}

/** What one session has that is not acknowledged. */
export interface SpooledSession {
  readonly session: SessionId;
  readonly firstBatch: number;
  readonly lastBatch: number;
  readonly entries: number;
  readonly records: number;
}

/** Where the log was found broken. Whatever is left is in order and intact. */
export interface SpoolDamage {
  /**
   * - `unfinished`: the end of a write that never came to its end. Nothing of it was ever reported durable.
   * - `damaged`: bytes that are not what was written.
   * - `missing`: bytes that are not there any more.
   */
  readonly reason: 'unfinished' | 'damaged' | 'missing';
  /** Bytes cut out of the log; 0 for what is missing. */
  readonly bytes: number;
  /** The first position without its entry. */
  readonly firstPosition: number;
  /** The last one; `null` where nobody knows how far an unfinished write was to go. */
  readonly lastPosition: number | null;
  /** The entry before the hole, and the one behind it: the sessions and times that the ledger can name. */
  readonly before: SpoolNeighbour | null;
  readonly after: SpoolNeighbour | null;
  /** The file that keeps the damaged bytes; `null` when there are none worth keeping. */
  readonly keptAs: string | null;
}

export type SpoolNeighbour = { readonly session: SessionId; readonly batch: number; readonly atMs: number };

export interface ReadOptions {
  /** The first position wanted. @default the oldest */
  readonly from?: number;
  /** Stops after the entry with which the payloads reach this size; the first entry comes whatever its size. @default 1 MiB */
  readonly maxBytes?: number;
}

/**
 * Takes entries, keeps them until they are acknowledged, gives them back in order.
 *
 * At least once: an entry comes again after a restart when its acknowledgement had not reached the disk. What makes that
 * exactly once is the session's row, which knows the last batch that was committed.
 */
export interface Spool {
  /**
   * Takes an entry. Never waits for the disk.
   *
   * @returns its position
   * @throws {SessionStoreError} and then the entry was not taken. SPOOL_FULL when the disk, the quota or the memory for what
   *   is not written yet is full; SPOOL_FAILED when the disk refuses: both `retryable`, as writing is tried again. SPOOL_CLOSED.
   */
  append(entry: SpoolEntry): number;
  /**
   * Resolves once everything up to `position` is as safe as the spool makes it.
   *
   * @param position of an entry. @default the last one appended
   * @throws {SessionStoreError} SPOOL_FULL or SPOOL_FAILED when a write fails meanwhile; what was appended is kept and tried
   *   again, so this may be called again. SPOOL_CLOSED.
   */
  durable(position?: number): Promise<void>;
  /**
   * Unacknowledged entries in order, of all sessions, as far as they are written: await {@link durable} to see one just
   * appended. Empty at the end. Repeatable.
   *
   * @throws {SessionStoreError} SPOOL_FAILED, SPOOL_CLOSED
   */
  read(options?: ReadOptions): Promise<readonly SpooledEntry[]>;
  /**
   * The session's batches up to this one are in the database: their entries are not given back, also when they come only later,
   * and their room is freed in time. @throws {SessionStoreError} SPOOL_CLOSED
   */
  acknowledge(session: SessionId, throughBatch: number): void;
  depth(): SpoolDepth;
  /** Sessions with unacknowledged entries, in the order of their oldest. */
  sessions(): readonly SpooledSession[];
  /** Makes everything durable and lets go of the disk. Idempotent. @throws {SessionStoreError} as `durable` */
  close(): Promise<void>;
}
