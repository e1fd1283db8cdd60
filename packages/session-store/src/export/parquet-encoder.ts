import type { ColumnSource, SchemaElement } from 'hyparquet-writer';
import type { TableEncoder } from './table-encoder.ts';
import type { Cell, Column, ColumnType } from './tables.ts';

const elements: Readonly<Record<ColumnType, Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  int32: { type: 'INT32' },
  int64: { type: 'INT64' },
  boolean: { type: 'BOOLEAN' },
  // A moment, not a clock on a wall: that is what `isAdjustedToUTC` says.
  time: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
};

/** Parquet, a row group for each call, compressed with Snappy. The library is loaded here, for those who export. */
export async function parquetEncoder(columns: readonly Column[]): Promise<TableEncoder> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const schema: SchemaElement[] = [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, type }): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...elements[type] })),
  ];
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: 'session-store' });
  // The writer counts its offsets in `offset` and fills the buffer from `index` on.
  const take = () => {
    const taken = new Uint8Array(bytes.buffer.slice(0, bytes.index));
    bytes.index = 0;
    return taken;
  };
  return {
    begin: take,
    rows: (rows) => {
      void writer.write({
        columnData: columns.map((column, index) => columnOf(column, index, rows)),
        rowGroupSize: rows.length,
      });
      return take();
    },
    end: () => {
      void writer.finish();
      return take();
    },
  };
}

const columnOf = ({ name, type }: Column, index: number, rows: readonly (readonly Cell[])[]): ColumnSource => ({
  name,
  data: rows.map((row) => {
    const cell = row[index]!;
    // 64 bits are exact only as bigint there.
    return type === 'int64' && cell !== null
      ? BigInt(cell)
      : type === 'time' && cell !== null
        ? new Date(Number(cell))
        : cell;
  }),
});
