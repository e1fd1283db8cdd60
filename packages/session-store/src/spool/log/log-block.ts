// How entries lie in a segment: block after block, each with a header of fixed size.
//
//   0 magic | 4 checksum of the rest of the header | 8 number (f64) | 16 time (f64) | 24 body length | 28 body checksum
//   32 records | 36 kind | 37 zeros
//
// Both checksums begin with the segment's salt. So neither a block of a file that was here before nor a text that imitates
// one, which an exchange may send, is ever taken for a block.
import { ByteReader } from '../encoding/byte-reader.ts';
import { ByteWriter } from '../encoding/byte-writer.ts';
import { crc32 } from '../encoding/checksum.ts';

export const headerBytes = 40;
const magic = 0x4c4f_5053; // "SPOL"
const kinds = ['entry', 'acknowledged'] as const;
type Kind = (typeof kinds)[number];

/** What a block says. Every block has a number, one more than the block before. */
export type BlockContent =
  | {
      readonly kind: 'entry';
      readonly session: string;
      readonly batch: number;
      readonly records: number;
      readonly atMs: number;
      readonly payload: Uint8Array;
    }
  /** The session's batches up to this one are not needed any more. */
  | { readonly kind: 'acknowledged'; readonly session: string; readonly batch: number };

export type LogBlock = { readonly number: number; readonly content: BlockContent; readonly bytes: Uint8Array };

/** A piece of a segment: a block, or bytes that are none. */
export type SegmentPiece = LogBlock | { readonly content: null; readonly bytes: Uint8Array };

export function encodeBlock(number: number, content: BlockContent, salt: number): Uint8Array {
  const body = new ByteWriter(content.kind === 'entry' ? content.payload.length + 64 : 64);
  body.text(content.session);
  body.count(content.batch);
  if (content.kind === 'entry') body.bytes(content.payload);
  const written = body.written();
  const block = new Uint8Array(headerBytes + written.length);
  block.set(written, headerBytes);
  const header = new DataView(block.buffer);
  header.setUint32(0, magic, true);
  header.setFloat64(8, number, true);
  header.setFloat64(16, content.kind === 'entry' ? content.atMs : 0, true);
  header.setUint32(24, written.length, true);
  header.setUint32(28, crc32(written, salt), true);
  header.setUint32(32, content.kind === 'entry' ? content.records : 0, true);
  header.setUint8(36, kinds.indexOf(content.kind));
  header.setUint32(4, crc32(block, salt, 8, headerBytes), true);
  return block;
}

/**
 * Goes through a segment, whatever is in it: intact blocks and the bytes between them, which together are all of `bytes`.
 * Never throws.
 */
export function* scanBlocks(bytes: Uint8Array, salt: number): Generator<SegmentPiece> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let bad = 0;
  let at = 0;
  while (at < bytes.length) {
    const block = blockAt(bytes, view, at, salt);
    if (!block) {
      at = nextMagic(bytes, at + 1);
      continue;
    }
    if (bad < at) yield { content: null, bytes: bytes.subarray(bad, at) };
    yield block;
    at += block.bytes.length;
    bad = at;
  }
  if (bad < bytes.length) yield { content: null, bytes: bytes.subarray(bad) };
}

function blockAt(bytes: Uint8Array, view: DataView, at: number, salt: number): LogBlock | null {
  const bodyAt = at + headerBytes;
  if (bodyAt > bytes.length || view.getUint32(at, true) !== magic) return null;
  if (view.getUint32(at + 4, true) !== crc32(bytes, salt, at + 8, bodyAt)) return null;
  const end = bodyAt + view.getUint32(at + 24, true);
  if (end > bytes.length || view.getUint32(at + 28, true) !== crc32(bytes, salt, bodyAt, end)) return null;
  try {
    const content = contentOf(view, at, new ByteReader(bytes, bodyAt, end));
    return content && { number: view.getFloat64(at + 8, true), content, bytes: bytes.subarray(at, end) };
  } catch {
    return null;
  }
}

/** @throws {SessionStoreError} SPOOL_DAMAGED */
function contentOf(header: DataView, at: number, body: ByteReader): BlockContent | null {
  const kind: Kind | undefined = kinds[header.getUint8(at + 36)];
  switch (kind) {
    case 'entry': {
      const [records, atMs] = [header.getUint32(at + 32, true), header.getFloat64(at + 16, true)];
      const [session, batch] = [body.text(), body.count()];
      return { kind: 'entry', session, batch, records, atMs, payload: body.bytes(body.left) };
    }
    case 'acknowledged':
      return { kind: 'acknowledged', session: body.text(), batch: body.count() };
    case undefined:
      return null;
  }
}

function nextMagic(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(magic & 255, from); at >= 0; at = bytes.indexOf(magic & 255, at + 1)) {
    if (bytes[at + 1] === ((magic >>> 8) & 255) && bytes[at + 2] === ((magic >>> 16) & 255)) return at;
  }
  return bytes.length;
}
