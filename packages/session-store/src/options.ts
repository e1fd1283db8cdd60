import { join } from 'node:path';
import { looksLikeUrl } from './database/location/database-text.ts';
import { dayMs } from './database/day.ts';
import type { SessionStoreError } from './errors.ts';
import type { BorrowedSql } from './borrowed-sql.ts';
import { systemRuntime, type Runtime } from './runtime.ts';
import type { SessionId } from './records.ts';

/**
 * Whether what is appended reaches the spool and the database. Reported only when it changes; a store begins as `writing`.
 * A code that begins with `SPOOL_` is about the spool's disk: records then wait in memory, and reach the database from there.
 */
export type StoreStatus =
  | { readonly state: 'writing' }
  /**
   * Writes fail, and are tried again unless `error` is of one session and ends it (`SESSION_FENCED`, `RECORD_REFUSED`, …).
   * `sinceMs` is the time of the first failure, ms since the epoch.
   */
  | {
      readonly state: 'failing';
      readonly error: SessionStoreError;
      readonly sinceMs: number;
      /** All that fails now, the worst first, whose `error` and `sinceMs` stand beside. */
      readonly failures: readonly StoreFailure[];
    };

/** Something that fails: the spool's disk, the database, or the bringing in of what earlier sessions left in the spool. */
export type StoreFailure = {
  readonly source: 'spool' | 'database' | 'recovery';
  /** The first one in a row. */
  readonly error: SessionStoreError;
  /** Its time, ms since the epoch. */
  readonly sinceMs: number;
};

/** What one transaction committed: a batch, or several that were joined. */
export type StoreWrite = {
  /** Records of all kinds, ledger rows included. */
  readonly records: number;
  /** Memory that they took, estimated, as `batch.maxBytes` counts it. */
  readonly bytes: number;
  /** The latest arrival among them, ms since the epoch; `null` where they are rows of the ledger alone. */
  readonly lastRecordAtMs: number | null;
  /** From the first try to the answer to the commit that worked, with the pauses between, in ms. */
  readonly elapsedMs: number;
};

/** A background job that failed, by its name, and how many times in a row it has. */
export type MaintenanceFailure = {
  readonly job: string;
  readonly error: SessionStoreError;
  readonly failures: number;
};

/** Something that a store does by itself. */
export type StoreEvent =
  /** Writing begins to fail, or works again. */
  | { readonly type: 'status'; readonly status: StoreStatus }
  /**
   * A transaction committed records of a session of this store, the last one of a session included; what an earlier process left in
   * the spool comes as `recovery`.
   */
  | { readonly type: 'write'; readonly write: StoreWrite }
  /** A session that was found in the spool has been dealt with. */
  | { readonly type: 'recovery'; readonly recovery: SpoolRecovery }
  /**
   * A background job has failed: renewing leases, closing orphans, making partitions ahead of time, dropping expired ones, compacting. It
   * is tried again at its next time, and recording goes on meanwhile.
   */
  | { readonly type: 'maintenance-failure'; readonly failure: MaintenanceFailure };

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

/** What became of a session that another process, or this one, left behind in the spool. */
export type SpoolRecovery = {
  readonly session: SessionId;
  /**
   * - `recovered`: the database has all that the spool had of it, and the session its end.
   * - `set-aside`: the database does not take the records; they are in the file.
   */
  readonly outcome: 'recovered' | 'set-aside';
  /** Records written by this recovery, ledger rows included. */
  readonly written: number;
  /** Records that the database does not have and that are in `file`. */
  readonly setAside: number;
  /** A JSON text per line and record, for people; `null` when there are none. */
  readonly file: string | null;
  /** Why they were set aside, or what the spool had lost; `null` when there is nothing to say. */
  readonly reason: string | null;
};

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

/** A day: an orphan that is found later than that is not found. */
const maxLeaseMs = 24 * 60 * 60_000;

/** More memory than any process has. */
const maxBytes = 2 ** 40;

/** The largest delay that a timer takes. */
export const maxDelayMs = 2 ** 31 - 1;

/** All options, and of those that are objects what they may hold. */
const optionNames = {
  url: null,
  dataDir: null,
  sql: null,
  batch: ['maxRecords', 'maxBytes', 'maxAgeMs'],
  queue: ['highWaterRecords', 'lowWaterRecords', 'highWaterBytes', 'lowWaterBytes'],
  whenFull: null,
  retention: ['maxAgeMs'],
  compaction: ['afterMs', 'everyMs', 'targetRecords'],
  keyframes: ['intervalMs', 'everyDeltas'],
  lease: ['durationMs', 'renewalsPerLease', 'sweepEveryMs'],
  queryTimeoutMs: null,
  schema: null,
  spool: ['dir', 'maxBytes', 'durableWithinMs', 'memoryBytes', 'openWithinMs'],
  on: null,
  runtime: null,
} as const satisfies Record<keyof SessionStoreTuning | 'url' | 'dataDir' | 'sql', readonly string[] | null>;

