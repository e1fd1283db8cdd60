import { docOf, storeVersion } from '../describe-table.ts';
import type { DatasetScope } from './dataset-options.ts';
import { columnsOf, kindsOf, partitionsOf } from './dataset-schema.ts';

/** @param queries name and text of each */
export function datasetReadme(scope: DatasetScope, queries: readonly (readonly [string, string])[]): string {
  const { name, version } = storeVersion();
  const units = scope.units
    ? `Prices and sizes are integers: 1 ${scope.units.price.unit} is ${scope.units.price.scale}, 1 ${scope.units.size.unit} is ${scope.units.size.scale}.`
    : 'Prices and sizes are integers, at the scale at which they were recorded.';
  return `# A recording of order books

Written by ${name} ${version}. ${units} Times are UTC. \`schema.json\` has every column with its type and unit, \`manifest.json\` every file
with its rows, bytes and SHA-256, the sessions, and what could not be read.

Files lie by UTC day of arrival and, where a table's rows are each of one market, by series: a market's name up to the first \`${scope.seriesSeparator}\`.
\`day\` and \`series\` are columns to readers that know Hive's partitions. A series that no folder can be called is percent-encoded; one of more
than 200 characters is cut, and ends in \`~\` and a hash.

A hole of the recording is in \`gaps\`, and \`coverage\` says of each market and day when its book can be rebuilt out of this dataset, and why
not. Nothing is made up in between. A hole without a market lies by day alone, as any market of its subscription may miss something; it is
entered on the day on which it began. A book begins with a snapshot, which may lie on an earlier day.

A \`side\` is \`yes\` or \`no\`; a \`time\` is a timestamp in UTC to the millisecond, a \`microtime\` one to the microsecond.

${kindsOf(scope)
  .map((kind) => tableText(kind, scope))
  .join('\n')}
## Open it

\`\`\`sh
duckdb -cmd '.read queries/open.sql' # in this folder
\`\`\`

\`\`\`python
import pandas as pd # with pyarrow; with day and series as columns
deltas = pd.read_parquet('deltas', filters=[('day', '==', '2026-11-30')])
\`\`\`

\`\`\`js
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'; // one file; what is not compressed with Snappy wants hyparquet-compressors
const rows = await parquetReadObjects({ file: await asyncBufferFromFile('deltas/day=2026-11-30/series=KXGOLD15M/part-0.${scope.format}') });
\`\`\`

## Queries

For DuckDB, in \`queries/\`. \`open.sql\` makes a view of each table; read it first, then the others as you need them.

${queries.map(([file, text]) => queryText(file, text)).join('\n')}`;
}

function tableText(kind: string, { units }: DatasetScope): string {
  const by = partitionsOf(kind).map((column) => `\`${column}\``);
  const columns = columnsOf(kind).map(
    (column) =>
      `| \`${column.name}\` | ${column.type}${column.isRequired ? '' : ', or null'} | ${docOf(column, units ?? undefined)} |\n`,
  );
  return `## ${kind}

By ${by.join(' and ')}.

| column | type | what |
| --- | --- | --- |
${columns.join('')}`;
}

/** What the comment says with which each begins. */
function queryText(file: string, text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('--'));
  const said = lines.slice(0, end).map((line) => line.replace(/^-- ?/, ''));
  const example = said.filter((line) => line.startsWith('  ')).map((line) => line.trim());
  const prose = said
    .filter((line) => !line.startsWith('  '))
    .join('\n')
    .trim();
  return `### ${file}\n\n${prose}\n${example.length > 0 ? `\n\`\`\`sql\n${example.join('\n')}\n\`\`\`\n` : ''}`;
}
