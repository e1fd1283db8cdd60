// The embedded database's thread as the engine sees it: statements go to it, and what does not answer in time is ended.
import { Worker } from 'node:worker_threads';
import type { PGliteOptions } from '@electric-sql/pglite';
import { SessionStoreError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import type { Row, Statement } from './engine.ts';

/** A `WebAssembly.Module`, which not all of TypeScript's libraries know. */
export type CompiledPglite = NonNullable<PGliteOptions['pgliteWasmModule']>;

/** What a thread begins with: the database's folder, and PGlite's code if this process has compiled it before. */
export type PgliteOpening = { readonly folder: string; readonly compiled: CompiledPglite | undefined };

/** A statement under a number, or `null` for the database's own end. */
export type PgliteOrder = { readonly id: number; readonly statement: Statement | null };

type PgliteFailure = {
  readonly name: unknown;
  readonly code: unknown;
  readonly severity: unknown;
  readonly message: string;
};

/** Of an order; 0 is the number of the opening. */
export type PgliteAnswer =
  | { readonly id: number; readonly rows: readonly object[] }
  | { readonly id: number; readonly failure: PgliteFailure };

/** Beside this file, as a source and as a part of the package. */
const program = new URL(import.meta.url.endsWith('.ts') ? './pglite-worker.ts' : './pglite-worker.js', import.meta.url);

type Waiting = { readonly settle: (answer: PgliteAnswer) => void; readonly fail: (error: SessionStoreError) => void };

let compiled: CompiledPglite | undefined;

/** Whoever records to a server need not have it. */
function mustBeInstalled(): void {
  try {
    import.meta.resolve('@electric-sql/pglite');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') return;
    throw new SessionStoreError(
      'EMBEDDED_DATABASE_MISSING',
      'A database in a folder needs the package @electric-sql/pglite, which is not installed. Install it, or give the url of a PostgreSQL server.',
      { cause },
    );
  }
}

export class PgliteThread {
  readonly #worker: Worker;
  readonly #runtime: Runtime;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #lastId = 0;
  #end: SessionStoreError | null = null;

  private constructor(folder: string, runtime: Runtime) {
    this.#runtime = runtime;
    // None of this process's flags: what they load is nothing to this thread.
    const workerData: PgliteOpening = { folder, compiled };
    this.#worker = new Worker(program, { workerData, execArgv: [], name: 'embedded database' });
    // Like a database without a thread, it keeps no process alive that does not wait for it.
    this.#worker.unref();
    this.#worker.on('message', (answer: PgliteAnswer) => this.#waiting.get(answer.id)?.settle(answer));
    this.#worker.on('error', (cause) => this.#over(ended(cause)));
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#over(ended());
        resolve();
      });
    });
  }

  /**
   * @throws what the database says, as it says it; {@link SessionStoreError} EMBEDDED_DATABASE_MISSING, or QUERY_TIMEOUT when it says nothing
   *   in time
   */
  static async open(folder: string, timeoutMs: number, runtime: Runtime): Promise<PgliteThread> {
    mustBeInstalled();
    const thread = new PgliteThread(folder, runtime);
    try {
      const [opened] = (await thread.#answer(0, timeoutMs)) as readonly [Pick<PgliteOpening, 'compiled'>];
      ({ compiled } = opened);
      return thread;
    } catch (cause) {
      await thread.kill();
      throw cause;
    }
  }

  /** Whether nothing can be asked of it any more. */
  get isOver(): boolean {
    return this.#end !== null;
  }

  /** @throws what the database says, as it says it; {@link SessionStoreError} when its thread has ended, or is ended because it is late */
  async run(statement: Statement, timeoutMs: number): Promise<readonly Row[]> {
    return (await this.#order(statement, timeoutMs)) as readonly Row[];
  }

  /** Ends the database, which makes a checkpoint, and its thread. @throws as {@link run} */
  async close(timeoutMs: number): Promise<void> {
    try {
      await this.#order(null, timeoutMs);
    } finally {
      await this.kill();
    }
  }

  /** Ends it wherever it is. Resolves once it cannot touch its files any more. */
  async kill(error = ended()): Promise<void> {
    this.#over(error);
    await this.#worker.terminate();
    await this.#exited;
  }

  async #order(statement: Statement | null, timeoutMs: number): Promise<readonly object[]> {
    if (this.#end) throw this.#end;
    const id = ++this.#lastId;
    // First, as it throws for a parameter that no thread can be given.
    this.#worker.postMessage({ id, statement } satisfies PgliteOrder);
    return this.#answer(id, timeoutMs);
  }

  #answer(id: number, timeoutMs: number): Promise<readonly object[]> {
    return new Promise((resolve, reject) => {
      const cancel = this.#runtime.setTimer(timeoutMs, () => void this.kill(late(timeoutMs)));
      const done = () => {
        cancel();
        this.#waiting.delete(id);
        if (this.#waiting.size === 0) this.#worker.unref();
      };
      this.#worker.ref();
      this.#waiting.set(id, {
        settle: (answer) => {
          done();
          if ('rows' in answer) resolve(answer.rows);
          else reject(Object.assign(new Error(answer.failure.message), answer.failure));
        },
        fail: (error) => {
          done();
          reject(error);
        },
      });
    });
  }

  #over(error: SessionStoreError): void {
    this.#end ??= error;
    for (const { fail } of this.#waiting.values()) fail(this.#end);
  }
}

const again = 'It is opened anew.';

const ended = (cause?: unknown) =>
  new SessionStoreError('DATABASE_UNREACHABLE', `The embedded database ended unexpectedly. ${again}`, {
    ...(cause !== undefined && { cause }),
    retryable: true,
  });

const late = (timeoutMs: number) =>
  new SessionStoreError('QUERY_TIMEOUT', `The embedded database did not answer within ${timeoutMs} ms. ${again}`, {
    retryable: true,
  });
