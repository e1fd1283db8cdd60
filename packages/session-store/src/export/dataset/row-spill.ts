import { rmSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Cell } from '../tables.ts';

export type Rows = readonly (readonly Cell[])[];

/** Where some rows lie. */
export type SpilledBlock = { readonly at: number; readonly bytes: number; readonly rows: number };

/** Rows that memory has no room for, on disk until their row group is full: one file for all partitions, written from front to back. */
export class RowSpill {
  readonly #path: string;
  #file: FileHandle | null = null;
  #end = 0;

  constructor(path: string) {
    this.#path = path;
  }

  async put(rows: Rows): Promise<SpilledBlock> {
    this.#file ??= await open(this.#path, 'w+');
    const bytes = zstdCompressSync(serialize(rows));
    const at = this.#end;
    this.#end += bytes.length;
    for (let done = 0; done < bytes.length;)
      done += (await this.#file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
    return { at, bytes: bytes.length, rows: rows.length };
  }

  async get({ at, bytes }: SpilledBlock): Promise<Rows> {
    const block = Buffer.alloc(bytes);
    for (let done = 0; done < bytes;) {
      const { bytesRead } = await this.#file!.read(block, done, bytes - done, at + done);
      if (bytesRead === 0) throw new Error(`${this.#path} has been cut off by somebody else.`);
      done += bytesRead;
    }
    return deserialize(zstdDecompressSync(block)) as Rows;
  }

  async remove(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
    this.#end = 0;
    rmSync(this.#path, { force: true });
  }
}
