import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { once } from 'node:events';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { compressorFor, encodingOf, type ExportFormat } from './export-formats.ts';
import { parquetEncoder } from './parquet-encoder.ts';
import type { TableEncoder } from './table-encoder.ts';
import type { Cell, Column } from './tables.ts';
import { csvEncoder, jsonlEncoder } from './text-encoder.ts';

/** Rows that are written at a time: a row group of a Parquet file. */
const rowsAtATime = 50_000;

/** What a file is called until it is whole. */
export const partOf = (path: string): string => `${path}.part`;

/** A file that is there under its name only once it is whole. */
export class TableFile {
  readonly path: string;
  readonly #partPath: string;
  readonly #file: FileHandle;
  readonly #encoder: TableEncoder;
  readonly #bytes: Transform;
  /** All that went into `#bytes` is in the file. */
  readonly #written: Promise<void>;
  #waiting: (readonly Cell[])[] = [];
  rows = 0;

  private constructor(path: string, partPath: string, file: FileHandle, format: ExportFormat, encoder: TableEncoder) {
    this.path = path;
    this.#partPath = partPath;
    this.#file = file;
    this.#encoder = encoder;
    this.#bytes = compressorFor(format);
    this.#written = pipeline(this.#bytes, async (source: AsyncIterable<Uint8Array>) => writeAll(file, source));
    // Whoever writes next hears of it.
    this.#written.catch(() => undefined);
  }

  static async create(path: string, format: ExportFormat, columns: readonly Column[]): Promise<TableFile> {
    const encoder = await encoderFor(format, columns);
    const partPath = partOf(path);
    const file = new TableFile(path, partPath, await open(partPath, 'w'), format, encoder);
    await file.#write(encoder.begin());
    return file;
  }

  async add(rows: readonly (readonly Cell[])[]): Promise<void> {
    for (const row of rows) this.#waiting.push(row);
    this.rows += rows.length;
    while (this.#waiting.length >= rowsAtATime)
      await this.#write(this.#encoder.rows(this.#waiting.splice(0, rowsAtATime)));
  }

  /** @param metadata kept in the file, where its format has room for it */
  async finish(metadata: Readonly<Record<string, string>>): Promise<void> {
    if (this.#waiting.length > 0) await this.#write(this.#encoder.rows(this.#waiting.splice(0)));
    await this.#write(this.#encoder.end(metadata));
    this.#bytes.end();
    await this.#written;
    await this.#file.sync();
    await this.#file.close();
    await rename(this.#partPath, this.path);
  }

  /** Leaves nothing behind. A file of that name from before stays. */
  async discard(): Promise<void> {
    this.#bytes.destroy();
    await this.#written.catch(() => undefined);
    await this.#file.close().catch(() => undefined);
    await rm(this.#partPath, { force: true });
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    if (this.#bytes.destroyed) return this.#written;
    if (!this.#bytes.write(bytes)) await Promise.race([once(this.#bytes, 'drain'), this.#written]);
  }
}

async function writeAll(file: FileHandle, source: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const bytes of source) {
    // One call may write less than it was given.
    for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
  }
}

async function encoderFor(format: ExportFormat, columns: readonly Column[]): Promise<TableEncoder> {
  const encoding = encodingOf(format);
  if (encoding === 'parquet') return parquetEncoder(columns, format === 'zst.parquet' ? 'ZSTD' : 'SNAPPY');
  return encoding === 'csv' ? csvEncoder(columns) : jsonlEncoder(columns);
}
