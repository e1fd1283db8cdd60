import type { SessionId } from '../../records.ts';
import type { ExportUnits } from '../describe-table.ts';
import { checkExportOptions, type ExportDamage, type ExportOptions } from '../export-options.ts';
import { exportedKinds, type ExportedKind } from '../tables.ts';

export interface DatasetOptions extends Pick<
  ExportOptions,
  'sessions' | 'markets' | 'fromMs' | 'toMs' | 'units' | 'onDamage' | 'signal'
> {
  /** Made if it is missing. One that holds a dataset of the same options is brought up to date. */
  readonly folder: string;
  /** How the files are compressed: with Snappy, or with Zstandard. @default 'parquet' */
  readonly format?: 'parquet' | 'zst.parquet';
  /** @default all */
  readonly what?: readonly ExportedKind[];
  /** A market's series is its name up to the first of these. @default '-' */
  readonly seriesSeparator?: string;
  /** Rows that wait in memory for their row group, in bytes, about. What is beyond goes to disk for that time. @default 64 MiB */
  readonly bufferBytes?: number;
  /** Called after each page that was read. What it throws ends the export. */
  readonly onProgress?: (progress: DatasetProgress) => void;
}

export interface DatasetProgress {
  /** Days that are done, of how many. */
  readonly days: number;
  readonly ofDays: number;
  /** Rows that this call has read. */
  readonly rows: number;
}

export interface DatasetResult {
  readonly folder: string;
  /** Files of the whole dataset, and their rows. */
  readonly files: number;
  readonly rows: number;
  /** Of these files how many were there already, and are as they were. */
  readonly keptFiles: number;
  /** Days that may still change: the next call makes them anew. */
  readonly openDays: readonly string[];
  readonly sessions: readonly SessionId[];
  /** Sessions of which not as many records are in the dataset as the store's counters say. */
  readonly miscounted: readonly Miscount[];
  readonly damaged: readonly DatasetDamage[];
}

/** What was left out, as the manifest has it. */
export interface DatasetDamage extends ExportDamage {
  readonly kind: string;
  readonly day: string;
}

export interface Miscount {
  readonly session: SessionId;
  readonly kind: 'deltas' | 'snapshots' | 'trades' | 'gaps' | 'facts';
  readonly exported: number;
  readonly counted: number;
}

/** What is in a dataset and how: another one of these is another dataset. */
export type DatasetScope = {
  readonly format: 'parquet' | 'zst.parquet';
  readonly what: readonly ExportedKind[];
  /** `null`: all that there are. */
  readonly sessions: readonly SessionId[] | null;
  readonly markets: readonly string[] | null;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly seriesSeparator: string;
  readonly units: ExportUnits | null;
};

const leastBufferBytes = 1;
const defaultBufferBytes = 64 * 2 ** 20;

export type ResolvedDataset = {
  readonly folder: string;
  readonly scope: DatasetScope;
  readonly bufferBytes: number;
};

/**
 * Looks at what a caller wants before anything is read or written.
 *
 * @throws {TypeError | RangeError} naming what would be right
 */
export function resolveDatasetOptions(options: DatasetOptions): ResolvedDataset {
  const { folder, format = 'parquet', what = exportedKinds, seriesSeparator = '-' } = options;
  const { bufferBytes = defaultBufferBytes } = options;
  if (!['parquet', 'zst.parquet'].includes(format))
    throw new TypeError(`format must be parquet or zst.parquet in a dataset, not ${JSON.stringify(format)}.`);
  if (!Array.isArray(what) || what.length === 0)
    throw new TypeError(`what must be some of ${exportedKinds.join(', ')}, not ${JSON.stringify(what)}.`);
  const { onProgress: _, ...others } = options;
  for (const kind of what) checkExportOptions({ ...others, format, what: kind });
  if (typeof seriesSeparator !== 'string' || seriesSeparator === '')
    throw new TypeError(`seriesSeparator must be a text that is not empty, not ${JSON.stringify(seriesSeparator)}.`);
  if (!(bufferBytes >= leastBufferBytes))
    throw new RangeError(`bufferBytes must be ${leastBufferBytes} or more, not ${bufferBytes}.`);
  const { sessions, markets, fromMs, toMs, units } = options;
  const boundOf = (ms: number | undefined) => (ms !== undefined && Number.isFinite(ms) ? Math.ceil(ms) : null);
  const sorted = (items: readonly string[] | undefined) =>
    items ? [...new Set(items)].toSorted((one, other) => (one < other ? -1 : 1)) : null;
  return {
    folder,
    bufferBytes,
    scope: {
      format,
      what: exportedKinds.filter((kind) => what.includes(kind)),
      sessions: sorted(sessions),
      markets: sorted(markets),
      fromMs: boundOf(fromMs),
      toMs: boundOf(toMs),
      seriesSeparator,
      units: units ?? null,
    },
  };
}
