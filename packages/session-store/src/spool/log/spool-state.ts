// How far the sessions came. It stands in the database, and in a file beside it: SQLite takes a damaged end of its log for the end, and
// says nothing. That file is the `mark`.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { makePrivateFile } from '../../database/private-files.ts';

export type SessionProgress = {
  readonly session: string;
  readonly lastBatch: number;
  /** `everything` once it was forgotten, until nothing of it is left. */
  readonly acknowledged: number;
};

export type SpoolState = {
  /** Rises with every commit: of two the higher one is believed. */
  readonly revision: number;
  /** By number, in the order in which they came. */
  readonly sessions: readonly (readonly [number: number, progress: SessionProgress])[];
};

export const noState: SpoolState = { revision: 0, sessions: [] };

const headerBytes = 8;

export class SpoolMark {
  readonly #file: number;
  #state: SpoolState;

  constructor(folder: string) {
    const path = join(folder, 'mark');
    makePrivateFile(path);
    this.#state = read(readFileSync(path)) ?? noState;
    this.#file = openSync(path, 'r+');
  }

  get state(): SpoolState {
    return this.#state;
  }

  /** In place and not synced: behind what is committed, never before it. It is a help, so it never throws. */
  write(state: SpoolState): void {
    this.#state = state;
    const content = Buffer.from(JSON.stringify(state));
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

/** `null` when it is torn, or something else: that is no damage. */
function read(bytes: Buffer): SpoolState | null {
  if (bytes.length < headerBytes) return null;
  const end = headerBytes + bytes.readUInt32LE(4);
  if (end > bytes.length || crc32(bytes.subarray(4, end)) !== bytes.readUInt32LE(0)) return null;
  return JSON.parse(bytes.toString('utf8', headerBytes, end)) as SpoolState;
}
