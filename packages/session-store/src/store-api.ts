import type { CompactionResult } from './compaction/compaction.ts';
import type { DatasetOptions, DatasetResult } from './export/dataset/dataset-options.ts';
import type { ExportOptions, ExportResult } from './export/export-options.ts';
import type { BookAt } from './reading/book/book-at.ts';
import type { CoverageInterval } from './reading/book/coverage-intervals.ts';
import type { MarketAt } from './reading/market/market-life.ts';
import type { SessionFilter } from './reading/list-sessions.ts';
import type { MarketGapRate, RecordedMarket } from './reading/book/gap-rates.ts';
import type { RecordedMarketsOptions } from './reading/book/recorded-markets.ts';
import type { ReplayOptions } from './reading/replay.ts';
import type { Verification } from './reading/verify/verification.ts';
import type { VerifyOptions } from './reading/verify/verify.ts';
import type { RecordingSession } from './recording/recording-session.ts';
import type { SessionId, SessionRow, StoreRecord } from './records.ts';

export interface OpenSessionOptions {
  /** Who records, over all its sessions: its lifetime counters carry this name. At most 500 characters. */
  readonly recorder: string;
  /**
   * The session that this one takes over from; `null` if from none. Where somebody has gone on from it meanwhile, the recorder's
   * latest one takes its place: a session has one successor at most. @default the recorder's latest session if that was
   * reclaimed, otherwise none
   */
  readonly continues?: SessionId | null;
  /** When its first record arrived, where that was before it is opened: ms since the epoch. @default now */
  readonly startedAtMs?: number;
  /**
   * With a spool, a database that is away: whether the session begins without its row, or is refused. Whoever stands by for another
   * process wants no session that both could have. @default 'begin'
   */
  readonly whenAway?: 'begin' | 'refuse';
}

/** What was appended to a store's sessions and its database does not have yet. A record is counted in one place. */
export interface StoreBacklog {
  /** Records, ledger rows included, that live in memory alone. Without a spool those are all. */
  readonly queuedRecords: number;
  /** Memory that they take, estimated, as `queue.highWaterBytes` counts it. */
  readonly queuedBytes: number;
  /**
   * Records that the spool has taken, which are on its disk within `spool.durableWithinMs`; those that are brought in from
   * earlier sessions among them. `null`: there is no spool.
   */
  readonly spooledRecords: number | null;
  /** Bytes that they take on disk, without what is freed later. `null`: there is no spool. */
  readonly spooledBytes: number | null;
  /** Bytes at which the spool takes no more: `spool.maxBytes`. `null`: there is no spool. */
  readonly spoolLimitBytes: number | null;
  /** When the oldest of all of them arrived, ms since the epoch; `null`: there are none. */
  readonly oldestAtMs: number | null;
}

/** What was recorded in a database, for those who do not record. */
export interface SessionReader extends Reading, AsyncDisposable {
  readonly engine: 'postgres' | 'pglite';
  /** Sessions by recorder and status, newest first. @throws {SessionStoreError} */
  sessions(filter?: SessionFilter): Promise<readonly SessionRow[]>;
  /**
   * Runs one statement of yours in a read-only transaction: for the views `deltas`, `snapshots`, `snapshot_frames`, `trades`,
   * `gaps`, `market_definitions`, `lifecycle`, `settlements`, `tickers` and `exchange_status` and the tables `sessions`, `raw_frames`, `markets`, `recorders` and `expirations`. 64-bit integers come as
   * numbers, or as strings beyond 2^53; numeric as strings; times as Dates. The result is held in memory whole. A parameter that is
   * a list goes as its text: `$1::text::uuid[]` with `{a,b}`.
   * `T` is what you know of its rows; nobody checks it.
   *
   * @throws {SessionStoreError} QUERY_FAILED, QUERY_TIMEOUT, or why the database could not be asked
   */
  query<T extends object = Record<string, unknown>>(
    text: string,
    parameters?: readonly unknown[],
  ): Promise<readonly T[]>;
  /** Ends the connections. Idempotent. */
  close(): Promise<void>;
}

