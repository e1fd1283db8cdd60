import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PGlite, Transaction } from '@electric-sql/pglite';
import { SessionStoreError } from '../../errors.ts';
import { parseBigint } from '../rows.ts';
import { lockDataDir, type DataDirLock } from './data-dir-lock.ts';
import { withDeadline } from './deadline.ts';
import { errnoText, unhidden } from '../errno-text.ts';
import { render, type Engine, type Run, type TransactionOptions } from './engine.ts';
import { failureOf } from '../failure.ts';
import { PgliteFolder } from './pglite-folder.ts';
import { makePrivate, privateFolder } from '../private-files.ts';
import type { Runtime } from '../../runtime.ts';

const int8 = 20;

/**
 * A checkpoint frees the log before it, and only afterwards do we make the checkpoint itself safe. So that much more is kept:
 * several times what is written from one to the next.
 */
const keptLog = ['-c', 'wal_keep_size=128MB'];

/**
 * How many files it has open at once: the fewest that PostgreSQL takes. By default it would take 1,000 and believe that it may;
 * at the process's own limit, which it does not know, creating a table fails with "File exists".
 */
const fewFiles = ['-c', 'max_files_per_process=64'];

/** PostgreSQL inside this process, in a folder that no other process has open. */
export class PgliteEngine implements Engine {
  readonly name = 'pglite';
  readonly #database: PGlite;
  readonly #files: PgliteFolder;
  readonly #lock: DataDirLock;
  readonly #queryTimeoutMs: number;
  readonly #runtime: Runtime;
  #closing: Promise<void> | null = null;
  /** The latest call of `makeSafe`, or what became of it; at most one works at a time. */
  #safe: Promise<void> = Promise.resolve();

  private constructor(
    database: PGlite,
    files: PgliteFolder,
    lock: DataDirLock,
    queryTimeoutMs: number,
    runtime: Runtime,
  ) {
    this.#database = database;
    this.#files = files;
    this.#lock = lock;
    this.#queryTimeoutMs = queryTimeoutMs;
    this.#runtime = runtime;
  }

  /** @throws {SessionStoreError} DATA_DIR_LOCKED, DATA_DIR_UNUSABLE */
  static async open(dataDir: string, queryTimeoutMs: number, runtime: Runtime): Promise<PgliteEngine> {
    const folder = resolve(dataDir);
    const lock = await lockDataDir(folder, runtime.nowMs());
    try {
      // Loaded here so that users of a server do not pay for several MB of WebAssembly.
      const { PGlite } = await import('@electric-sql/pglite');
      const path = resolve(folder, 'pglite');
      const startParams = [...PGlite.defaultStartParams, ...keptLog, ...fewFiles];
      const isNew = mkdirSync(path, { recursive: true, mode: privateFolder }) !== undefined;
      const database = await PGlite.create({ dataDir: path, parsers: { [int8]: parseBigint }, startParams });
      // Its first files come with modes of their own. Later ones follow the umask, in folders that are closed.
      if (isNew) makePrivate(path);
      return new PgliteEngine(database, new PgliteFolder(path), lock, queryTimeoutMs, runtime);
    } catch (cause) {
      lock.release();
      const hidden = unhidden(cause);
      throw new SessionStoreError(
        'DATA_DIR_UNUSABLE',
        `The database in ${folder} does not open: ${errnoText(hidden)}.`,
        {
          cause,
        },
      );
    }
  }

  async transact<T>(
    work: (run: Run) => Promise<T>,
    { doing, readOnly = false, timeoutMs = this.#queryTimeoutMs }: TransactionOptions,
  ): Promise<T> {
    try {
      if (this.#closing) throw new SessionStoreError('STORE_CLOSED', `${doing} failed: the store is closed.`);
      const done = this.#database.transaction(async (transaction) => {
        if (readOnly) await transaction.query('set transaction read only');
        return { value: await work(runOn(transaction)) };
      });
      done.catch(() => undefined);
      // A statement cannot be interrupted here, but a transaction that waits behind others can be given up.
      const late = () => timedOut(doing, timeoutMs);
      return (await withDeadline(this.#runtime, timeoutMs, done, late)).value;
    } catch (cause) {
      throw failureOf(doing, behind(cause)).error;
    }
  }

  async vacuum(tables: readonly string[]): Promise<void> {
    try {
      await this.#database.query(`vacuum ${tables.join(', ')}`);
    } catch (cause) {
      throw failureOf('Freeing the room of deleted rows', behind(cause)).error;
    }
  }

  async makeSafe(): Promise<void> {
    if (this.#closing) await this.#closing.catch(() => undefined);
    else this.#safe = this.#safe.catch(() => undefined).then(async () => this.#checkpoint());
    await this.#safe;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#safe.catch(() => undefined);
    try {
      // Which makes a checkpoint.
      const closed = this.#database.close();
      this.#safe = closed.then(async () => this.#files.sync()).catch(failToMakeSafe);
      await this.#safe.catch(() => undefined);
      await closed;
    } finally {
      this.#lock.release();
    }
  }

  /**
   * Nobody else has the database until its files are synced: or pages that were written meanwhile could reach the disk without
   * the log of what changed them, and a power cut would leave them changed by what was never committed.
   */
  async #checkpoint(): Promise<void> {
    const work = async (transaction: Transaction) => {
      await transaction.query('checkpoint');
      await this.#files.sync();
    };
    await this.#database.transaction(work).catch(failToMakeSafe);
  }
}

/** What a failure of its files, by SQLSTATE, comes from. */
const behind = (cause: unknown): unknown =>
  /^(?:5[38]|XX)/.test(String((cause as { code?: unknown } | null)?.code)) ? unhidden(cause) : cause;

function failToMakeSafe(cause: unknown): never {
  throw failureOf('Making the embedded database safe', behind(cause)).error;
}

const runOn =
  (transaction: Transaction): Run =>
  async (query) => {
    const { text, parameters } = render(query);
    return (await transaction.query<Record<string, unknown>>(text, [...parameters])).rows;
  };

const timedOut = (doing: string, timeoutMs: number) =>
  new SessionStoreError('QUERY_TIMEOUT', `${doing} failed: it did not get its turn within ${timeoutMs} ms.`, {
    retryable: true,
  });
