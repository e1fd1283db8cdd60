// What a reader has to know of an exported table besides its rows: what made it, what its columns are, what its integers stand for. As
// metadata of a Parquet file, and as a data package (datapackage.org) beside a text file.
import { basename } from 'node:path';
import { packageVersion } from '../package-version.ts';
import { compressionOf, encodingOf, type ExportFormat } from './export-formats.ts';
import { coverageColumns, type Cell, type Column, type ColumnType } from './tables.ts';

/** What the integers of one measure stand for: `scale` of them are one `unit`. */
export interface ExportUnit {
  readonly unit: string;
  readonly scale: number;
}

export interface ExportUnits {
  readonly price: ExportUnit;
  readonly size: ExportUnit;
}

export type DescribedTable = {
  readonly name: string;
  readonly path: string;
  readonly columns: readonly Column[];
};

type Told = { readonly units?: ExportUnits };

export const storeVersion = () => ({ name: '@trader/session-store', version: packageVersion() });

/** Rows of coverage that a file's metadata has room for: every reader reads all of it. Of more it says only where they are. */
const mostIntervals = 10_000;

/** @param coverage rows of the coverage; no more are kept than can be told */
export function parquetMetadata(
  { name, columns }: DescribedTable,
  coverage: { readonly path: string; readonly rows: number; readonly first: readonly (readonly Cell[])[] } | null,
  { units }: Told,
): Readonly<Record<string, string>> {
  const { name: store, version } = storeVersion();
  const told = units && {
    price_unit: units.price.unit,
    price_scale: String(units.price.scale),
    size_unit: units.size.unit,
    size_scale: String(units.size.scale),
  };
  const intervals = coverage?.first.map((row) => {
    return Object.fromEntries(coverageColumns.map((column, index) => [column.name, shown(row[index]!, column)]));
  });
  return {
    store,
    store_version: version,
    table: name,
    ...told,
    columns: JSON.stringify(Object.fromEntries(columns.map((column) => [column.name, docOf(column, units)]))),
    ...(coverage && { coverage_file: basename(coverage.path), coverage_rows: String(coverage.rows) }),
    ...(coverage && coverage.rows <= mostIntervals && { coverage: JSON.stringify(intervals) }),
  };
}

/** The first rows, as far as the metadata may need them. */
export class CoverageRows {
  readonly first: (readonly Cell[])[] = [];

  add(rows: readonly (readonly Cell[])[]): void {
    this.first.push(...rows.slice(0, Math.max(0, mostIntervals - this.first.length)));
  }
}

/** @param tables the first one gives the package its name */
export function dataPackage(tables: readonly DescribedTable[], format: ExportFormat, { units }: Told): string {
  const described = {
    $schema: 'https://datapackage.org/profiles/2.0/datapackage.json',
    name: tables[0]!.name,
    store: storeVersion(),
    units: units ?? null,
    resources: tables.map((table) => resource(table, format, units)),
  };
  return `${JSON.stringify(described, null, 2)}\n`;
}

function resource(
  { name, path, columns }: DescribedTable,
  format: ExportFormat,
  units: ExportUnits | undefined,
): object {
  const encoding = encodingOf(format);
  const compression = compressionOf(format);
  return {
    name,
    path: basename(path),
    format: encoding,
    mediatype: encoding === 'csv' ? 'text/csv' : 'application/jsonl',
    encoding: 'utf-8',
    ...(compression && { compression }),
    ...(encoding === 'csv' && {
      dialect: { header: true, delimiter: ',', lineTerminator: '\r\n', quoteChar: '"', doubleQuote: true },
    }),
    schema: { fields: columns.map((column) => fieldOf(column, encoding === 'csv', units)), missingValues: [''] },
  };
}

const fieldTypes: Readonly<Record<ColumnType, string>> = {
  text: 'string',
  side: 'string',
  int32: 'integer',
  int64: 'integer',
  double: 'number',
  boolean: 'boolean',
  time: 'datetime',
  microtime: 'datetime',
};

/** As a data package has it. */
export function fieldOf(column: Column, isCsv: boolean, units: ExportUnits | undefined): object {
  const { name, type, isRequired } = column;
  const sides = type === 'side' && { enum: isCsv ? ['side_yes', 'side_no'] : ['yes', 'no'] };
  const constraints = { ...(isRequired && { required: true }), ...sides };
  return { name, type: fieldTypes[type], description: docOf(column, units), constraints };
}

/** What a column is, with what its integers stand for. */
export function docOf({ doc, measure }: Column, units: ExportUnits | undefined): string {
  if (!measure) return doc;
  const { unit, scale } = units?.[measure] ?? {};
  return `${doc} ${unit === undefined ? 'An integer, as it was appended.' : `An integer: 1 ${unit} is ${scale}.`}`;
}

const shown = (cell: Cell, { type }: Column): Cell => (type === 'time' ? new Date(Number(cell)).toISOString() : cell);
