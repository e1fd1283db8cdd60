import { zstdCompressSync } from 'node:zlib';
import type { ColumnSource, SchemaElement } from 'hyparquet-writer';
import { storeVersion } from './describe-table.ts';
import type { TableEncoder } from './table-encoder.ts';
import type { Cell, Column, ColumnType } from './tables.ts';

const string = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;

const elements: Readonly<Record<ColumnType, Omit<SchemaElement, 'name'>>> = {
  text: string,
  side: string,
  int32: { type: 'INT32' },
  int64: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  // A moment, not a clock on a wall: that is what `isAdjustedToUTC` says.
  time: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
  microtime: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
};

/** Parquet, a row group for each call. The library is loaded here, for those who export. */
export async function parquetEncoder(columns: readonly Column[], codec: 'SNAPPY' | 'ZSTD'): Promise<TableEncoder> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const schema: SchemaElement[] = [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, type, isRequired }): SchemaElement => {
      return { name, repetition_type: isRequired ? 'REQUIRED' : 'OPTIONAL', ...elements[type] };
    }),
  ];
  const { name, version } = storeVersion();
  const createdBy = `${name} version ${version}`;
  const compressors = { ZSTD: (page: Uint8Array) => zstdCompressSync(page) };
  const writer = new ParquetWriter({ writer: bytes, schema, codec, compressors, createdBy });
  // The writer counts its offsets in `offset` and fills the buffer from `index` on. It gets a small buffer again: many may be open.
  const take = () => {
    const taken = new Uint8Array(bytes.buffer, 0, bytes.index);
    bytes.buffer = new ArrayBuffer(1024);
    bytes.view = new DataView(bytes.buffer);
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
    end: (metadata) => {
      writer.kvMetadata = Object.entries(metadata).map(([key, value]) => ({ key, value }));
      void writer.finish();
      return writer.row_groups.length === 0 ? withTypedList(take()) : take();
    },
  };
}

/** `num_rows` of 0, and then `row_groups` as a list of none, of elements of type 0: which is no type. */
const untypedList = Buffer.from([0x16, 0x00, 0x19, 0x00]);
const structType = 12;

/**
 * The footer of a file without a row group. The library takes the type of a list's elements from the first of them, and writes none
 * for a list of none; strict readers refuse that. What is looked for comes behind the schema, in whose names no such bytes are.
 */
function withTypedList(footer: Uint8Array): Uint8Array {
  const at = Buffer.from(footer.buffer, 0, footer.length).indexOf(untypedList);
  if (at !== -1) footer[at + untypedList.length - 1] = structType;
  return footer;
}

const columnOf = ({ name, type }: Column, index: number, rows: readonly (readonly Cell[])[]): ColumnSource => ({
  name,
  data: rows.map((row) => {
    const cell = row[index]!;
    if (cell === null) return null;
    // 64 bits are exact only as bigint there.
    if (type === 'int64') return BigInt(cell);
    if (type === 'microtime') return typeof cell === 'bigint' ? cell : BigInt(cell) * 1000n;
    return type === 'time' ? new Date(Number(cell)) : cell;
  }),
});
