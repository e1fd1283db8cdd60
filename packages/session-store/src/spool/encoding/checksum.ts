/**
 * CRC-32 (IEEE 802.3, reflected), four bytes a step. Finds every error burst of up to 32 bits, and any other damage
 * with odds of 2^32 to 1.
 *
 * @param seed the checksum of what came before, or a salt
 */
export function crc32(bytes: Uint8Array, seed = 0, from = 0, to = bytes.length): number {
  let crc = ~seed;
  let at = from;
  for (const steps = to - 3; at < steps; at += 4) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      tables[768 + (crc & 255)]! ^
      tables[512 + ((crc >>> 8) & 255)]! ^
      tables[256 + ((crc >>> 16) & 255)]! ^
      tables[crc >>> 24]!;
  }
  for (; at < to; at++) crc = (crc >>> 8) ^ tables[(crc ^ bytes[at]!) & 255]!;
  return ~crc >>> 0;
}

/** Four tables in one: the checksum of a byte that is followed by 0, 1, 2 or 3 zero bytes. */
const tables = new Int32Array(1024);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  tables[byte] = crc;
}
for (let index = 256; index < 1024; index++) {
  const previous = tables[index - 256]!;
  tables[index] = (previous >>> 8) ^ tables[previous & 255]!;
}