/** A misspelt option would be one that is silently left out. */
function refuseUnknown(options: object): void {
  const known: Readonly<Record<string, readonly string[] | null>> = optionNames;
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(known, name)) throw unknownOption(name, Object.keys(known));
    const parts = known[name];
    if (!parts || typeof value !== 'object' || value === null) continue;
    for (const part of Object.keys(value as object)) {
      if (!parts.includes(part))
        throw unknownOption(
          `${name}.${part}`,
          parts.map((each) => `${name}.${each}`),
        );
    }
  }
}

const unknownOption = (name: string, known: readonly string[]) =>
  new TypeError(`There is no option ${JSON.stringify(name)} of a session store. There are ${known.join(', ')}.`);

/** @throws {TypeError | RangeError} quoting the value, except for a URL, which may hold a password */
export function resolveOptions(options: SessionStoreOptions): ResolvedOptions {
  refuseUnknown(options);
  const location = locationOf(options);
  const highWaterRecords = within('queue.highWaterRecords', options.queue?.highWaterRecords ?? 50_000, 1, 2 ** 31);
  const lowWaterRecords = options.queue?.lowWaterRecords ?? Math.floor(highWaterRecords / 2);
  const highWaterBytes = within('queue.highWaterBytes', options.queue?.highWaterBytes ?? 64 * 2 ** 20, 1, maxBytes);
  const lowWaterBytes = options.queue?.lowWaterBytes ?? Math.floor(highWaterBytes / 2);
  const maxAgeMs = within('batch.maxAgeMs', options.batch?.maxAgeMs ?? 1000, 0, maxDelayMs);
  const spool = spoolOf(options.spool, location);
  const on = options.on ?? (() => undefined);
  return Object.freeze({
    location,
    maxRecords: within('batch.maxRecords', options.batch?.maxRecords ?? 5000, 1, 1_000_000),
    maxAgeMs,
    // The other half of the time goes to the disk.
    cutAgeMs: spool ? Math.min(maxAgeMs, Math.ceil(spool.durableWithinMs / 2)) : maxAgeMs,
    highWaterRecords,
    lowWaterRecords: within('queue.lowWaterRecords', lowWaterRecords, 0, highWaterRecords),
    maxBytes: within('batch.maxBytes', options.batch?.maxBytes ?? 8 * 2 ** 20, 1, maxBytes),
    highWaterBytes,
    lowWaterBytes: within('queue.lowWaterBytes', lowWaterBytes, 0, highWaterBytes),
    whenFull: whenFullOf(options.whenFull ?? 'block'),
    retention: retentionOf(options.retention?.maxAgeMs),
    compaction: compactionOf(options.compaction ?? {}),
    keyframes: keyframesOf(options.keyframes ?? {}),
    lease: {
      durationMs: within('lease.durationMs', options.lease?.durationMs ?? 15_000, 100, maxLeaseMs),
      renewalsPerLease: within('lease.renewalsPerLease', options.lease?.renewalsPerLease ?? 3, 3, 100),
      sweepEveryMs: within('lease.sweepEveryMs', options.lease?.sweepEveryMs ?? 10_000, 10, maxLeaseMs),
    },
    queryTimeoutMs: within('queryTimeoutMs', options.queryTimeoutMs ?? 15_000, 1, maxDelayMs),
    schema: schemaOf(options.schema, location),
    spool,
    spoolMemoryBytes: within('spool.memoryBytes', (options.spool || {}).memoryBytes ?? 16 * 2 ** 20, 0, maxBytes),
    onRecovery: (recovery: SpoolRecovery) => on({ type: 'recovery', recovery }),
    onStatus: (status: StoreStatus) => on({ type: 'status', status }),
    onWrite: (write: StoreWrite) => on({ type: 'write', write }),
    onMaintenanceFailure: (failure: MaintenanceFailure) => on({ type: 'maintenance-failure', failure }),
    runtime: options.runtime ?? systemRuntime,
  });
}

/** PostgreSQL cuts a longer name, which would be another schema's. */
const longestNameBytes = 63;

