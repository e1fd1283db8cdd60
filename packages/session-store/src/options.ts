import type { SessionStoreError } from './errors.ts';
import { systemRuntime, type Runtime } from './io/runtime.ts';

/** Whether what is appended reaches the database. Reported only when it changes; a store begins as `writing`. */
export type StoreStatus =
  | { readonly state: 'writing' }
  /** Writes fail and are tried again; `sinceMs` is the time of the first failure, ms since the epoch. */
  | { readonly state: 'failing'; readonly error: SessionStoreError; readonly sinceMs: number };

/** Where the database is: a PostgreSQL server's URL, or a folder for an embedded one. */
export type StoreLocation = { readonly url: string } | { readonly dataDir: string };

export interface SessionStoreTuning {
  /** When the records at hand are cut into a batch, which is one transaction and, per subscription, one chunk. */
  readonly batch?: {
    /** Records, of all kinds together. @default 5000 */
    readonly maxRecords?: number;
    /** Age of the oldest, in ms; while a write is under way the batch goes on growing. @default 1000 */
    readonly maxAgeMs?: number;
  };
  /** When `append` asks for a pause. Nothing is ever dropped: whoever goes on appending goes on filling memory. */
  readonly queue?: {
    /** Records that are not yet committed, per session. @default 50000 */
    readonly highWaterRecords?: number;
    /** Where `drained` resolves. @default half of `highWaterRecords` */
    readonly lowWaterRecords?: number;
  };
  /** How long any one transaction may take, in ms; opening a connection is part of it. @default 15000 */
  readonly queryTimeoutMs?: number;
  /** Called when writing begins to fail and when it works again. What it throws surfaces as an uncaught exception. */
  readonly onStatus?: (status: StoreStatus) => void;
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
  readonly queryTimeoutMs: number;
  readonly onStatus: (status: StoreStatus) => void;
  readonly runtime: Runtime;
}

/** The largest delay that a timer takes. */
export const maxDelayMs = 2 ** 31 - 1;

/** @throws {TypeError | RangeError} quoting the value, except for a URL, which may hold a password */
export function resolveOptions(options: SessionStoreOptions): ResolvedOptions {
  const highWaterRecords = within('queue.highWaterRecords', options.queue?.highWaterRecords ?? 50_000, 1, 2 ** 31);
  const lowWaterRecords = options.queue?.lowWaterRecords ?? Math.floor(highWaterRecords / 2);
  return Object.freeze({
    location: locationOf(options),
    maxRecords: within('batch.maxRecords', options.batch?.maxRecords ?? 5000, 1, 1_000_000),
    maxAgeMs: within('batch.maxAgeMs', options.batch?.maxAgeMs ?? 1000, 0, maxDelayMs),
    highWaterRecords,
    lowWaterRecords: within('queue.lowWaterRecords', lowWaterRecords, 0, highWaterRecords),
    queryTimeoutMs: within('queryTimeoutMs', options.queryTimeoutMs ?? 15_000, 1, maxDelayMs),
    onStatus: options.onStatus ?? (() => undefined),
    runtime: options.runtime ?? systemRuntime,
  });
}

function locationOf(options: object): StoreLocation {
  const { url, dataDir } = options as { url?: unknown; dataDir?: unknown };
  if ((url === undefined) === (dataDir === undefined)) {
    throw new TypeError('Give the session store either a url or a dataDir.');
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
