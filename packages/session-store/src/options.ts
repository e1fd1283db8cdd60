import type { BorrowedSql } from './borrowed-sql.ts';
import type { MaintenanceFailure, SpoolRecovery, StoreEvent, StoreStatus, StoreWrite } from './events.ts';
import type { Runtime } from './runtime.ts';

/**
 * Where the database is: a PostgreSQL server's URL, a folder for an embedded one, or a postgres.js instance of yours. That
 * one stays yours: the store does not close it. It needs `max` 4 at least, better more, since whatever else uses it can hold
 * up the renewal of leases, and no `transform`.
 */
export type StoreLocation = { readonly url: string } | { readonly dataDir: string } | { readonly sql: BorrowedSql };

/** A disk of this process's own between what is appended and the database. */
export interface SpoolTuning {
  /**
   * A folder on a local disk, which belongs to one process at a time. @default `spool` in the `dataDir`; with `url` or `sql`
   * there is no default, and without a folder no spool
   */
  readonly dir?: string;
  /**
   * How long the opening of a store and of a session waits for the database, in ms, before it goes on without: what is recorded is
   * in the spool, and the session's row is made when the database is there. `null`: it fails instead. Not for a `dataDir`, which is
   * there or is not. @default 5000
   */
  readonly openWithinMs?: number | null;
  /** How long a record may wait until it is written and synced, in ms. 0: each write is synced. @default 100 */
  readonly durableWithinMs?: number;
  /** What its files may take, in bytes; beyond that `whenFull` decides. @default 4294967296 */
  readonly maxBytes?: number;
  /** Memory for batches that the spool has too, per session, in bytes; others are read back. @default 16777216 */
  readonly memoryBytes?: number;
}