function schemaOf(schema: string | undefined, location: StoreLocation): string | null {
  if (schema === undefined) return null;
  if ('dataDir' in location) throw new TypeError("schema is for a server: an embedded database is all one store's.");
  const isName = typeof schema === 'string' && schema !== '' && !schema.includes('\0') && schema.isWellFormed();
  if (!isName || Buffer.byteLength(schema) > longestNameBytes)
    throw new TypeError(`schema must be a name of 1 to ${longestNameBytes} bytes, not ${JSON.stringify(schema)}.`);
  if (/^pg_|^information_schema$/.test(schema))
    throw new TypeError(`schema must not be one of PostgreSQL's own: ${JSON.stringify(schema)}.`);
  return schema;
}

function whenFullOf(value: 'block' | 'shed'): 'block' | 'shed' {
  if (value === 'block' || value === 'shed') return value;
  throw new TypeError(`whenFull must be "block" or "shed", not ${JSON.stringify(value)}.`);
}

/** As `sqlite-spool-options.ts` has it. */
const leastSpoolBytes = 16 * 2 ** 20;

function spoolOf(spool: SpoolTuning | false | undefined, location: StoreLocation): ResolvedOptions['spool'] {
  if (spool === false || (spool === undefined && !('dataDir' in location))) return null;
  const dir = spool?.dir ?? ('dataDir' in location ? join(location.dataDir, 'spool') : undefined);
  return {
    dir: folderOf('spool.dir', dir),
    durableWithinMs: within('spool.durableWithinMs', spool?.durableWithinMs ?? 100, 0, 60_000),
    openWithinMs: openWithinOf(spool?.openWithinMs, location),
    maxBytes: within('spool.maxBytes', spool?.maxBytes ?? 4 * 2 ** 30, leastSpoolBytes, Number.MAX_SAFE_INTEGER),
  };
}

function openWithinOf(ms: number | null = 5000, location: StoreLocation): number | null {
  return ms === null || 'dataDir' in location ? null : within('spool.openWithinMs', ms, 1, maxDelayMs);
}

function retentionOf(maxAgeMs: number | undefined): ResolvedOptions['retention'] {
  if (maxAgeMs === undefined) return null;
  return { maxAgeMs: within('retention.maxAgeMs', maxAgeMs, dayMs, Number.MAX_SAFE_INTEGER) };
}

function compactionOf(value: NonNullable<SessionStoreTuning['compaction']>): ResolvedOptions['compaction'] {
  const given = value === false ? {} : value;
  if (typeof given !== 'object')
    throw new TypeError(`compaction must be an object or false, not ${JSON.stringify(value)}.`);
  const { afterMs = dayMs, everyMs = 60_000, targetRecords = 4096 } = given;
  return {
    afterMs: within('compaction.afterMs', afterMs, 0, Number.MAX_SAFE_INTEGER),
    everyMs: value === false ? null : within('compaction.everyMs', everyMs, 10, maxDelayMs),
    targetRecords: within('compaction.targetRecords', targetRecords, 2, 1_000_000),
  };
}

function keyframesOf(given: NonNullable<SessionStoreTuning['keyframes']>): ResolvedOptions['keyframes'] {
  const { intervalMs = 60_000, everyDeltas = 4096 } = given;
  return {
    intervalMs: within('keyframes.intervalMs', intervalMs, 1, maxDelayMs),
    everyDeltas: within('keyframes.everyDeltas', everyDeltas, 1, 1_000_000),
  };
}

function locationOf(options: object): StoreLocation {
  const { url, dataDir, sql } = options as { url?: unknown; dataDir?: unknown; sql?: unknown };
  if ([url, dataDir, sql].filter((given) => given !== undefined).length !== 1) {
    throw new TypeError('Give the session store one of url, dataDir and sql.');
  }
  if (sql !== undefined) {
    if (typeof (sql as { begin?: unknown }).begin !== 'function') {
      throw new TypeError('sql must be a postgres.js instance.');
    }
    return { sql: sql as BorrowedSql };
  }
  if (dataDir !== undefined) return { dataDir: folderOf('dataDir', dataDir) };
  if (typeof url !== 'string' || !/^\s*postgres(?:ql)?:\/\//i.test(url)) {
    throw new TypeError('url must begin with postgres:// (it is not shown here, as it may hold a password).');
  }
  return { url };
}

/** A URL in the place of a folder would become one, and its password a name on the disk. */
function folderOf(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new TypeError(`${name} must be the path of a folder, not ${JSON.stringify(value)}.`);
  }
  if (!looksLikeUrl(value)) return value;
  throw new TypeError(
    `${name} must be the path of a folder. What was given looks like a URL and is not shown here, as it may hold a password.`,
  );
}

/** @throws {TypeError | RangeError} unless `value` is an integer from `least` to `most` */
export function within(name: string, value: number, least: number, most: number): number {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, not ${JSON.stringify(value)}.`);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be an integer from ${least} to ${most}, not ${value}.`);
  }
  return value;
}
