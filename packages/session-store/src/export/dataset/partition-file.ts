import { createHash, type Hash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parquetEncoder } from '../parquet-encoder.ts';
import { partOf } from '../table-file.ts';
import type { TableEncoder } from '../table-encoder.ts';
import type { Cell, Column } from '../tables.ts';

export type Codec = 'SNAPPY' | 'ZSTD';

/** A Parquet file that grows by row groups. It is open only while one is written, and has its name only once it is whole. */
export class PartitionFile {
  readonly path: string;
  readonly #partPath: string;
  readonly #encoder: TableEncoder;
  readonly #hash: Hash = createHash('sha256');
  rows = 0;
  bytes = 0;

  private constructor(path: string, encoder: TableEncoder) {
    this.path = path;
    this.#partPath = partOf(path);
    this.#encoder = encoder;
  }

  static async create(path: string, columns: readonly Column[], codec: Codec): Promise<PartitionFile> {
    const file = new PartitionFile(path, await parquetEncoder(columns, codec));
    await mkdir(dirname(path), { recursive: true });
    await file.#append(file.#encoder.begin(), 'w');
    return file;
  }

  /** One row group. */
  async add(rows: readonly (readonly Cell[])[]): Promise<void> {
    this.rows += rows.length;
    await this.#append(this.#encoder.rows(rows));
  }

  /** Whole, and not yet under its name. @returns the digits of its SHA-256 */
  async end(metadata: Readonly<Record<string, string>>): Promise<string> {
    await this.#append(this.#encoder.end(metadata));
    return this.#hash.digest('hex');
  }

  async sync(): Promise<void> {
    const file = await open(this.#partPath, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async takeName(): Promise<void> {
    await rename(this.#partPath, this.path);
  }

  async discard(): Promise<void> {
    await rm(this.#partPath, { force: true });
  }

  async #append(bytes: Uint8Array, flags = 'a'): Promise<void> {
    const file = await open(this.#partPath, flags);
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
    this.#hash.update(bytes);
    this.bytes += bytes.length;
  }
}
