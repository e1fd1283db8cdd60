import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { csvText } from './csv-text.ts';
import { parquetEncoder } from './parquet-encoder.ts';
import type { TableEncoder } from './table-encoder.ts';
import type { Cell, Column } from './tables.ts';

export type ExportFormat = 'parquet' | 'csv';

/** Rows that are written at a time: a row group of a Parquet file. */
const rowsAtATime = 50_000;

/** A file that is there under its name only once it is whole. */
export class TableFile {
  readonly path: string;
  readonly #partPath: string;
  readonly #file: FileHandle;
  readonly #encoder: TableEncoder;
  #waiting: (readonly Cell[])[] = [];
  rows = 0;

  private constructor(path: string, partPath: string, file: FileHandle, encoder: TableEncoder) {
    this.path = path;
    this.#partPath = partPath;
    this.#file = file;
    this.#encoder = encoder;
  }

  static async create(path: string, format: ExportFormat, columns: readonly Column[]): Promise<TableFile> {
    const encoder = format === 'csv' ? csvEncoder(columns) : await parquetEncoder(columns);
    const partPath = `${path}.part`;
    const file = new TableFile(path, partPath, await open(partPath, 'w'), encoder);
    await file.#write(encoder.begin());
    return file;
  }

  async add(rows: readonly (readonly Cell[])[]): Promise<void> {
    for (const row of rows) this.#waiting.push(row);
    this.rows += rows.length;
    while (this.#waiting.length >= rowsAtATime)
      await this.#write(this.#encoder.rows(this.#waiting.splice(0, rowsAtATime)));
  }

  async finish(): Promise<void> {
    if (this.#waiting.length > 0) await this.#write(this.#encoder.rows(this.#waiting.splice(0)));
    await this.#write(this.#encoder.end());
    await this.#file.sync();
    await this.#file.close();
    await rename(this.#partPath, this.path);
  }

  /** Leaves nothing behind. A file of that name from before stays. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await rm(this.#partPath, { force: true });
  }

  async #write(bytes: Uint8Array): Promise<void> {
    // One call may write less than it was given.
    for (let at = 0; at < bytes.length;) at += (await this.#file.write(bytes, at)).bytesWritten;
  }
}

const encodeText = new TextEncoder();

const csvEncoder = (columns: readonly Column[]): TableEncoder => ({
  begin: () => encodeText.encode(csvText([columns.map(({ name }) => name)])),
  rows: (rows) =>
    encodeText.encode(
      csvText(rows.map((row) => row.map((cell, index) => (columns[index]!.type === 'time' ? timeText(cell) : cell)))),
    ),
  end: () => new Uint8Array(),
});

const timeText = (cell: Cell): Cell => (typeof cell === 'number' ? new Date(cell).toISOString() : cell);
