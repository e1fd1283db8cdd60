// What stands in the database: one table of rows, each with a few words about it as JSON, a text, and a checksum of them all. A session
// has a number, and with it a span of keys: its batches by their numbers, and its notes behind them.
import { crc32 } from 'node:zlib';

export type SpoolRow = {
  readonly key: number;
  readonly head: string;
  readonly text: Uint8Array;
  readonly checksum: number;
};

const keysPerSession = 2 ** 32;
/** No batch has this number. Acknowledged through it: all of the session is to go, its notes and its name too. */
export const everything = 2 ** 31 - 1;

export const batchKey = (number: number, batch: number): number => number * keysPerSession + batch;
export const noteKey = (number: number, note: number): number => batchKey(number, everything + note);

/** Which session the key belongs to, and which of its batches or notes it is. */
export function placeOf(key: number): { readonly number: number; readonly batch: number; readonly note: number } {
  const at = key % keysPerSession;
  return { number: Math.floor(key / keysPerSession), batch: Math.min(at, everything), note: at - everything };
}

const checksumOf = (key: number, head: string, text: Uint8Array) => crc32(text, crc32(`${key} ${head}`));

export function spoolRow(key: number, about: unknown, content = ''): SpoolRow {
  const [head, text] = [JSON.stringify(about), bytesOf(content)];
  return { key, head, text, checksum: checksumOf(key, head, text) };
}

/** Whether it is what was written. */
export function isWhole({ key, head, text, checksum }: SpoolRow): boolean {
  return typeof head === 'string' && text instanceof Uint8Array && checksumOf(key, head, text) === checksum;
}

/** No UTF-8 begins with it: UTF-16 follows, which keeps halves of characters as they are. */
const utf16 = 0xff;

// As bytes, for SQLite takes a NUL for the end of a text here and there.
function bytesOf(text: string): Uint8Array {
  if (text.isWellFormed()) return Buffer.from(text);
  return Buffer.concat([Uint8Array.of(utf16), Buffer.from(text, 'utf16le')]);
}

export function textOf({ text }: SpoolRow): string {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  return bytes[0] === utf16 ? bytes.toString('utf16le', 1) : bytes.toString();
}
