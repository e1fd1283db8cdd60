// The rows of all tables look alike: a key, a few words about the row as JSON, the text itself, and a checksum of them all.
import { crc32 } from 'node:zlib';

export type SpoolRow = {
  readonly key: number;
  readonly head: string;
  readonly text: Uint8Array;
  readonly checksum: number;
};

/** A session has a number in the spool, and this many keys: its number times this, plus the number of the batch or note. */
export const keysPerSession = 2 ** 32;

/** Acknowledged through this: all of the session is to go, its notes and its name too. */
export const everything = keysPerSession - 1;

/** What a row of each table says besides its text. */
export type About = {
  readonly sessions: readonly [session: string, lastBatch: number, acknowledged: number];
  readonly batches: readonly [session: string, batch: number, records: number, atMs: number, length: number];
  readonly notes: readonly [session: string];
};

export type Table = keyof About;
export const tables: readonly Table[] = ['sessions', 'batches', 'notes'];

const checksumOf = (table: Table, key: number, head: string, text: Uint8Array) =>
  crc32(text, crc32(`${table} ${key} ${head}`));

export function spoolRow<Name extends Table>(table: Name, key: number, about: About[Name], content = ''): SpoolRow {
  const [head, text] = [JSON.stringify(about), bytesOf(content)];
  return { key, head, text, checksum: checksumOf(table, key, head, text) };
}

/** What the row was written with; `null` when it is not what was written. */
export function aboutRow<Name extends Table>(table: Name, row: SpoolRow): About[Name] | null {
  const { key, head, text, checksum } = row;
  const isTyped = typeof head === 'string' && text instanceof Uint8Array;
  return isTyped && checksumOf(table, key, head, text) === checksum ? (JSON.parse(head) as About[Name]) : null;
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
