import { resolve } from 'node:path';
import type { PGlite, Transaction } from '@electric-sql/pglite';
import { SessionStoreError } from '../errors.ts';
import { parseBigint } from '../rows.ts';
import { lockDataDir, type DataDirLock } from './data-dir-lock.ts';
import { withDeadline } from './deadline.ts';
import { render, type Engine, type Run, type TransactionOptions } from './engine.ts';
import { failureOf } from './failure.ts';
import type { Runtime } from './runtime.ts';

const int8 = 20;

/** PostgreSQL inside this process, in a folder that no other process has open. */
export class PgliteEngine implements Engine {
  readonly name = 'pglite';
  readonly #database: PGlite;
  readonly #lock: DataDirLock;
  readonly #queryTimeoutMs: number;
  readonly #runtime: Runtime;
  #closed = false;

  private constructor(database: PGlite, lock: DataDirLock, queryTimeoutMs: number, runtime: Runtime) {
    this.#database = database;
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
      const database = await PGlite.create({ dataDir: resolve(folder, 'pglite'), parsers: { [int8]: parseBigint } });
      return new PgliteEngine(database, lock, queryTimeoutMs, runtime);
    } catch (cause) {
      lock.release();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SessionStoreError('DATA_DIR_UNUSABLE', `The database in ${folder} does not open: ${reason}.`, {
        cause,
      });
    }
  }

  async transact<T>(
    work: (run: Run) => Promise<T>,
    { doing, readOnly = false, timeoutMs = this.#queryTimeoutMs }: TransactionOptions,
  ): Promise<T> {
    try {
      if (this.#closed) throw new SessionStoreError('STORE_CLOSED', `${doing} failed: the store is closed.`);
      const done = this.#database.transaction(async (transaction) => {
        if (readOnly) await transaction.query('set transaction read only');
        return { value: await work(runOn(transaction)) };
      });
      done.catch(() => undefined);
      // A statement cannot be interrupted here, but a transaction that waits behind others can be given up.
      const late = () => timedOut(doing, timeoutMs);
      return (await withDeadline(this.#runtime, timeoutMs, done, late)).value;
    } catch (cause) {
      throw failureOf(doing, cause).error;
    }
  }

  async vacuum(tables: readonly string[]): Promise<void> {
    try {
      await this.#database.query(`vacuum ${tables.join(', ')}`);
    } catch (cause) {
      throw failureOf('Freeing the room of deleted rows', cause).error;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.#database.close();
    } finally {
      this.#lock.release();
    }
  }
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
