// One number for a book's exact levels, that any other program can work out too: CRC-32 is in every standard library.
import type { Level, Side } from '../price/book-level.ts';
import { formatPrice, formatSize } from '../price/price.ts';

/** CRC-32 as in zlib, gzip and PNG: the reflected polynomial 0xEDB88320, a byte at a time. */
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xed_b8_83_20 : 0);
  return crc;
});

/**
 * CRC-32 of a line `side price size` for each level in the exchange's own spelling, each ended by a line feed:
 * `yes 0.4300 100.00`. The YES bids come first, then the NO bids, each from the best down. It depends on nothing but
 * the levels.
 *
 * @returns an integer from 0 (that of an empty book) to 2^32 - 1
 */
export function checksumOf(yesBids: Iterable<Level>, noBids: Iterable<Level>): number {
  return addSide('no', noBids, addSide('yes', yesBids, 0));
}

function addSide(side: Side, bids: Iterable<Level>, before: number): number {
  let crc = before;
  for (const [price, size] of bids) crc = addText(`${side} ${formatPrice(price)} ${formatSize(size)}\n`, crc);
  return crc;
}

/** The text is ASCII: a character is a byte. */
function addText(text: string, before: number): number {
  let crc = ~before;
  for (let at = 0; at < text.length; at++) crc = (crc >>> 8) ^ TABLE[(crc ^ text.charCodeAt(at)) & 255]!;
  return ~crc >>> 0;
}
