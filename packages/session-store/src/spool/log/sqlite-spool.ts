// The spool on a local disk: a SQLite database in a thread of its own. What the caller appends is taken at once, counted here, and
// committed there: however slow the disk is, the event loop does not wait for it.
import { within } from '../../resolve-options.ts';
import { lockDataDir, type DataDirLock } from '../../database/engines/data-dir-lock.ts';
import { syncFolder } from '../../database/sync-folder.ts';
import type { ReadOptions, Spool, SpoolDepth, SpooledSession, SpoolEntry } from '../spool.ts';
import { CommitQueue, type SpoolThreadLike } from './commit-queue.ts';
import { HeldAcknowledgements } from './held-acknowledgements.ts';
import { spoolClosed, spoolFailure, spoolFull } from './spool-failure.ts';
import { SpoolIndex } from './spool-index.ts';
import { everything } from './spool-row.ts';
import { SpoolThread, type Opened } from './spool-thread.ts';
import { refuseOtherVersions } from './spool-version.ts';
import { resolveSpoolOptions, type ResolvedSpoolOptions, type SqliteSpoolOptions } from './sqlite-spool-options.ts';

/** How long, and how much, acknowledged batches are kept until the database is made safe. */
const makeSafeEveryMs = 10_000;
const maxUnsafeBytes = 32 * 2 ** 20;

/**
 * Opens the folder's spool, whatever state it is in, and locks it.
 *
 * What is lost when the process dies or the power goes: what was appended during a commit or two, and nothing that `durable`
 * resolved for.
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
    return new SqliteSpool(settings, lock, thread, opened);
  } catch (cause) {
    await thread.end();
    lock.release();
    throw spoolFailure('Opening the spool', cause);
  }
}

class SqliteSpool implements Spool {
  readonly #settings: ResolvedSpoolOptions;
  readonly #lock: DataDirLock;
  readonly #thread: SpoolThreadLike;
  readonly #index: SpoolIndex;
  readonly #queue: CommitQueue;
  readonly #held: HeldAcknowledgements | null;
  #closing: Promise<void> | null = null;
  #isClosed = false;

  constructor(settings: ResolvedSpoolOptions, lock: DataDirLock, thread: SpoolThreadLike, opened: Opened) {
    const { makeSafe, onUnsafe: onFailure, runtime, maxBytes } = settings;
    this.#settings = settings;
    this.#lock = lock;
    this.#thread = thread;
    this.#index = new SpoolIndex(opened);
    this.#queue = new CommitQueue(thread, runtime, () => this.#held?.hurry());
    this.#held =
      makeSafe &&
      new HeldAcknowledgements({
        runtime,
        everyMs: makeSafeEveryMs,
        maxBytes: Math.min(maxUnsafeBytes, maxBytes / 4),
        makeSafe,
        release: (number, throughBatch) => this.#queue.release(number, throughBatch),
        onFailure,
      });
  }

  get maxBytes(): number {
    return this.#settings.maxBytes;
  }

  append(entry: SpoolEntry): void {
    checkEntry(entry, this.#index.find(entry.session)?.lastBatch ?? 0);
    const { session, batch, records, atMs, payload } = entry;
    this.#mustHaveRoom(payload.length);
    if (!this.#index.add(entry)) return;
    const { number } = this.#index.session(session);
    this.#queue.add({ number, session, batch, records, atMs, payload });
  }

  note(session: string, text: string): void {
    checkSession(session);
    this.#mustHaveRoom(text.length);
    const known = this.#index.session(session);
    known.lastNote++;
    this.#queue.add({ number: known.number, session, note: known.lastNote, text });
  }

  async durable(): Promise<void> {
    await this.#queue.durable();
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

  acknowledged(session: string): number {
    return this.#index.find(session)?.acknowledged ?? 0;
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
    const { failure, bytes: unwritten } = this.#queue;
    if (failure) throw failure;
    if (unwritten > 0 && unwritten + bytes > this.#settings.maxUnwrittenBytes) {
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
    else this.#queue.release(number, throughBatch);
  }

  async #close(): Promise<void> {
    // `#closing` is set only once this has begun.
    await Promise.resolve();
    await this.#held?.finish();
    try {
      await this.#queue.close();
    } finally {
      this.#isClosed = true;
      await this.#thread.end();
      this.#lock.release();
    }
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
