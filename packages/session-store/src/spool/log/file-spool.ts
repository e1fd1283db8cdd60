// The spool on a local disk: a log in segments, which are written to in one place and removed whole.
//
// What the caller appends is taken at once and written by a pump: one write, one sync at a time, in Node's thread pool, with
// all that has come meanwhile in the next one. However slow the disk is, the event loop does not wait for it. What a failed
// write or sync leaves unsure is kept in memory and written again.
//
// Files rather than SQLite because of that: `node:sqlite` commits on the event loop, and a commit that syncs waits for the disk.
// With another program writing to the disk, commits of 500 records took 97 ms at worst there, and 0.8 ms here.
import { randomInt } from 'node:crypto';
import type { Hole } from './continuity.ts';
import { encodeBlock, type BlockContent } from './log-block.ts';
import { SpoolIndex } from './spool-index.ts';
import type { SessionStoreError } from '../../errors.ts';
import { within } from '../../options.ts';
import type {
  ReadOptions,
  Spool,
  SpoolDamage,
  SpoolDepth,
  SpooledEntry,
  SpooledSession,
  SpoolEntry,
} from '../spool.ts';
import { lockDataDir, type DataDirLock } from '../../database/engines/data-dir-lock.ts';
import { resolveSpoolOptions, type FileSpoolOptions, type ResolvedSpoolOptions } from './file-spool-options.ts';
import { HeldAcknowledgements } from './held-acknowledgements.ts';
import { damageOf, recoverSegments, type Recovered } from './recover-segments.ts';
import { SegmentReader } from './segment-reader.ts';
import { SegmentedLog, type BlockPlace } from './segmented-log.ts';
import { spoolClosed, spoolFailure, spoolFull } from './spool-failure.ts';
import { SpoolMark } from './spool-mark.ts';

/** Pause before a write that failed is tried again by itself. */
const retryAfterMs = 1000;
/** One write, at most: the buffer is one copy, made on the event loop. */
const maxWriteBytes = 1024 * 1024;
/** How long, and how much, acknowledged entries are kept until the database is made safe. */
const makeSafeEveryMs = 10_000;
const maxUnsafeBytes = 32 * 2 ** 20;

/**
 * Opens the folder's log, whatever state it is in, and locks it.
 *
 * What is lost, when the process dies: what was appended and is not written, which is at most what came during one write or
 * sync of the disk. When the power goes or the system dies: what is not synced, which is that and `syncEveryMs` more.
 * Nothing of either that `durable` resolved for; with `syncEveryMs: null` that is true of the process only.
 *
 * A damaged file is copied to `<name>.damaged` before it is used up. Those copies are for people: the latest 16 of them are kept.
 *
 * @throws {TypeError | RangeError} on wrong options
 * @throws {SessionStoreError} DATA_DIR_LOCKED, DATA_DIR_UNUSABLE, or SPOOL_FAILED when the files cannot be read
 */
export async function openFileSpool(options: FileSpoolOptions): Promise<Spool> {
  const settings = resolveSpoolOptions(options);
  const lock = await lockDataDir(settings.folder, settings.runtime.nowMs());
  let mark: SpoolMark | null = null;
  try {
    mark = await SpoolMark.open(settings.folder);
    const index = new SpoolIndex();
    const recovered = await recoverSegments(settings.folder, mark.found, index);
    for (const hole of recovered.damage) settings.onDamage(hole);
    const log = new SegmentedLog(settings.folder, settings.segmentBytes, recovered, mark, index);
    return new FileSpool(settings, lock, log, index, recovered);
  } catch (cause) {
    await mark?.close();
    lock.release();
    throw spoolFailure('Opening the spool', cause);
  }
}

type Queued = BlockPlace & { readonly bytes: Uint8Array };

type Waiter = PromiseWithResolvers<void> & { readonly position: number };

class FileSpool implements Spool {
  readonly #settings: ResolvedSpoolOptions;
  readonly #lock: DataDirLock;
  readonly #log: SegmentedLog;
  readonly #index: SpoolIndex;
  readonly #reader: SegmentReader;
  readonly #held: HeldAcknowledgements | null;
  /** Nobody who was here before knows it, and no record can hold it. */
  readonly #salt = randomInt(1, 2 ** 32);
  readonly #reported: SpoolDamage[];
  #next: number;
  /** Taken and not written. */
  #queue: Queued[] = [];
  #queuedBytes = 0;
  /** Written and not synced: written again should the sync fail. */
  #unsynced: Queued[] = [];
  #unsyncedSinceMs = 0;
  /** The number of the first block that was needed at the opening. */
  readonly #front: number;
  /** The last number that is as safe as it gets. */
  #durable: number;
  #waiters: Waiter[] = [];
  #failure: SessionStoreError | null = null;
  #pumping: Promise<void> | null = null;
  #cancelTimer: (() => void) | null = null;
  #mustReclaim = true;
  #closing: Promise<void> | null = null;
  #isClosed = false;

