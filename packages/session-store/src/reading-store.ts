import { SessionStoreError } from './errors.ts';
import { isSessionId } from './database/session-id.ts';
import type { Engine, Row } from './database/engines/engine.ts';
import { sessionRow } from './database/rows.ts';
import { exportDataset } from './export/dataset/export-dataset.ts';
import { exportRecords } from './export/export-records.ts';
import { within } from './resolve-options.ts';
import { listSessions, type SessionFilter } from './reading/list-sessions.ts';
import { Reader } from './reading/reader.ts';
import type { SessionRow } from './records.ts';
import type { Runtime } from './runtime.ts';
import type { Reading, SessionReader } from './store-api.ts';

/** What a store and a reader have in common. */
export class ReadingStore implements SessionReader {
  readonly engine: Engine['name'];
  readonly #engine: Engine;
  readonly #reader: Reader;
  #closed: Promise<void> | null = null;

  constructor(engine: Engine, runtime: Runtime) {
    this.engine = engine.name;
    this.#engine = engine;
    this.#reader = new Reader(async (query, doing) => this.#read(async (run) => run(query), doing), runtime);
  }

  async sessions(filter: SessionFilter = {}): Promise<readonly SessionRow[]> {
    if (filter.limit !== undefined) within('limit', filter.limit, 1, 2 ** 31 - 1);
    if (filter.id !== undefined && !isSessionId(filter.id)) return [];
    const rows = await this.#read(async (run) => listSessions(run, filter), 'Listing sessions');
    return rows.map(sessionRow);
  }

  replay(...of: Parameters<Reading['replay']>): ReturnType<Reading['replay']> {
    return this.#reader.replay(...of);
  }

  async bookAt(...of: Parameters<Reading['bookAt']>): ReturnType<Reading['bookAt']> {
    return this.#reader.bookAt(...of);
  }

  async marketAt(...of: Parameters<Reading['marketAt']>): ReturnType<Reading['marketAt']> {
    return this.#reader.marketAt(...of);
  }

  async verify(...of: Parameters<Reading['verify']>): ReturnType<Reading['verify']> {
    return this.#reader.verify(...of);
  }

  async coverage(...of: Parameters<Reading['coverage']>): ReturnType<Reading['coverage']> {
    return this.#reader.coverage(...of);
  }

  async recordedMarkets(...of: Parameters<Reading['recordedMarkets']>): ReturnType<Reading['recordedMarkets']> {
    return this.#reader.recordedMarkets(...of);
  }

  gapRates(...of: Parameters<Reading['gapRates']>): ReturnType<Reading['gapRates']> {
    return this.#reader.gapRates(...of);
  }

  async export(...of: Parameters<Reading['export']>): ReturnType<Reading['export']> {
    return exportRecords(this.#reader, ...of);
  }

  async exportDataset(...of: Parameters<Reading['exportDataset']>): ReturnType<Reading['exportDataset']> {
    return exportDataset(this.#reader, ...of);
  }

  async query<T extends object = Record<string, unknown>>(
    text: string,
    parameters: readonly unknown[] = [],
  ): Promise<readonly T[]> {
    try {
      const rows = await this.#read(async (run) => run({ text, parameters }), 'The query');
      return rows as readonly object[] as readonly T[];
    } catch (cause) {
      throw ofQuery(cause as SessionStoreError);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.end();
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Once, for `close`. */
  protected async end(): Promise<void> {
    await this.#engine.close();
  }

  protected refuseIfClosed(): void {
    if (this.#closed) throw new SessionStoreError('STORE_CLOSED', 'The store is closed; create a new one.');
  }

  async #read(work: Parameters<Engine['transact']>[0], doing: string): Promise<readonly Row[]> {
    this.refuseIfClosed();
    return (await this.#engine.transact(work, { doing, readOnly: true })) as readonly Row[];
  }
}

/** What may be otherwise without the statement being another: a conflict, too little of something, the server itself. */
const mayPass = /^(?:40|5[3578]|XX)/;

/** A write of ours waits for somebody to put right what the database lacks. A query of others is what is wrong. */
function ofQuery(error: SessionStoreError): SessionStoreError {
  const { code, message, cause, sqlState } = error;
  const isWrong = code === 'QUERY_FAILED' && sqlState !== undefined && !mayPass.test(sqlState);
  return isWrong ? new SessionStoreError(code, message, { cause, sqlState }) : error;
}
