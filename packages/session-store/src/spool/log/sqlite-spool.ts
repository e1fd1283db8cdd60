// The spool on a local disk: a SQLite database in a thread of its own.
//
// What the caller appends is taken at once, counted here, and handed to the thread by a pump: one group at a time, made safe by one
// commit, with all that has come meanwhile in the next one. However slow the disk is, the event loop does not wait for it. What
// was not confirmed is kept here and handed over again; the thread knows by its number what it has.
import type { SessionStoreError } from '../../errors.ts';
import { within } from '../../options.ts';
import { lockDataDir, type DataDirLock } from '../../database/engines/data-dir-lock.ts';
import { syncFolder } from '../../database/sync-folder.ts';
import type { ReadOptions, Spool, SpoolDepth, SpooledSession, SpoolEntry } from '../spool.ts';
import { HeldAcknowledgements } from './held-acknowledgements.ts';
import { spoolClosed, spoolFailure, spoolFull } from './spool-failure.ts';
import { SpoolIndex } from './spool-index.ts';
import { everything } from './spool-row.ts';
import { SpoolThread, type Group } from './spool-thread.ts';
import { refuseOtherVersions } from './spool-version.ts';
import { resolveSpoolOptions, type ResolvedSpoolOptions, type SqliteSpoolOptions } from './sqlite-spool-options.ts';

/** What is asked of a {@link SpoolThread}. */
export type SpoolThreadLike = Pick<SpoolThread, 'ask' | 'end'>;

/** Pause before a commit that failed is tried again by itself. */
const retryAfterMs = 1000;
/** One group, about: the next one waits as long as this takes. */
const maxGroupBytes = 2 ** 20;
/** How long, and how much, acknowledged batches are kept until the database is made safe. */
const makeSafeEveryMs = 10_000;
const maxUnsafeBytes = 32 * 2 ** 20;
/** How long a close frees what is not needed: the next opening goes on. */
const freeAtCloseMs = 1000;

/**
 * Opens the folder's spool, whatever state it is in, and locks it.
 *
 * What is lost when the process dies or the power goes: what was appended during one commit, or two, and nothing that `durable` resolved for.
 *
 * A damaged database is kept as `spool.sqlite.<time>.damaged`, the latest 16 of them, and what can be read of it is taken over.
 *
 * @throws {TypeError | RangeError} on wrong options
 * @throws {SessionStoreError} DATA_DIR_LOCKED, DATA_DIR_UNUSABLE, SPOOL_OF_OTHER_VERSION, or SPOOL_FULL and SPOOL_FAILED
 */
export async function openSqliteSpool(
  options: SqliteSpoolOptions,
  startThread: (folder: string) => SpoolThreadLike = (folder) => new SpoolThread(folder),
): Promise<Spool> {
  const settings = resolveSpoolOptions(options);
  const { folder } = settings;
  const lock = await lockDataDir(folder, settings.runtime.nowMs());
  const thread = startThread(folder);
  try {
    await refuseOtherVersions(folder);
    const opened = await thread.ask('open');
    await syncFolder(folder);
    return new SqliteSpool(settings, lock, thread, new SpoolIndex(opened));
  } catch (cause) {
    await thread.end();
    lock.release();
    throw spoolFailure('Opening the spool', cause);
  }
}

/** What waits for the disk, in the order in which it came. */
type Queued = { readonly place: number; readonly bytes: number; readonly item: Group['items'][number] };

type Waiter = PromiseWithResolvers<void> & { readonly place: number };

class SqliteSpool implements Spool {
  readonly #settings: ResolvedSpoolOptions;
  readonly #lock: DataDirLock;
  readonly #thread: SpoolThreadLike;
  readonly #index: SpoolIndex;
  readonly #held: HeldAcknowledgements | null;
  #queue: Queued[] = [];
  /** What the thread is making safe: the front of all that waits. */
  #writing: readonly Queued[] = [];
  #unwrittenBytes = 0;
  #places = 0;
  /** By session the batch up to which the thread may free everything. */
  #released = new Map<number, number>();
  #mayFree = true;
  #freeUntilMs = Infinity;
  #waiters: Waiter[] = [];
  #failure: SessionStoreError | null = null;
  #pumping: Promise<void> | null = null;
  #cancelRetry: (() => void) | null = null;
  #closing: Promise<void> | null = null;
  #isClosed = false;

