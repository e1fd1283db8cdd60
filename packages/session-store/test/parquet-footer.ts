// The footer of a Parquet file, read as strictly as its format is written down: whatever is not as it must be is an error. For what
// lenient readers forgive.
import { readFileSync } from 'node:fs';

type Value = number | bigint | boolean | string | readonly Value[] | Struct;
type Struct = ReadonlyMap<number, Value>;

export type ParquetFooter = {
  readonly rows: number;
  readonly rowGroups: number;
  readonly createdBy: string;
  readonly columns: readonly { readonly name: string; readonly isRequired: boolean }[];
  readonly codecs: ReadonlySet<number>;
  readonly metadata: Readonly<Record<string, string>>;
};

/** Of Thrift's compact protocol. */
const types = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  struct: 12,
} as const;

class Reader {
  #at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  struct(): Struct {
    const fields = new Map<number, Value>();
    for (let id = 0; ;) {
      const header = this.#byte();
      if (header === 0) return fields;
      const step = header >> 4;
      const next = step === 0 ? Number(this.#zigzag()) : id + step;
      if (next <= id) throw new Error(`field ${next} behind ${id}`);
      id = next;
      fields.set(id, this.#value(header & 15));
    }
  }

  #value(type: number): Value {
    if (type === types.true || type === types.false) return type === types.true;
    if (type === types.byte) return this.#byte();
    if (type === types.i16 || type === types.i32) return Number(this.#zigzag());
    if (type === types.i64) return this.#zigzag();
    if (type === types.binary) return this.#take(Number(this.#varint())).toString('latin1');
    if (type === types.list) return this.#list();
    if (type === types.struct) return this.struct();
    throw new Error(`type ${type} at byte ${this.#at}`);
  }

  #list(): readonly Value[] {
    const header = this.#byte();
    const type = header & 15;
    if (!Object.values(types).some((known) => known === type)) throw new Error(`a list of type ${type}`);
    const length = header >> 4 === 15 ? Number(this.#varint()) : header >> 4;
    return Array.from({ length }, () => this.#value(type));
  }

  #byte(): number {
    return this.#take(1)[0]!;
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    if (taken.length < length) throw new Error('the footer is too short');
    this.#at += length;
    return taken;
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  }

  #zigzag(): bigint {
    const value = this.#varint();
    return (value >> 1n) ^ -(value & 1n);
  }
}

/** @throws where the file is not as the format says */
export function readParquetFooter(file: string): ParquetFooter {
  const bytes = readFileSync(file);
  if (bytes.toString('latin1', 0, 4) !== 'PAR1' || bytes.toString('latin1', bytes.length - 4) !== 'PAR1')
    throw new Error('no PAR1 at both ends');
  const length = bytes.readUInt32LE(bytes.length - 8);
  const reader = new Reader(bytes.subarray(bytes.length - 8 - length, bytes.length - 8));
  const footer = reader.struct();
  if (!reader.isAtEnd) throw new Error('the footer has more than its struct');
  for (const id of [1, 2, 3, 4]) if (!footer.has(id)) throw new Error(`the footer lacks its field ${id}`);
  const [root, ...columns] = footer.get(2) as readonly Struct[];
  if (root!.get(5) !== columns.length) throw new Error('the root does not count its columns');
  const rowGroups = footer.get(4) as readonly Struct[];
  const chunks = rowGroups.flatMap((group) => group.get(1) as readonly Struct[]);
  const pairs = (footer.get(5) ?? []) as readonly Struct[];
  const text = (value: Value | undefined) => Buffer.from(value as string, 'latin1').toString('utf8');
  return {
    rows: Number(footer.get(3)),
    rowGroups: rowGroups.length,
    createdBy: text(footer.get(6) ?? ''),
    columns: columns.map((column) => ({ name: text(column.get(4)), isRequired: column.get(3) === 0 })),
    codecs: new Set(chunks.map((chunk) => (chunk.get(3) as Struct).get(4) as number)),
    metadata: Object.fromEntries(pairs.map((pair) => [text(pair.get(1)), text(pair.get(2))])),
  };
}
