import { resolve } from 'node:path';
import { SessionStoreError } from '../../errors.ts';
import { checkDatabase, refuseForeign } from './data-dir-check.ts';
import { lockDataDir, type DataDirLock } from './data-dir-lock.ts';
import { withDeadline } from './deadline.ts';
import { freeBytes, needRoom, type FreeBytes } from './disk-room.ts';
import { errnoText, unhidden } from '../errno-text.ts';
import { render, type Engine, type Run, type Statement, type TransactionOptions } from './engine.ts';
import { failureOf } from '../failure.ts';
import { transactionMode } from './guard-transaction.ts';
import { makeDatabase } from './make-database.ts';
import { PgliteFolder } from './pglite-folder.ts';
import { PgliteThread } from './pglite-thread.ts';
import type { Runtime } from '../../runtime.ts';

/** What may take as long as there is data, and is ended only because it may never end: opening, closing, checkpoints, vacuum. */
const slowMs = 120_000;
/** What a statement in flight is given at the end. */
const endMs = 5000;

/**
 * PostgreSQL in a thread of this process, in a folder that no other process has open. It does one transaction after the other.
 * A statement that does not end in its time is ended with its thread, and the next transaction opens the database anew.
 */
export class PgliteEngine implements Engine {
  readonly name = 'pglite';
  readonly #folder: string;
  readonly #files: PgliteFolder;
  readonly #lock: DataDirLock;
  readonly #queryTimeoutMs: number;
  readonly #runtime: Runtime;
  readonly #free: FreeBytes;
  #thread: PgliteThread;
  /** The end of the turn that was given last. */
  #lastTurn: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | null = null;
  /** The latest call of `makeSafe`, or what became of it; at most one works at a time. */
  #safe: Promise<void> = Promise.resolve();

  private constructor(
    folder: string,
    thread: PgliteThread,
    lock: DataDirLock,
    queryTimeoutMs: number,
    runtime: Runtime,
    free: FreeBytes,
  ) {
    this.#folder = folder;
    this.#files = new PgliteFolder(folder);
    this.#thread = thread;
    this.#lock = lock;
    this.#queryTimeoutMs = queryTimeoutMs;
    this.#runtime = runtime;
    this.#free = free;
  }

  /**
   * @param free how much room its disk has: only a test says something else than the system
   * @throws {SessionStoreError} DATA_DIR_LOCKED, DATA_DIR_UNUSABLE
   */
  static async open(
    dataDir: string,
    queryTimeoutMs: number,
    runtime: Runtime,
    free: FreeBytes = freeBytes,
  ): Promise<PgliteEngine> {
    const folder = resolve(dataDir);
    const path = resolve(folder, 'pglite');
    let lock: DataDirLock | null = null;
    try {
      refuseForeign(folder);
      lock = await lockDataDir(folder, runtime.nowMs());
      const state = checkDatabase(path);
      // On a full disk it would neither open nor fail.
      await needRoom(folder, 'Opening the embedded database', free);
      if (state === 'absent') await makeDatabase(path, slowMs, runtime);
      const thread = await PgliteThread.open(path, slowMs, runtime);
      return new PgliteEngine(path, thread, lock, queryTimeoutMs, runtime, free);
    } catch (cause) {
      lock?.release();
      throw notOpened(folder, cause);
    }
  }

  async transact<T>(
    work: (run: Run) => Promise<T>,
    { doing, readOnly = false, makesRoom, timeoutMs = this.#queryTimeoutMs }: TransactionOptions,
  ): Promise<T> {
    try {
      if (this.#closing) throw closed(doing);
      let isGivenUp = false;
      const refuseIfGivenUp = () => {
        if (isGivenUp) throw timedOut(doing, timeoutMs);
      };
      const begun = Promise.withResolvers<void>();
      const done = this.#inTurn(async () => {
        const thread = await this.#running(doing);
        begun.resolve();
        if (!readOnly) await needRoom(this.#folder, doing, this.#free, makesRoom);
        const run = async (statement: Statement) => thread.run(statement, timeoutMs);
        const guarded: Run = async (query) => {
          refuseIfGivenUp();
          return run(render(query));
        };
        return inTransaction(run, readOnly, async () => work(guarded));
      });
      done.catch(() => undefined);
      // Its time begins with its turn, on a thread that works: of one that takes too long nobody else hears.
      await Promise.race([begun.promise, done]);
      const late = () => {
        isGivenUp = true;
        return timedOut(doing, timeoutMs);
      };
      return await withDeadline(this.#runtime, timeoutMs, done, late);
    } catch (cause) {
      throw failureOf(doing, behind(cause), readOnly ? 'reading' : 'writing').error;
    }
  }

  async vacuum(tables: readonly string[]): Promise<void> {
    const doing = 'Freeing the room of deleted rows';
    try {
      await this.#alone(doing, `vacuum ${tables.join(', ')}`);
    } catch (cause) {
      throw failureOf(doing, behind(cause)).error;
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
    const cancel = this.#runtime.setTimer(endMs, () => void this.#thread.kill());
    await this.#safe.catch(() => undefined);
    const ended = this.#inTurn(async () => {
      cancel();
      // Which makes a checkpoint. Without one, what was committed is in the log.
      if (!this.#thread.isOver) await this.#thread.close(slowMs);
    });
    this.#safe = ended
      .catch(() => undefined)
      .then(async () => this.#files.sync())
      .catch(failToMakeSafe);
    await this.#safe.catch(() => undefined);
    this.#lock.release();
  }

  /**
   * Nobody else has the database until its files are synced: or pages that were written meanwhile could reach the disk without
   * the log of what changed them, and a power cut would leave them changed by what was never committed.
   */
  async #checkpoint(): Promise<void> {
    const doing = 'Making the embedded database safe';
    await this.#alone(doing, 'checkpoint', async () => this.#files.sync()).catch(failToMakeSafe);
  }

  /** A statement that is no transaction's, and what has to follow it before anything else. */
  async #alone(doing: string, text: string, then: () => Promise<void> = async () => undefined): Promise<void> {
    await this.#inTurn(async () => {
      const thread = await this.#running(doing);
      await needRoom(this.#folder, doing, this.#free, true);
      await thread.run({ text, parameters: [] }, slowMs);
      await then();
    });
  }

