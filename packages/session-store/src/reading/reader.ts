import { sql } from 'drizzle-orm';
import type { CoverageInterval } from './book/coverage-intervals.ts';
import { isName } from '../batch/record-check.ts';
import { SessionStoreError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { SessionId, StoreRecord } from '../records.ts';
import { bookAt, type BookAt } from './book/book-at.ts';
import { coverage } from './book/coverage.ts';
import { exportRecords, type ExportOptions, type ExportResult } from '../export/export-records.ts';
import { MarketNames } from './market-names.ts';
import { againAfterDeadlock, type Read } from './read.ts';
import { replay, type ReplayOptions } from './replay.ts';
import type { Verification } from './verify/verification.ts';
import { verify, type VerifyOptions } from './verify/verify.ts';

/** Reading back what was recorded: a part of the store's interface. */
export interface Reading {
  /**
   * A session's records as they were appended, in order of arrival, the holes of its ledger among them: each before the first
   * record that came after it. An (epoch, sid) comes by number; across them the time of arrival decides. Each iteration
   * reads anew; leaving it ends the reading. An active session comes as far as it is committed when it is read.
   *
   * @throws {SessionStoreError} from the iteration: SESSION_UNKNOWN, STORE_CLOSED, or why the database failed
   * @throws {RangeError} on a speed that is none
   */
  replay(session: SessionId, options?: ReplayOptions): AsyncIterable<StoreRecord>;
  /**
   * A market's book after all that had arrived by a time, whichever session recorded it. Where several did, the one with the newest
   * snapshot or keyframe before that time counts, of those in sync then.
   *
   * @param atMs ms since the epoch
   * @throws {SessionStoreError}
   */
  bookAt(market: string, atMs: number): Promise<BookAt>;
  /**
   * Reads a session whole and says, law by law, whether it is as it should be. A broken session is a result, not an error.
   *
   * @throws {SessionStoreError} SESSION_UNKNOWN, or why the database failed
   */
  verify(session: SessionId, options?: VerifyOptions): Promise<Verification>;
  /**
   * When a market's book can be rebuilt and when it cannot, and why not, over all sessions and recorders: intervals without a
   * hole or an overlap from `fromMs` to `toMs`, both in ms since the epoch.
   *
   * @throws {SessionStoreError}
   */
  coverage(market: string, fromMs: number, toMs: number): Promise<readonly CoverageInterval[]>;
  /**
   * Writes records to a Parquet or CSV file, and next to it when each market was covered. Memory holds a row group at a time.
   *
   * @throws {SessionStoreError} SESSION_UNKNOWN, or why the database failed; a file system's error as it is
   */
  export(options: ExportOptions): Promise<ExportResult>;
}

export class Reader implements Reading {
  readonly #read: Read;
  readonly #runtime: Runtime;
  readonly #names: MarketNames;

  constructor(read: Read, runtime: Runtime) {
    this.#read = againAfterDeadlock(read);
    this.#runtime = runtime;
    this.#names = new MarketNames(this.#read);
  }

  replay(session: SessionId, options: ReplayOptions = {}): AsyncIterable<StoreRecord> {
    const source = { read: this.#read, names: this.#names, runtime: this.#runtime };
    return replay(source, session, options, async () => this.#mustExist([session]));
  }

  async bookAt(market: string, atMs: number): Promise<BookAt> {
    return bookAt(this.#read, nameOf(market), timeOf('atMs', atMs));
  }

  async verify(session: SessionId, options: VerifyOptions = {}): Promise<Verification> {
    await this.#mustExist([session]);
    return verify(this.#read, this.#names, session, options);
  }

  async coverage(market: string, fromMs: number, toMs: number): Promise<readonly CoverageInterval[]> {
    const span = { fromMs: timeOf('fromMs', fromMs), toMs: timeOf('toMs', toMs) };
    return coverage(this.#read, nameOf(market), span);
  }

  async export(options: ExportOptions): Promise<ExportResult> {
    await this.#mustExist(options.sessions ?? []);
    return exportRecords(this.#read, this.#names, options);
  }

  async #mustExist(sessions: readonly SessionId[]): Promise<void> {
    for (const session of sessions) {
      const [row] = isSessionId(session)
        ? await this.#read(sql`select id from sessions where id = ${session}::uuid`, 'Looking for a session')
        : [];
      if (row) continue;
      const message = `There is no session ${JSON.stringify(session)}. Pass an id from sessions().`;
      throw new SessionStoreError('SESSION_UNKNOWN', message);
    }
  }
}

const isSessionId = (value: unknown) =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);

function nameOf(market: string): string {
  if (isName(market)) return market;
  throw new TypeError(`market must be 1 to 500 characters, not ${JSON.stringify(market)}.`);
}

/** The year 4199, as for records. */
const maxTimeMs = 2 ** 46;

function timeOf(name: string, ms: number): number {
  if (Number.isFinite(ms) && ms >= 0 && ms <= maxTimeMs) return Math.floor(ms);
  throw new RangeError(`${name} must be a time in ms since the epoch, not ${ms}.`);
}
