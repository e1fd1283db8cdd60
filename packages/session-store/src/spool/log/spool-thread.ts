// The log's thread as the main thread sees it: one that died is started anew by whatever is asked next.
import { Worker } from 'node:worker_threads';
import type { SpoolEntry } from '../spool.ts';

/** Of a session: its number in the spool says which. */
type NumberedBatch = SpoolEntry & { readonly number: number };
type NumberedNote = {
  readonly number: number;
  readonly session: string;
  readonly note: number;
  readonly text: string;
};

/** What becomes safe together. It may come again, in part or whole. */
export type Group = {
  readonly items: readonly (NumberedBatch | NumberedNote)[];
  /** By session: the batch up to which nothing is needed any more. */
  readonly released: ReadonlyMap<number, number>;
};

/** Batches of one session. */
export type Span = { readonly number: number; readonly from: number; readonly to: number; readonly maxBytes: number };

export type FoundBatch = {
  readonly batch: number;
  readonly records: number;
  readonly atMs: number;
  readonly bytes: number;
};

export type FoundSession = {
  readonly number: number;
  readonly session: string;
  readonly lastBatch: number;
  readonly acknowledged: number;
  readonly lastNote: number;
  readonly batches: readonly FoundBatch[];
};

export type Opened = {
  readonly sessions: readonly FoundSession[];
  /** Above those of all sessions that have anything in the database. */
  readonly nextNumber: number;
};

/** What the thread does. */
export interface SpoolWork {
  open(): Opened;
  /** @returns whether there is more to free */
  commit(group: Group): boolean;
  read(span: Span): readonly SpoolEntry[];
  notes(number: number): readonly string[];
  close(): void;
}

export type SpoolOrder = { readonly id: number; readonly name: keyof SpoolWork; readonly parameters: unknown[] };
type SpoolFailure = { readonly message: string; readonly code: unknown; readonly errcode: unknown };
export type SpoolAnswer = { readonly id: number } & ({ readonly result: unknown } | { readonly failure: SpoolFailure });

/** Beside this file, as a source and as a part of the package. */
const program = `./sqlite-spool-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`;

export class SpoolThread {
  readonly #folder: string;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #worker: Worker | null = null;
  #lastId = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws what SQLite or the system says, or that the thread ended */
  async ask<Name extends keyof SpoolWork>(
    name: Name,
    ...parameters: Parameters<SpoolWork[Name]>
  ): Promise<ReturnType<SpoolWork[Name]>> {
    const worker = (this.#worker ??= this.#start());
    const waiting = Promise.withResolvers<unknown>();
    const id = ++this.#lastId;
    worker.postMessage({ id, name, parameters } satisfies SpoolOrder);
    this.#waiting.set(id, waiting);
    worker.ref();
    return waiting.promise as Promise<ReturnType<SpoolWork[Name]>>;
  }

  /** Lets go of the files. Never rejects. */
  async end(): Promise<void> {
    if (!this.#worker) return;
    await this.ask('close').catch(() => undefined);
    await this.kill();
  }

  /** Ends it wherever it is. */
  async kill(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    // None of this process's flags: what they load is nothing to this thread.
    const worker = new Worker(new URL(program, import.meta.url), {
      workerData: this.#folder,
      execArgv: [],
      name: 'spool',
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    let reason: unknown;
    // It keeps no process alive that does not wait for it.
    worker.unref();
    worker.on('message', (answer: SpoolAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (this.#waiting.size === 0) worker.unref();
      if ('result' in answer) waiting?.resolve(answer.result);
      else waiting?.reject(Object.assign(new Error(answer.failure.message), answer.failure));
    });
    worker.on('error', (cause) => (reason = cause));
    worker.once('exit', () => {
      this.#worker = null;
      const why = reason instanceof Error ? `: ${reason.message}` : '';
      const ended = Object.assign(new Error(`its thread ended${why}`, { cause: reason }), { code: 'ERR_WORKER_ENDED' });
      for (const { reject } of this.#waiting.values()) reject(ended);
      this.#waiting.clear();
    });
    return worker;
  }
}