/** Recording sessions in a database. */
export interface SessionStore extends SessionReader {
  /**
   * Opens a session, `active` from now on and owned by this store. A recorder has at most one active session, whatever
   * processes there are: one whose owner let its lease run out is reclaimed first, as part of the opening. Tried once: a
   * rejection with `retryable` is worth another call, which takes up the first one's row if that was written after all. With a
   * spool a database that is away is no reason to reject: after `spool.openWithinMs` the session begins without its row, which is
   * made when the database is back.
   *
   * @throws {SessionStoreError} RECORDER_BUSY, naming the owner and until when its lease runs; SESSION_UNKNOWN when there is
   *   none to continue; STORE_CLOSED; or why the database failed
   */
  openSession(options: OpenSessionOptions): Promise<RecordingSession>;
  /** How far the database is behind, over all sessions. Asks nobody, so it may be called at any time, also after `close`. */
  backlog(): StoreBacklog;
  /**
   * For how long, in ms, the store's open sessions are surely its own if the database does not answer any more: what is left of the
   * oldest of their leases. Below 0: somebody else may have ended one. `null`: none is open, or has its row. Asks nobody.
   */
  leaseLeftMs(): number | null;
  /**
   * Rewrites what is committed by now into chunks of one market each, without waiting for its time (see `compaction`). What
   * the views show does not change.
   *
   * @throws {SessionStoreError} what was done before it failed stays done
   */
  compact(): Promise<CompactionResult>;
  /**
   * Closes sessions that are still open, as `closed` with the reason `store closed`, then the database. Idempotent. No
   * timer, socket or lock is left, also when it rejects.
   *
   * @throws {SessionStoreError} CLOSE_TIMEOUT when a session could not be closed
   */
  close(): Promise<void>;
}

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
   * What was known of a market at a time, over all sessions and recorders: its definition with the prices that were valid, and its status.
   * Its latest description before that time, and what was announced since; `null` where nothing was known.
   *
   * @param atMs ms since the epoch
   * @throws {SessionStoreError}
   */
  marketAt(market: string, atMs: number): Promise<MarketAt | null>;
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
   * Which markets the sessions of a stretch recorded, from the first book of each in it to the end of the last session that had it:
   * for `gapRates`. Of an active session until now.
   *
   * @throws {SessionStoreError} SESSION_UNKNOWN, or why the database failed
   * @throws {RangeError} on what is no time
   */
  recordedMarkets(options: RecordedMarketsOptions): Promise<readonly RecordedMarket[]>;
  /**
   * How much of each market's span cannot be rebuilt, why, and when the longest holes were: the sums of `coverage`, for a hundred
   * thousand markets. `verify` and `recordedMarkets` say which there are, and from when until when. A market that was never recorded is left out.
   *
   * @throws {TypeError | RangeError} on what is no market or no time; {SessionStoreError} from the iteration
   */
  gapRates(markets: readonly RecordedMarket[]): AsyncIterable<MarketGapRate>;
  /**
   * Writes records to a Parquet, CSV or JSON Lines file, and next to it when each market was covered. Memory holds a row group at a
   * time.
   *
   * @throws {TypeError | RangeError} on wrong options, before anything is read or written
   * @throws {SessionStoreError} SESSION_UNKNOWN, or why the database failed; a file system's error as it is
   */
  export(options: ExportOptions): Promise<ExportResult>;
  /**
   * Writes a folder of Parquet files by day and series, with what says what is in them; or brings one up to date that was written with
   * these options. Whatever stops it, the next call goes on. Memory does not grow with the rows.
   *
   * @throws {TypeError | RangeError} on wrong options, before anything is read or written
   * @throws {SessionStoreError} DATASET_DIFFERS, DATASET_DAMAGED, DATASET_LOCKED, SESSION_UNKNOWN, or why the database failed; a file
   * system's error as it is
   */
  exportDataset(options: DatasetOptions): Promise<DatasetResult>;
}
