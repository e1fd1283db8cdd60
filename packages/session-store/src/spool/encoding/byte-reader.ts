import { SessionStoreError } from '../../errors.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads what `ByteWriter` wrote, and trusts none of it. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, from = 0, to = bytes.length) {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#end - this.#at;
  }

  /** @throws {SessionStoreError} SPOOL_DAMAGED, as all of these */
  byte(): number {
    if (this.#at >= this.#end) throw damaged('it ends in the middle of a value');
    return this.#bytes[this.#at++]!;
  }

  count(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const next = this.byte();
      value += (next & 127) * scale;
      if (!Number.isSafeInteger(value)) throw damaged('a number is too large');
      if (next < 128) return value;
    }
  }

  integer(): number {
    const first = this.byte();
    const low = first & 63;
    const magnitude = first & 0x80 ? low + this.count() * 64 : low;
    if (!Number.isSafeInteger(magnitude)) throw damaged('a number is too large');
    return first & 0x40 ? 0 - magnitude : magnitude;
  }

  /** How many items of at least `leastBytes` each are to follow: no more than can be there. */
  items(leastBytes: number): number {
    const count = this.count();
    if (count * leastBytes > this.left) throw damaged('it promises more than it holds');
    return count;
  }

  text(): string {
    const header = this.count();
    const isUtf16 = header % 2 === 1;
    const units = Math.floor(header / 2);
    const bytes = this.bytes(isUtf16 ? units * 2 : units);
    if (isUtf16) return utf16(bytes);
    try {
      return decoder.decode(bytes);
    } catch {
      throw damaged('a text is not UTF-8');
    }
  }

  /** The bytes themselves, not a copy. */
  bytes(count: number): Uint8Array {
    if (count > this.left) throw damaged('it ends in the middle of a text');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}

function utf16(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 2) {
    text += String.fromCharCode(bytes[index]! | (bytes[index + 1]! << 8));
  }
  return text;
}

/** @param why completes "A spooled part of a batch cannot be read: " */
export const damaged = (why: string) =>
  new SessionStoreError(
    'SPOOL_DAMAGED',
    `A spooled part of a batch cannot be read: ${why}. Its records are lost; name the hole in the ledger.`,
  );
