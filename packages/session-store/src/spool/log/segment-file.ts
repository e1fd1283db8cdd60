import { open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { privateFile } from '../../database/private-files.ts';

/** One file of the log. What its blocks' checksums begin with is in its name, so that no damage inside takes it along. */
export type Segment = {
  readonly name: string;
  readonly first: number;
  readonly salt: number;
  /** How far it is written; what lies behind is the leftover of a write that failed. */
  bytes: number;
};

const extension = '.segment';
const pattern = /^(\d{16})-([0-9a-f]{8})\.segment$/;

export function segmentOf(first: number, salt: number, bytes = 0): Segment {
  const name = `${String(first).padStart(16, '0')}-${salt.toString(16).padStart(8, '0')}${extension}`;
  return { name, first, salt, bytes };
}

/** The folder's segments by their first number. */
export async function listSegments(folder: string): Promise<Segment[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name) => {
      const match = pattern.exec(name);
      return match ? [segmentOf(Number(match[1]), Number.parseInt(match[2]!, 16))] : [];
    })
    .toSorted((one, other) => one.first - other.first);
}

/** Makes the segment's file, empty. */
export async function createSegment(folder: string, { name }: Segment): Promise<FileHandle> {
  return open(join(folder, name), 'w', privateFile);
}

/**
 * Writes all of `blocks` at `offset`.
 *
 * @returns how many bytes that was
 */
export async function writeAll(file: FileHandle, blocks: readonly Uint8Array[], offset: number): Promise<number> {
  const bytes = blocks.length === 1 ? blocks[0]! : Buffer.concat(blocks);
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
  return bytes.length;
}

export async function removeSegment(folder: string, { name }: Segment): Promise<void> {
  await rm(join(folder, name), { force: true });
}