  constructor(
    settings: ResolvedSpoolOptions,
    lock: DataDirLock,
    log: SegmentedLog,
    index: SpoolIndex,
    recovered: Recovered,
  ) {
    this.#settings = settings;
    this.#lock = lock;
    this.#log = log;
    this.#index = index;
    this.#reported = [...recovered.damage];
    this.#front = recovered.front;
    this.#next = recovered.next;
    this.#durable = recovered.next - 1;
    this.#reader = new SegmentReader(settings.folder, (hole) => this.#seeHole(hole));
    const { makeSafe, onUnsafe: onFailure, runtime, maxBytes } = settings;
    this.#held =
      makeSafe &&
      new HeldAcknowledgements({
        runtime,
        everyMs: makeSafeEveryMs,
        maxBytes: Math.min(maxUnsafeBytes, maxBytes / 4),
        makeSafe,
        release: (session, batch) => this.#release(session, batch),
        onFailure,
      });
    this.#wake();
  }

  append(entry: SpoolEntry): number {
    if (this.#closing) throw spoolClosed();
    checkEntry(entry, this.#index.lastBatch(entry.session));
    if (this.#failure) throw this.#failure;
    const size = entry.payload.length + 100;
    if (this.#queuedBytes > 0 && this.#queuedBytes + size > this.#settings.maxUnwrittenBytes) {
      throw spoolFull('the disk is slower than what comes; maxUnwrittenBytes are waiting for it');
    }
    if (this.#log.bytes + this.#queuedBytes + size > this.#settings.maxBytes) {
      this.#held?.hurry();
      throw spoolFull('its files have reached maxBytes; see that the database takes what is in them');
    }
    const position = this.#enqueue({ kind: 'entry', ...entry }, entry.batch);
    this.#index.add(entry);
    return position;
  }

  async durable(upTo?: number): Promise<void> {
    const position = Math.min(upTo ?? Infinity, this.#next - 1);
    if (position <= this.#durable) return;
    if (this.#isClosed) throw spoolClosed();
    if (this.#failure) throw this.#failure;
    const waiter = { ...Promise.withResolvers<void>(), position };
    this.#waiters.push(waiter);
    await waiter.promise;
  }

  async read({ from = 0, maxBytes = 1024 * 1024 }: ReadOptions = {}): Promise<readonly SpooledEntry[]> {
    if (this.#isClosed) throw spoolClosed();
    try {
      const isWanted = ({ session, batch }: SpoolEntry) => !this.#index.isAcknowledged(session, batch);
      return await this.#reader.read(this.#log.segments, Math.max(from, this.#front), maxBytes, isWanted);
    } catch (cause) {
      throw spoolFailure('Reading from the spool', cause);
    }
  }

  acknowledge(session: string, throughBatch: number): void {
    if (this.#closing) throw spoolClosed();
    if (this.#index.isAcknowledged(session, throughBatch)) return;
    const bytes = this.#index.acknowledge(session, throughBatch);
    if (this.#held) this.#held.hold(session, throughBatch, bytes);
    else this.#release(session, throughBatch);
  }

  depth(): SpoolDepth {
    return this.#index.depth();
  }

  sessions(): readonly SpooledSession[] {
    return this.#index.sessions();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #release(session: string, throughBatch: number): void {
    this.#index.release(session, throughBatch);
    this.#mustReclaim = true;
    this.#enqueue({ kind: 'acknowledged', session, batch: throughBatch }, 0);
  }

  /** Nothing in the files is needed any more. */
  get #isDone(): boolean {
    return this.#index.depth().entries === 0 && (this.#held?.isEmpty ?? true);
  }

  #enqueue(content: BlockContent, batch: number): number {
    const number = this.#next++;
    const bytes = encodeBlock(number, content, this.#salt);
    this.#queue.push({ number, session: content.session, batch, bytes });
    this.#queuedBytes += bytes.length;
    this.#wake();
    return number;
  }

  #wake(): void {
    this.#pumping ??= this.#pump();
  }

  /** Never rejects: what goes wrong becomes the failure that callers see. */
  async #pump(): Promise<void> {
    // After the caller's turn: entries that are appended together are written together.
    await Promise.resolve();
    try {
      for (let isBusy = true; isBusy;) isBusy = await this.#step();
      this.#failure = null;
    } catch (cause) {
      this.#fail(spoolFailure('Writing to the spool', cause));
    } finally {
      this.#pumping = null;
    }
    this.#setTimer();
  }

  async #step(): Promise<boolean> {
    if (this.#mustReclaim) {
      this.#mustReclaim = false;
      await this.#reclaim();
      return true;
    }
    if (this.#isSyncDue()) {
      await this.#sync();
      return true;
    }
    if (this.#queue.length === 0) return false;
    await this.#write();
    return true;
  }

  async #reclaim(): Promise<void> {
    // The segment in use goes only where its room is needed, or it would be made anew all the time.
    await this.#log.reclaim(this.#isDone && (this.#failure !== null || this.#closing !== null));
    if (!this.#isDone || this.#log.segments.length > 0) return;
    // What is left are acknowledgements of entries that are gone.
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#unsynced = [];
    const next = this.#next;
    await this.#log.skipTo(next);
    this.#settle(next - 1);
  }

  async #write(): Promise<void> {
    if (this.#log.room === 0) await this.#endSegment();
    const blocks = this.#firstOfQueue(Math.min(maxWriteBytes, this.#log.room));
    await this.#log.write(blocks, this.#salt);
    this.#queue.splice(0, blocks.length);
    for (const { bytes } of blocks) this.#queuedBytes -= bytes.length;
    if (this.#settings.syncEveryMs !== null) {
      if (this.#unsynced.length === 0) this.#unsyncedSinceMs = this.#settings.runtime.monotonicMs();
      this.#unsynced.push(...blocks);
    }
    await this.#log.writeMark();
    if (this.#settings.syncEveryMs === null) this.#settle(blocks.at(-1)!.number);
  }

  /** As many blocks as have `maxBytes` in all, and one at least. */
  #firstOfQueue(maxBytes: number): readonly Queued[] {
    let size = 0;
    const count = this.#queue.findIndex(({ bytes }) => (size += bytes.length) > maxBytes);
    return this.#queue.slice(0, count < 0 ? this.#queue.length : Math.max(1, count));
  }

  #isSyncDue(): boolean {
    const { syncEveryMs, runtime } = this.#settings;
    if (this.#unsynced.length === 0 || syncEveryMs === null) return false;
    if (this.#closing && this.#queue.length === 0) return true;
    return runtime.monotonicMs() - this.#unsyncedSinceMs >= syncEveryMs;
  }

  async #sync(): Promise<void> {
    const last = this.#unsynced.at(-1);
    try {
      await this.#log.sync();
    } catch (cause) {
      // The system may have dropped what it could not write, and call the next sync a success. So all of it is written once more,
      // behind what is there; whoever reads both takes the first.
      this.#queue = [...this.#unsynced, ...this.#queue];
      for (const { bytes } of this.#unsynced) this.#queuedBytes += bytes.length;
      this.#unsynced = [];
      throw cause;
    }
    this.#unsynced = [];
    if (last) this.#settle(last.number);
  }

  async #endSegment(): Promise<void> {
    if (this.#unsynced.length > 0) await this.#sync();
    await this.#log.endActive();
    this.#mustReclaim = true;
  }

  /** A hole that reading came upon: reported once, be it found when opening or now. */
  #seeHole(hole: Hole): void {
    const isWithin = ({ firstPosition, lastPosition }: SpoolDamage) =>
      firstPosition <= hole.first && hole.last <= (lastPosition ?? 0);
    if (this.#reported.some(isWithin)) return;
    const damage = damageOf(hole, null);
    this.#reported.push(damage);
    this.#settings.onDamage(damage);
  }

  #settle(number: number): void {
    this.#durable = number;
    this.#waiters = this.#waiters.filter((waiter) => {
      if (waiter.position <= number) waiter.resolve();
      return waiter.position > number;
    });
  }

  #fail(error: SessionStoreError): void {
    this.#failure = error;
    // Freeing what is acknowledged may be what makes room.
    this.#mustReclaim = true;
    this.#held?.hurry();
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  #setTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const { runtime, syncEveryMs } = this.#settings;
    if (this.#closing) return;
    if (this.#failure) this.#cancelTimer = runtime.setTimer(retryAfterMs, () => this.#wake());
    else if (this.#queue.length > 0 || this.#mustReclaim) this.#wake();
    else if (this.#unsynced.length > 0 && syncEveryMs !== null) {
      const delayMs = Math.max(0, this.#unsyncedSinceMs + syncEveryMs - runtime.monotonicMs());
      this.#cancelTimer = runtime.setTimer(Math.ceil(delayMs), () => this.#wake());
    }
  }

  async #close(): Promise<void> {
    // `#closing` is set only once this has begun; the pump reads it.
    await Promise.resolve();
    await this.#held?.finish();
    await this.#pumping;
    this.#cancelTimer?.();
    this.#mustReclaim = true;
    this.#wake();
    await this.#pumping;
    const failure = this.#failure;
    try {
      await this.#log.close();
    } finally {
      this.#isClosed = true;
      this.#lock.release();
      for (const waiter of this.#waiters.splice(0)) waiter.reject(spoolClosed());
    }
    if (failure) throw failure;
  }
}

function checkEntry({ session, batch, records }: SpoolEntry, lastBatch: number): void {
  if (session === '') throw new TypeError('session must not be empty.');
  within('records', records, 0, 2 ** 32 - 1);
  within('batch', batch, Math.max(1, lastBatch), Number.MAX_SAFE_INTEGER);
}