  constructor(settings: ResolvedSpoolOptions, lock: DataDirLock, thread: SpoolThreadLike, index: SpoolIndex) {
    this.#settings = settings;
    this.#lock = lock;
    this.#thread = thread;
    this.#index = index;
    const { makeSafe, onUnsafe: onFailure, runtime, maxBytes } = settings;
    this.#held =
      makeSafe &&
      new HeldAcknowledgements({
        runtime,
        everyMs: makeSafeEveryMs,
        maxBytes: Math.min(maxUnsafeBytes, maxBytes / 4),
        makeSafe,
        release: (number, throughBatch) => this.#release(number, throughBatch),
        onFailure,
      });
    this.#wake();
  }

  append(entry: SpoolEntry): void {
    checkEntry(entry, this.#index.find(entry.session)?.lastBatch ?? 0);
    const { session, batch, records, atMs, payload } = entry;
    this.#mustHaveRoom(payload.length);
    if (!this.#index.add(entry)) return;
    const { number } = this.#index.session(session);
    this.#enqueue({ number, session, batch, records, atMs, payload }, payload.length);
  }

  note(session: string, text: string): void {
    checkSession(session);
    this.#mustHaveRoom(text.length);
    const known = this.#index.session(session);
    known.lastNote++;
    this.#enqueue({ number: known.number, session, note: known.lastNote, text }, text.length);
  }

  async durable(): Promise<void> {
    if (this.#writing.length === 0 && this.#queue.length === 0) return;
    if (this.#isClosed) throw spoolClosed();
    if (this.#failure) throw this.#failure;
    const waiter = { ...Promise.withResolvers<void>(), place: this.#places };
    this.#waiters.push(waiter);
    await waiter.promise;
  }

  async read(
    session: string,
    { fromBatch = 0, maxBytes = 1024 * 1024 }: ReadOptions = {},
  ): Promise<readonly SpoolEntry[]> {
    for (let from = fromBatch; ;) {
      const known = this.#index.find(session);
      from = Math.max(from, (known?.acknowledged ?? 0) + 1);
      if (this.#isClosed) throw spoolClosed();
      if (!known || from > known.lastBatch) return [];
      const span = { number: known.number, from, to: known.lastBatch, maxBytes };
      const entries = await this.#reading(this.#thread.ask('read', span));
      const left = entries.filter(({ batch }) => batch > known.acknowledged);
      if (this.#index.find(session) !== known) return [];
      // Nothing, or not all of it was acknowledged meanwhile.
      if (left.length > 0 || entries.length === 0) return left;
    }
  }

  async notes(session: string): Promise<readonly string[]> {
    if (this.#isClosed) throw spoolClosed();
    const known = this.#index.find(session);
    return known ? this.#reading(this.#thread.ask('notes', known.number)) : [];
  }

  acknowledge(session: string, throughBatch: number): void {
    if (this.#closing) throw spoolClosed();
    const known = this.#index.find(session);
    if (!known || throughBatch <= known.acknowledged) return;
    const through = Math.min(throughBatch, everything - 1);
    this.#letGo(known.number, through, this.#index.acknowledge(known, through));
  }

  forget(session: string): void {
    if (this.#closing) throw spoolClosed();
    const known = this.#index.find(session);
    if (!known) return;
    const bytes = this.#index.acknowledge(known, everything);
    this.#index.forget(session);
    this.#letGo(known.number, everything, bytes);
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

  /** @throws {SessionStoreError} */
  #mustHaveRoom(bytes: number): void {
    if (this.#closing) throw spoolClosed();
    if (this.#failure) throw this.#failure;
    if (this.#unwrittenBytes > 0 && this.#unwrittenBytes + bytes > this.#settings.maxUnwrittenBytes) {
      throw spoolFull('the disk is slower than what comes; maxUnwrittenBytes are waiting for it');
    }
    if (this.#index.bytes + (this.#held?.bytes ?? 0) + bytes > this.#settings.maxBytes) {
      this.#held?.hurry();
      throw spoolFull('what is in it has reached maxBytes; see that the database takes it');
    }
  }

  async #reading<Result>(asked: Promise<Result>): Promise<Result> {
    try {
      return await asked;
    } catch (cause) {
      throw spoolFailure('Reading from the spool', cause);
    }
  }

  #letGo(number: number, throughBatch: number, bytes: number): void {
    if (this.#held) this.#held.hold(number, throughBatch, bytes);
    else this.#release(number, throughBatch);
  }

  #release(number: number, throughBatch: number): void {
    this.#released.set(number, Math.max(throughBatch, this.#released.get(number) ?? 0));
    this.#queue = this.#withoutReleased(this.#queue);
    this.#wake();
  }

  /** What nobody needs any more need not be written. */
  #withoutReleased(queue: readonly Queued[]): Queued[] {
    return queue.filter(({ item, bytes }) => {
      const through = this.#released.get(item.number) ?? 0;
      const isNeeded = 'payload' in item ? item.batch > through : through < everything;
      if (!isNeeded) this.#unwrittenBytes -= bytes;
      return isNeeded;
    });
  }

  #enqueue(item: Queued['item'], bytes: number): void {
    this.#queue.push({ place: ++this.#places, bytes, item });
    this.#unwrittenBytes += bytes;
    this.#wake();
  }

  #wake(): void {
    this.#pumping ??= this.#pump();
  }

  /** Never rejects: what goes wrong becomes the failure that callers see. */
  async #pump(): Promise<void> {
    // After the caller's turn: what is appended together is written together.
    await Promise.resolve();
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    try {
      // What makes room goes first.
      if (this.#failure) await this.#free();
      while (this.#queue.length > 0 || this.#hasToFree) await this.#commit(this.#takeGroup());
      this.#failure = null;
    } catch (cause) {
      await this.#fail(spoolFailure('Writing to the spool', cause));
    } finally {
      this.#pumping = null;
    }
    if (!this.#failure) {
      // It came at the very end.
      if (this.#queue.length > 0 || this.#released.size > 0) this.#wake();
    } else if (!this.#closing) {
      this.#cancelRetry = this.#settings.runtime.setTimer(retryAfterMs, () => this.#wake());
    }
  }

  get #hasToFree(): boolean {
    return this.#released.size > 0 || (this.#mayFree && this.#settings.runtime.monotonicMs() < this.#freeUntilMs);
  }

  async #free(): Promise<void> {
    while (this.#hasToFree) await this.#commit([]);
  }

  /** From the front of the queue: as much as makes a group, and one thing at least. */
  #takeGroup(): readonly Queued[] {
    let size = 0;
    const count = this.#queue.findIndex(({ bytes }) => (size += bytes) > maxGroupBytes);
    return this.#queue.splice(0, count < 0 ? this.#queue.length : Math.max(1, count));
  }

  async #commit(writing: readonly Queued[]): Promise<void> {
    const released = this.#released;
    this.#released = new Map();
    this.#writing = writing;
    try {
      this.#mayFree = await this.#thread.ask('commit', { items: writing.map(({ item }) => item), released });
      for (const { bytes } of writing) this.#unwrittenBytes -= bytes;
    } catch (cause) {
      for (const [number, through] of released) {
        this.#released.set(number, Math.max(through, this.#released.get(number) ?? 0));
      }
      this.#queue = this.#withoutReleased([...writing, ...this.#queue]);
      throw cause;
    } finally {
      this.#writing = [];
    }
    this.#settle();
  }

  #settle(): void {
    const next = this.#queue[0]?.place ?? Infinity;
    this.#waiters = this.#waiters.filter((waiter) => {
      if (waiter.place < next) waiter.resolve();
      return waiter.place >= next;
    });
  }

  async #fail(error: SessionStoreError): Promise<void> {
    const isFirst = this.#failure === null;
    this.#failure = error;
    this.#held?.hurry();
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
    if (!isFirst) return;
    try {
      // A full disk takes nothing new, and yet lets go of what it has.
      await this.#free();
    } catch {
      // The next try.
    }
  }

  async #close(): Promise<void> {
    // `#closing` is set only once this has begun; the pump reads it.
    await Promise.resolve();
    await this.#held?.finish();
    await this.#pumping;
    this.#cancelRetry?.();
    this.#freeUntilMs = this.#settings.runtime.monotonicMs() + freeAtCloseMs;
    this.#wake();
    await this.#pumping;
    this.#isClosed = true;
    await this.#thread.end();
    this.#lock.release();
    if (this.#queue.length > 0) throw this.#failure ?? spoolClosed();
  }
}

function checkSession(session: string): void {
  if (typeof session !== 'string' || session === '') throw new TypeError('session must be a text that is not empty.');
}

function checkEntry({ session, batch, records }: SpoolEntry, lastBatch: number): void {
  checkSession(session);
  within('records', records, 0, 2 ** 32 - 1);
  within('batch', batch, lastBatch + 1, everything - 1);
}