export interface SessionStoreTuning {
  /** What one transaction writes, per subscription as one chunk; with a spool, batches that were cut for it sooner are joined. */
  readonly batch?: {
    /** Records, of all kinds together. @default 5000 */
    readonly maxRecords?: number;
    /** Memory that they take, estimated, in bytes: for large snapshots and texts. @default 8388608 */
    readonly maxBytes?: number;
    /** Age of the oldest, in ms; what comes while a write is under way goes with the next one. @default 1000 */
    readonly maxAgeMs?: number;
  };
  /** When a session's queue is full, and when it has room again: below both low-water marks. */
  readonly queue?: {
    /** Records that are neither committed nor in the spool, per session. @default 50000 */
    readonly highWaterRecords?: number;
    /** Where `drained` resolves. @default half of `highWaterRecords` */
    readonly lowWaterRecords?: number;
    /** Memory that they take, estimated, in bytes: about 80 a delta, and a text's length twice. @default 67108864 */
    readonly highWaterBytes?: number;
    /** @default half of `highWaterBytes` */
    readonly lowWaterBytes?: number;
  };
  /**
   * What happens to a record when the queue is full. `block`: it is taken, `append` returns false and the caller should wait for
   * `drained`; whoever does not goes on filling memory. `shed`: it is dropped and counted, and the ledger names each range
   * of dropped records with the cause `shed`, until the queue has room again. @default 'block'
   */
  readonly whenFull?: 'block' | 'shed';
  /** What may be forgotten. Sessions, counters and the ledger never are. */
  readonly retention?: {
    /** Age in ms, at least a day, from which a day's records are dropped, for all recorders. @default none are dropped */
    readonly maxAgeMs?: number;
  };
  /**
   * How deltas are rewritten in the background, from the order in which they arrived into chunks of one market each, which
   * are read faster, for all recorders: as soon as a subscription has 524,288 of them (131,072 on an embedded database, where a write
   * waits for that step). `false`: only when `compact` is called. @default on
   */
  readonly compaction?:
    | false
    | {
        /** Age of a subscription's oldest delta from which its deltas are rewritten, in ms; sooner where there are many. @default 86400000 */
        readonly afterMs?: number;
        /** How often to look for work, in ms. @default 60000 */
        readonly everyMs?: number;
        /** How many deltas a chunk of one market holds at most. @default 4096 */
        readonly targetRecords?: number;
      };
  /**
   * How often a market's book is stored beside its deltas, so that nobody has to go back to its snapshot. A book takes as much room as a
   * hundred deltas or two: it is stored after no fewer than an eighth of `everyDeltas`, or a day.
   */
  readonly keyframes?: {
    /** After so long, in ms of arrival. @default 60000 */
    readonly intervalMs?: number;
    /** After so many deltas of the market, however short the time. @default 4096 */
    readonly everyDeltas?: number;
  };
  /**
   * How long this process owns its sessions without a word from it. They are measured on the database's clock. When a
   * process dies, whoever comes upon its sessions closes them after at most `durationMs` and `sweepEveryMs` together.
   */
  readonly lease?: {
    /** In ms. Shorter: an orphan is closed sooner. Longer: a process may be away for longer and keep its sessions. @default 15000 */
    readonly durationMs?: number;
    /** How often a lease is renewed before it would run out, at least 3. @default 3 */
    readonly renewalsPerLease?: number;
    /** How often to look for orphans of any process, in ms. @default 10000 */
    readonly sweepEveryMs?: number;
  };
  /** How long any one transaction may take, in ms; opening a connection is part of it. @default 15000 */
  readonly queryTimeoutMs?: number;
  /**
   * The schema of a server's database in which all tables and views are, and which is made where there is none. Only what is in it is
   * found then, so that two schemas hold two stores. @default `schema` in the URL, or the first schema of the role's search path
   */
  readonly schema?: string;
  /**
   * The spool: what is appended reaches this disk first and the database second, so that the database may be away, and the
   * process die, without loss. `false`: none, and records that are not committed live in memory. @default on with `dataDir`; with
   * `url` and `sql` on when `spool.dir` is given
   */
  readonly spool?: SpoolTuning | false;
  /**
   * Told what the store does by itself, from its opening on: its status, each write, what it found in the spool, and each background job
   * that failed. What it throws surfaces as an uncaught exception.
   */
  readonly on?: (event: StoreEvent) => void;
  /** Clock, timers and randomness. @default the globals */
  readonly runtime?: Runtime;
}

export type SessionStoreOptions = StoreLocation & SessionStoreTuning;

export interface ResolvedOptions {
  readonly location: StoreLocation;
  readonly maxRecords: number;
  readonly maxAgeMs: number;
  /** Age of the oldest record at which a batch is cut: with a spool batches are small, and transactions write several. */
  readonly cutAgeMs: number;
  readonly highWaterRecords: number;
  readonly lowWaterRecords: number;
  readonly maxBytes: number;
  readonly highWaterBytes: number;
  readonly lowWaterBytes: number;
  readonly whenFull: 'block' | 'shed';
  /** `null`: nothing is dropped. */
  readonly retention: { readonly maxAgeMs: number } | null;
  /** `everyMs` is null where nothing is to be done in the background. */
  readonly compaction: {
    readonly afterMs: number;
    readonly everyMs: number | null;
    readonly targetRecords: number;
  };
  readonly keyframes: { readonly intervalMs: number; readonly everyDeltas: number };
  readonly lease: { readonly durationMs: number; readonly renewalsPerLease: number; readonly sweepEveryMs: number };
  readonly queryTimeoutMs: number;
  /** `null`: nothing is said. */
  readonly schema: string | null;
  /** `null`: no spool. */
  readonly spool: Readonly<Required<Omit<SpoolTuning, 'memoryBytes'>>> | null;
  readonly spoolMemoryBytes: number;
  readonly onRecovery: (recovery: SpoolRecovery) => void;
  readonly onStatus: (status: StoreStatus) => void;
  readonly onWrite: (write: StoreWrite) => void;
  readonly onMaintenanceFailure: (failure: MaintenanceFailure) => void;
  readonly runtime: Runtime;
}
