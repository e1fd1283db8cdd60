// How far the log went. A log that was cut at the end of a block looks whole; beside this number it does not.
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from '../encoding/checksum.ts';
import { privateFile } from '../../database/private-files.ts';

export type Mark = {
  /** The number of the first block that is still needed. */
  readonly front: number;
  /** The number that the next block was to get. */
  readonly next: number;
};

/** Two slots, written in turn: a write that is cut short leaves the other one. */
const slotBytes = 32;

export class SpoolMark {
  readonly #file: FileHandle;
  #writes: number;
  /** What it said when it was opened; `null` when it said nothing readable. */
  readonly found: Mark | null;

  private constructor(file: FileHandle, writes: number, found: Mark | null) {
    this.#file = file;
    this.#writes = writes;
    this.found = found;
  }

  static async open(folder: string): Promise<SpoolMark> {
    const path = join(folder, 'mark');
    // 'a+' makes the file where it is missing and keeps it where it is not; it cannot write in the middle.
    await (await open(path, 'a+', privateFile)).close();
    const file = await open(path, 'r+');
    const bytes = new Uint8Array(2 * slotBytes);
    await file.read(bytes, 0, bytes.length, 0);
    const latest = [readSlot(bytes, 0), readSlot(bytes, slotBytes)].reduce(
      (one, other) => (other && other.writes > (one?.writes ?? -1) ? other : one),
      null,
    );
    return new SpoolMark(file, latest?.writes ?? 0, latest);
  }

  async write({ front, next }: Mark): Promise<void> {
    const slot = new DataView(new ArrayBuffer(slotBytes));
    this.#writes++;
    slot.setFloat64(8, this.#writes, true);
    slot.setFloat64(16, front, true);
    slot.setFloat64(24, next, true);
    const bytes = new Uint8Array(slot.buffer);
    slot.setUint32(0, crc32(bytes, 0, 8), true);
    await this.#file.write(bytes, 0, slotBytes, (this.#writes % 2) * slotBytes);
  }

  async sync(): Promise<void> {
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

type Slot = Mark & { readonly writes: number };

function readSlot(bytes: Uint8Array, at: number): Slot | null {
  const slot = new DataView(bytes.buffer, at, slotBytes);
  if (slot.getUint32(0, true) !== crc32(bytes, 0, at + 8, at + slotBytes)) return null;
  const writes = slot.getFloat64(8, true);
  return writes > 0 ? { writes, front: slot.getFloat64(16, true), next: slot.getFloat64(24, true) } : null;
}
