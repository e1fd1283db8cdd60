const encoder = new TextEncoder();

/** Writes integers of few bytes where they are small, and text, into a buffer that grows and is used again. */
export class ByteWriter {
  #bytes: Uint8Array;
  length = 0;

  constructor(capacity = 16_384) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** A copy of what was written; the next piece begins at 0. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }

  /** What was written so far, in place: good until the next write. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.length++] = value;
  }

  /** A safe integer from 0: seven bits a byte, low ones first. */
  count(value: number): void {
    this.#reserve(8);
    this.#rest(value);
  }

  /**
   * A safe integer of either sign: six bits of magnitude and the sign in the first byte. The usual zigzag would double
   * the magnitude, which is not exact beyond 2^52.
   */
  integer(value: number): void {
    this.#reserve(9);
    const sign = value < 0 ? 0x40 : 0;
    const magnitude = value < 0 ? -value : value;
    if (magnitude < 64) {
      this.#bytes[this.length++] = sign | magnitude;
      return;
    }
    this.#bytes[this.length++] = 0x80 | sign | (magnitude % 64);
    this.#rest(Math.floor(magnitude / 64));
  }

  /** Any string, also one with half a surrogate pair, which UTF-8 cannot hold. */
  text(value: string): void {
    if (value.isWellFormed()) {
      const utf8 = encoder.encode(value);
      this.count(utf8.length * 2);
      this.bytes(utf8);
    } else {
      this.count(value.length * 2 + 1);
      for (let index = 0; index < value.length; index++) this.uint16(value.charCodeAt(index));
    }
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.length);
    this.length += value.length;
  }

  uint16(value: number): void {
    this.byte(value & 255);
    this.byte(value >>> 8);
  }

  uint32(value: number): void {
    this.uint16(value & 0xffff);
    this.uint16(value >>> 16);
  }

  #rest(value: number): void {
    let left = value;
    // Division, because the bit operators know 32 bits only.
    for (; left > 0x7fff_ffff; left = Math.floor(left / 128)) this.#bytes[this.length++] = 0x80 | (left % 128);
    for (; left > 127; left >>>= 7) this.#bytes[this.length++] = 0x80 | (left & 127);
    this.#bytes[this.length++] = left;
  }

  #reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.length));
    this.#bytes = larger;
  }
}
