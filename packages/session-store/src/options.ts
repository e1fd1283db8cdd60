import { dayMs } from './core/day.ts';
import type { SessionStoreError } from './errors.ts';
import type { BorrowedSql } from './io/borrowed-engine.ts';
import { systemRuntime, type Runtime } from './io/runtime.ts';

/** Whether what is appended reaches the database. Reported only when it changes; a store begins as `writing`. */
export type StoreStatus =
  | { readonly state: 'writing' }
  /**
   * Writes fail, and are tried again unless `error` is of one session and ends it (`SESSION_FENCED`, `RECORD_REFUSED`, …).
   * `sinceMs` is the time of the first failure, ms since the epoch.
   */
  | { readonly state: 'failing'; readonly error: SessionStoreError; readonly sinceMs: number };

/** A background job that failed, by its name, and how many times in a row it has. */
export type MaintenanceFailure = {
  readonly job: string;
  readonly error: SessionStoreError;
  readonly failures: number;
};

/**
 * Where the database is: a PostgreSQL server's URL, a folder for an embedded one, or a postgres.js instance of yours. That
 * one stays yours: the store does not close it. It needs `max` 4 at least, better more, since whatever else uses it can hold
 * up the renewal of leases, and no `transform`.
 */
export type StoreLocation = { readonly url: string } | { readonly dataDir: string } | { readonly sql: BorrowedSql };

export interface SessionStoreTuning {
  /** When the records at hand are cut into a batch, which is one transaction and, per subscription, one chunk. */
  readonly batch?: {
    /** Records, of all kinds together. @default 5000 */
    readonly maxRecords?: number;
    /** Memory that they take, estimated, in bytes: for large snapshots and texts. @default 8388608 */
    readonly maxBytes?: number;
    /** Age of the oldest, in ms; while a write is under way the batch goes on growing. @default 1000 */
    readonly maxAgeMs?: number;
  };
  /** When a session's queue is full, and when it has room again: below both low-water marks. */
  readonly queue?: {
    /** Records that are not yet committed, per session. @default 50000 */
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
  /** Called when writing begins to fail and when it works again. What it throws surfaces as an uncaught exception. */
  readonly onStatus?: (status: StoreStatus) => void;
  /**
   * Called each time a background job has failed: renewing leases, closing orphans, making partitions ahead of time, dropping
   * expired ones. It is tried again
   * at its next time, and recording goes on meanwhile. What it throws surfaces as an uncaught exception.
   */
  readonly onMaintenanceFailure?: (failure: MaintenanceFailure) => void;
  /** Clock, timers and randomness. @default the globals */
  readonly runtime?: Runtime;
}

export type SessionStoreOptions = StoreLocation & SessionStoreTuning;

export interface ResolvedOptions {
  readonly location: StoreLocation;
  readonly maxRecords: number;
  readonly maxAgeMs: number;
  readonly highWaterRecords: number;
  readonly lowWaterRecords: number;
  readonly maxBytes: number;
  readonly highWaterBytes: number;
  readonly lowWaterBytes: number;
  readonly whenFull: 'block' | 'shed';
  /** `null`: nothing is dropped. */
  readonly retention: { readonly maxAgeMs: number } | null;
  readonly lease: { readonly durationMs: number; readonly renewalsPerLease: number; readonly sweepEveryMs: number };
  readonly queryTimeoutMs: number;
  readonly onStatus: (status: StoreStatus) => void;
  readonly onMaintenanceFailure: (failure: MaintenanceFailure) => void;
  readonly runtime: Runtime;
}

/** A day: an orphan that is found later than that is not found. */
const maxLeaseMs = 24 * 60 * 60_000;

/** More memory than any process has. */
const maxBytes = 2 ** 40;

/** The largest delay that a timer takes. */
export const maxDelayMs = 2 ** 31 - 1;

/** @throws {TypeError | RangeError} quoting the value, except for a URL, which may hold a password */
export function resolveOptions(options: SessionStoreOptions): ResolvedOptions {
  const highWaterRecords = within('queue.highWaterRecords', options.queue?.highWaterRecords ?? 50_000, 1, 2 ** 31);
  const lowWaterRecords = options.queue?.lowWaterRecords ?? Math.floor(highWaterRecords / 2);
  const highWaterBytes = within('queue.highWaterBytes', options.queue?.highWaterBytes ?? 64 * 2 ** 20, 1, maxBytes);
  const lowWaterBytes = options.queue?.lowWaterBytes ?? Math.floor(highWaterBytes / 2);
  return Object.freeze({
    location: locationOf(options),
    maxRecords: within('batch.maxRecords', options.batch?.maxRecords ?? 5000, 1, 1_000_000),
    maxAgeMs: within('batch.maxAgeMs', options.batch?.maxAgeMs ?? 1000, 0, maxDelayMs),
    highWaterRecords,
    lowWaterRecords: within('queue.lowWaterRecords', lowWaterRecords, 0, highWaterRecords),
    maxBytes: within('batch.maxBytes', options.batch?.maxBytes ?? 8 * 2 ** 20, 1, maxBytes),
    highWaterBytes,
    lowWaterBytes: within('queue.lowWaterBytes', lowWaterBytes, 0, highWaterBytes),
    whenFull: whenFullOf(options.whenFull ?? 'block'),
    retention: retentionOf(options.retention?.maxAgeMs),
    lease: {
      durationMs: within('lease.durationMs', options.lease?.durationMs ?? 15_000, 100, maxLeaseMs),
      renewalsPerLease: within('lease.renewalsPerLease', options.lease?.renewalsPerLease ?? 3, 3, 100),
      sweepEveryMs: within('lease.sweepEveryMs', options.lease?.sweepEveryMs ?? 10_000, 10, maxLeaseMs),
    },
    queryTimeoutMs: within('queryTimeoutMs', options.queryTimeoutMs ?? 15_000, 1, maxDelayMs),
    onStatus: options.onStatus ?? (() => undefined),
    onMaintenanceFailure: options.onMaintenanceFailure ?? (() => undefined),
    runtime: options.runtime ?? systemRuntime,
  });
}

function whenFullOf(value: 'block' | 'shed'): 'block' | 'shed' {
  if (value === 'block' || value === 'shed') return value;
  throw new TypeError(`whenFull must be "block" or "shed", not ${JSON.stringify(value)}.`);
}

function retentionOf(maxAgeMs: number | undefined): ResolvedOptions['retention'] {
  if (maxAgeMs === undefined) return null;
  return { maxAgeMs: within('retention.maxAgeMs', maxAgeMs, dayMs, Number.MAX_SAFE_INTEGER) };
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
  if (dataDir !== undefined) {
    if (typeof dataDir !== 'string' || dataDir === '') {
      throw new TypeError(`dataDir must be the path of a folder, not ${JSON.stringify(dataDir)}.`);
    }
    return { dataDir };
  }
  if (typeof url !== 'string' || !/^postgres(ql)?:\/\//.test(url)) {
    throw new TypeError('url must begin with postgres:// (it is not shown here, as it may hold a password).');
  }
  return { url };
}

/** @throws {TypeError | RangeError} unless `value` is an integer from `least` to `most` */
export function within(name: string, value: number, least: number, most: number): number {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, not ${JSON.stringify(value)}.`);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be an integer from ${least} to ${most}, not ${value}.`);
  }
  return value;
}
