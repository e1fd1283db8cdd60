// Checks what a store is given, and fills in the defaults.
import { join } from 'node:path';
import type { BorrowedSql } from './borrowed-sql.ts';
import { looksLikeUrl } from './database/location/database-text.ts';
import { dayMs } from './database/day.ts';
import type { MaintenanceFailure, SpoolRecovery, StoreStatus, StoreWrite } from './events.ts';
import type {
  ResolvedOptions,
  SessionStoreOptions,
  SessionStoreTuning,
  SpoolTuning,
  StoreLocation,
} from './options.ts';
import { systemRuntime } from './runtime.ts';

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
