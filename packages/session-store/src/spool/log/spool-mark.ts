// How far each session came, beside the database: SQLite takes a damaged end of its log for the end, and says nothing.
import { readFileSync, closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { makePrivateFile } from '../../database/private-files.ts';

/** A session as far as it came. */
export type SessionProgress = {
  readonly session: string;
  readonly lastBatch: number;
  /** `everything` once it was forgotten, until nothing of it is left. */
  readonly acknowledged: number;
};

export type Progresses = ReadonlyMap<number, SessionProgress>;

const headerBytes = 8;

export class SpoolMark {
  readonly #file: number;
  #latest: Progresses;

  constructor(folder: string) {
    const path = join(folder, 'mark');
    makePrivateFile(path);
    this.#latest = read(readFileSync(path));
    this.#file = openSync(path, 'r+');
  }

  /** By number. Nothing when the file said nothing readable. */
  get latest(): Progresses {
    return this.#latest;
  }

  /** In place and not synced: behind what is committed, never before it. It is a help, so it never throws. */
  write(latest: Progresses): void {
    this.#latest = latest;
    const content = Buffer.from(JSON.stringify([...latest]));
    const bytes = Buffer.alloc(headerBytes + content.length);
    bytes.writeUInt32LE(content.length, 4);
    content.copy(bytes, headerBytes);
    bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
    try {
      writeSync(this.#file, bytes, 0, bytes.length, 0);
    } catch {
      // The database knows.
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

function read(bytes: Buffer): Progresses {
  if (bytes.length < headerBytes) return new Map();
  const end = headerBytes + bytes.readUInt32LE(4);
  if (end > bytes.length || crc32(bytes.subarray(4, end)) !== bytes.readUInt32LE(0)) return new Map();
  return new Map(JSON.parse(bytes.toString('utf8', headerBytes, end)) as [number, SessionProgress][]);
}
