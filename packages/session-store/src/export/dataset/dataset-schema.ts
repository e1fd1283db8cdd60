import type { ExportUnits } from '../describe-table.ts';
import { fieldOf } from '../describe-table.ts';
import { coverageColumns, tables, type Column, type ExportedKind } from '../tables.ts';
import type { DatasetScope } from './dataset-options.ts';
import { liesBySeries } from './partition-path.ts';

/** What a dataset calls the table of when each market was covered. */
export const coverageKind = 'coverage';

export const columnsOf = (kind: string): readonly Column[] =>
  kind === coverageKind ? coverageColumns : tables[kind as ExportedKind].columns;

export const kindsOf = ({ what }: DatasetScope): readonly string[] => [...what, coverageKind];

export const partitionsOf = (kind: string): readonly ('day' | 'series')[] =>
  liesBySeries(columnsOf(kind)) ? ['day', 'series'] : ['day'];

/** `schema.json`: tables, columns, types, units, what each is. */
export function schemaText(scope: DatasetScope): string {
  const units: ExportUnits | undefined = scope.units ?? undefined;
  const described = {
    units: units ?? null,
    tables: kindsOf(scope).map((kind) => ({
      name: kind,
      files: `${kind}/${partitionsOf(kind)
        .map((name) => `${name}=*/`)
        .join('')}*.parquet`,
      partitions: partitionsOf(kind),
      fields: columnsOf(kind).map((column) => fieldOf(column, false, units)),
    })),
  };
  return `${JSON.stringify(described, null, 2)}\n`;
}