  /** Turns come one by one, in the order in which they were asked for. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(work);
    this.#lastTurn = turn.catch(async (cause: unknown) => {
      if (isBroken(cause)) await this.#thread.kill();
    });
    return turn;
  }

  /** The thread, or the next one. What the last one wrote is made safe first, and in order: it may have been in the middle of it. */
  async #running(doing: string): Promise<PgliteThread> {
    if (!this.#thread.isOver) return this.#thread;
    if (this.#closing) throw closed(doing);
    await this.#thread.kill();
    await needRoom(this.#folder, doing, this.#free, true);
    await this.#files.sync();
    try {
      if (checkDatabase(this.#folder) !== 'whole') throw new Error('its files are gone');
      this.#thread = await PgliteThread.open(this.#folder, slowMs, this.#runtime);
      return this.#thread;
    } catch (cause) {
      const text = `${doing} failed: the database in ${this.#folder} does not open again: ${errnoText(unhidden(cause))}.`;
      throw new SessionStoreError('DATABASE_UNREACHABLE', text, { cause, retryable: true });
    }
  }
}

function notOpened(folder: string, cause: unknown): SessionStoreError {
  const said = (why: string) => new SessionStoreError('DATA_DIR_UNUSABLE', why, { cause });
  if (SessionStoreError.isInstance(cause)) {
    if (cause.code !== 'QUERY_TIMEOUT') return cause;
    const late = `nothing was heard of it within ${slowMs / 1000} s, and it was ended`;
    return said(`The database in ${folder} does not open: ${late}. See to its disk, and try again; else ${restore}`);
  }
  const behindIt = unhidden(cause);
  return isOfSystem(behindIt)
    ? said(`The data folder ${folder} cannot be used: ${errnoText(behindIt)}.`)
    : said(
        `The database in ${folder} does not open: ${errnoText(behindIt)}. See to its disk and its settings; else ${restore}`,
      );
}

const isOfSystem = (cause: unknown) => /^E[A-Z]+$/.test(String((cause as { code?: unknown } | null)?.code));

const restore =
  'restore a copy, or move its folder pglite away and a new one is made. What waits in the spool is kept either way.';

async function inTransaction<T>(
  run: (statement: Statement) => Promise<unknown>,
  readOnly: boolean,
  work: () => Promise<T>,
): Promise<T> {
  const say = async (text: string) => run({ text, parameters: [] });
  await say(`begin ${transactionMode(readOnly)}`);
  try {
    const value = await work();
    // What a caller's statement has set must not be there for the next one.
    await say(readOnly ? 'rollback' : 'commit');
    return value;
  } catch (cause) {
    // What cannot be taken back is not kept either: its thread has ended.
    await say('rollback').catch(() => undefined);
    throw cause;
  }
}

/** What a failure of its files, by SQLSTATE, comes from. */
const behind = (cause: unknown): unknown =>
  ofMachine.test(String((cause as { code?: unknown } | null)?.code)) ? unhidden(cause) : cause;

/** SQLSTATE: too little of something, trouble with files, and what should never be. */
const ofMachine = /^(?:5[38]|XX)/;

/** After which nothing of it can be relied on: it found no room or file, or WebAssembly gave up. */
function isBroken(cause: unknown): boolean {
  const { name, code, severity } = (cause ?? {}) as { name?: unknown; code?: unknown; severity?: unknown };
  return name === 'RuntimeError' || severity === 'FATAL' || severity === 'PANIC' || ofMachine.test(String(code));
}

function failToMakeSafe(cause: unknown): never {
  throw failureOf('Making the embedded database safe', behind(cause)).error;
}

const closed = (doing: string) => new SessionStoreError('STORE_CLOSED', `${doing} failed: the store is closed.`);

const timedOut = (doing: string, timeoutMs: number) =>
  new SessionStoreError(
    'QUERY_TIMEOUT',
    `${doing} failed: no answer from the embedded database within ${timeoutMs} ms.`,
    {
      retryable: true,
    },
  );
