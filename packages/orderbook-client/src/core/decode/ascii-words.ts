// JSON text four or eight bytes at a time, for the one message that comes a thousand times a second. A word is the 32
// bits at a place, little-endian: the first byte is the lowest. The masks are spelled out where they are used: a bundle
// turns the constants of a module into variables, and each use of one then costs as much as the step that it is for.

/** Four characters below 256 as their bytes are read; zeros after the text's end. */
export const wordOf = (text: string, at = 0): number =>
  byteOf(text, at) | (byteOf(text, at + 1) << 8) | (byteOf(text, at + 2) << 16) | (byteOf(text, at + 3) << 24);

const byteOf = (text: string, at: number): number => (at < text.length ? text.charCodeAt(at) : 0);

/** Says whether a text lies at `at`. */
export type Literal = (view: DataView, at: number) => boolean;

/**
 * Compares with a text of 4 to 32 ASCII characters. Overlapping words do for every length; a function for each text
 * keeps them as constants.
 */
export function literal(text: string): Literal {
  if (text.length < 8) {
    const lastAt = text.length - 4;
    const first = wordOf(text);
    const last = wordOf(text, lastAt);
    return (view, at) => view.getInt32(at, true) === first && view.getInt32(at + lastAt, true) === last;
  }
  const lastAt = text.length - 8;
  const first = eightOf(text, 0);
  const last = eightOf(text, lastAt);
  if (text.length <= 16) {
    return (view, at) => view.getFloat64(at, true) === first && view.getFloat64(at + lastAt, true) === last;
  }
  const thirdAt = Math.min(16, lastAt);
  const second = eightOf(text, 8);
  const third = eightOf(text, thirdAt);
  return (view, at) =>
    view.getFloat64(at, true) === first &&
    view.getFloat64(at + 8, true) === second &&
    view.getFloat64(at + thirdAt, true) === third &&
    view.getFloat64(at + lastAt, true) === last;
}

/** Eight characters as a float64: neither NaN nor a zero, so that it equals another one only if every byte does. */
function eightOf(text: string, at: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setInt32(0, wordOf(text, at), true);
  view.setInt32(4, wordOf(text, at + 4), true);
  return view.getFloat64(0, true);
}

/** The digit at `at`; above 9 if there is none. */
export const digitAt = (view: DataView, at: number): number => view.getUint8(at) ^ 0x30;

/** The number that the four digits from `at` on spell, or -1 if they are not all digits. */
export function fourDigitsAt(view: DataView, at: number): number {
  const digits = view.getInt32(at, true) ^ 0x30303030;
  // 0x76 lifts everything above 9 over 0x7f.
  if ((((digits + 0x76767676) | digits) & 0x80808080) !== 0) return -1;
  const pairs = digits * 10 + (digits >>> 8);
  return (pairs & 0xff) * 100 + ((pairs >>> 16) & 0xff);
}

/** Whether `length` bytes, 4 or more, stand for themselves in a JSON string: ASCII that ends and escapes nothing. */
export function isPlainText(view: DataView, at: number, length: number): boolean {
  const last = at + length - 4;
  let surprises = surprisesIn(view.getInt32(last, true));
  for (let i = at; i < last; i += 4) surprises |= surprisesIn(view.getInt32(i, true));
  return (surprises & 0x80808080) === 0;
}

/** Has a byte's high bit if one is not ASCII, below a space, a quote or a backslash: subtracting borrows from it. */
const surprisesIn = (word: number): number =>
  word | (word - 0x20202020) | ((word ^ 0x22222222) - 0x01010101) | ((word ^ 0x5c5c5c5c) - 0x01010101);

/** Not zero if one of the four bytes is a quote. */
export function quotesIn(word: number): number {
  const matches = word ^ 0x22222222;
  return (matches - 0x01010101) & ~matches & 0x80808080;
}

/** How many bytes come before the first of {@link quotesIn}. Only the bits above it can be wrong. */
export const bytesBefore = (quotes: number): number => (31 - Math.clz32(quotes & -quotes)) >>> 3;
