// What lies beside the tables of a dataset for people: a README, `schema.json` and ready queries.
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFolder } from '../../package-version.ts';
import type { Column, ColumnType, ExportedKind } from '../tables.ts';
import type { DatasetScope } from './dataset-options.ts';
import { columnsOf, kindsOf, partitionsOf } from './dataset-schema.ts';
import { datasetReadme } from './dataset-readme.ts';
import { writeWhole, type DatasetPart } from './manifest.ts';

const ofBooks: readonly ExportedKind[] = ['deltas', 'snapshots'];

/** The tables that a query needs, where it is not those of the books alone: without them it is not there. */
const reads: Readonly<Record<string, readonly ExportedKind[]>> = {
  'ohlc-bars.sql': [...ofBooks, 'trades', 'gaps'],
  'trades-with-book.sql': [...ofBooks, 'trades'],
  'settlement-per-market.sql': ['settlements'],
};

export async function writeDescription(
  folder: string,
  scope: DatasetScope,
  schema: string,
  parts: ReadonlyMap<string, DatasetPart>,
): Promise<void> {
  const shipped = fileURLToPath(new URL('queries/', packageFolder()));
  const queries = new Map<string, string>();
  for (const name of (await readdir(shipped)).toSorted())
    queries.set(name, await readFile(join(shipped, name), 'utf8'));
  const filled = new Set([...parts.values()].flatMap(({ kind, files }) => (files.length > 0 ? [kind] : [])));
  const views = kindsOf(scope).map((kind) => viewOf(kind, filled.has(kind)));
  const books = queries.get('books.sql')!;
  queries.delete('books.sql');
  const has = (query: string) => (reads[query] ?? ofBooks).every((kind) => kindsOf(scope).includes(kind));
  for (const name of queries.keys()) if (!has(name)) queries.delete(name);
  const head = '-- The tables of this dataset as views: run it in the dataset’s folder (DuckDB).\n';
  queries.set('open.sql', [head, ...views, ...(has('books.sql') ? [`\n${books}`] : [])].join(''));
  const files = new Map([
    ['schema.json', schema],
    ['README.md', datasetReadme(scope, [...queries])],
    ...[...queries].map(([name, text]) => [`queries/${name}`, text] as const),
  ]);
  for (const [name, text] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeWhole(join(folder, name), text);
  }
}

const duckdbTypes: Readonly<Record<ColumnType, string>> = {
  text: 'varchar',
  side: 'varchar',
  int32: 'integer',
  int64: 'bigint',
  boolean: 'boolean',
  double: 'double',
  time: 'timestamptz',
  microtime: 'timestamptz',
};

/** A pattern that no file matches is an error to DuckDB. */
function viewOf(kind: string, hasFiles: boolean): string {
  const by = partitionsOf(kind);
  const files = `${kind}/${by.map((name) => `${name}=*/`).join('')}*.parquet`;
  const types = by.map((name) => `'${name}': ${name === 'day' ? 'date' : 'varchar'}`).join(', ');
  const none = [
    ...columnsOf(kind).map(({ name, type }: Column) => `null::${duckdbTypes[type]} as ${name}`),
    ...by.map((name) => `null::${name === 'day' ? 'date' : 'varchar'} as ${name}`),
  ].join(', ');
  const from = hasFiles
    ? `from read_parquet('${files}', hive_partitioning = true, hive_types = {${types}})`
    : `select ${none} where false`;
  return `create or replace view ${kind} as ${from};\n`;
}
