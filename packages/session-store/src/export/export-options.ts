import { spanOf } from '../reading/stretch.ts';
import type { SessionId } from '../records.ts';
import type { ExportUnits } from './describe-table.ts';
import { exportFormats, type ExportFormat } from './export-formats.ts';
import { exportedKinds, type ExportedKind } from './tables.ts';

export interface ExportOptions {
  /** The end of the files' names: how they are written, and compressed. */
  readonly format: ExportFormat;
  readonly what: ExportedKind;
  /** What prices and sizes stand for, which the store does not know: told in the files. @default not told */
  readonly units?: ExportUnits;
  /** Where `deltas.parquet`, or what it is, and `coverage.parquet` go; made if it is missing. Files of these names are replaced. */
  readonly folder: string;
  /** @default all */
  readonly sessions?: readonly SessionId[];
  /** A gap of no market comes whatever the markets: any of them may miss something. @default all */
  readonly markets?: readonly string[];
  /** Only what arrived at this time or later, in ms since the epoch. */
  readonly fromMs?: number;
  /** Only what arrived before this time, in ms since the epoch. */
  readonly toMs?: number;
  /** Called after each page that was read. What it throws ends the export. */
  readonly onProgress?: (progress: ExportProgress) => void;
  /**
   * Called for each part of a session that cannot be read; it is left out, and so are the session's records behind it where a
   * statement fails. @default such a part ends the export
   */
  readonly onDamage?: (damage: ExportDamage) => void;
  /** Ends the export, which then rejects with the signal's reason and leaves no file. */
  readonly signal?: AbortSignal;
}

export interface ExportProgress {
  /** Sessions that are done, of how many. */
  readonly sessions: number;
  readonly ofSessions: number;
  readonly rows: number;
}

export interface ExportDamage {
  readonly session: SessionId;
  readonly problem: string;
}

export interface ExportResult {
  readonly file: string;
  readonly rows: number;
  readonly coverageFile: string;
  /** A data package, which says of both files what their columns are; `null` with Parquet, which has that in the file. */
  readonly packageFile: string | null;
  readonly sessions: readonly SessionId[];
}

/**
 * Looks at what a caller wants before anything is read or written.
 *
 * @throws {TypeError | RangeError} naming what would be right
 */
export function checkExportOptions({ format, what, folder, markets, units, fromMs, toMs }: ExportOptions): void {
  mustBeOneOf('format', format, exportFormats);
  mustBeOneOf('what', what, exportedKinds);
  if (typeof folder !== 'string' || folder === '') throw wrong('folder', 'a path', folder);
  if (markets !== undefined && !Array.isArray(markets)) throw wrong('markets', 'an array of names', markets);
  spanOf({ ...(fromMs !== undefined && { fromMs }), ...(toMs !== undefined && { toMs }) });
  if (units === undefined) return;
  for (const measure of ['price', 'size'] as const) {
    const told = units[measure] as Partial<typeof units.price> | undefined;
    if (typeof told !== 'object') throw wrong(`units.${measure}`, 'a unit with its scale', told);
    const { unit, scale } = told;
    if (typeof unit !== 'string' || unit === '') throw wrong(`units.${measure}.unit`, 'a name', unit);
    if (!Number.isSafeInteger(scale) || scale! < 1)
      throw wrong(`units.${measure}.scale`, 'a whole number from 1 on', scale);
  }
}

function mustBeOneOf(name: string, value: unknown, right: readonly string[]): void {
  if (!right.some((one) => one === value)) throw wrong(name, `one of ${right.join(', ')}`, value);
}

const wrong = (name: string, right: string, value: unknown): TypeError =>
  new TypeError(`${name} must be ${right}, not ${JSON.stringify(value) ?? String(value)}.`);
