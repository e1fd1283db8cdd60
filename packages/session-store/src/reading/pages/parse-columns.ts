// Array columns as PostgreSQL writes them in text, read in one pass over the characters: with `parseArray`, which makes a
// string of each element first, a replay would spend most of its time here.

const comma = 44;
const minus = 45;
const zero = 48;
const nine = 57;
const closing = 125;
const upperN = 78;
const lowerT = 116;

const encoder = new TextEncoder();

/**
 * `{1,-2,NULL}` as numbers. Integers are exact to 2^53, which is all that the store takes.
 *
 * @param length how many there are; a literal that has another number of them is refused by giving null
 * @returns NaN for a null
 */
export function parseIntegers(literal: string, length: number): Float64Array | null {
  // Bytes are read a third faster than characters. Whatever is not ASCII cannot be a number, and does not fit.
  const bytes = new Uint8Array(literal.length);
  encoder.encodeInto(literal, bytes);
  const values = new Float64Array(length);
  let at = 1;
  for (let index = 0; index < length; index++) {
    let code = bytes[at++]!;
    if (code === upperN) {
      values[index] = Number.NaN;
      at += 3;
      code = bytes[at++]!;
    } else {
      const negative = code === minus;
      if (negative) code = bytes[at++]!;
      if (code < zero || code > nine) return null;
      let value = 0;
      while (code >= zero && code <= nine) {
        value = value * 10 + (code - zero);
        code = bytes[at++]!;
      }
      values[index] = negative ? -value : value;
    }
    if (code !== (index === length - 1 ? closing : comma)) return null;
  }
  return (length === 0 ? literal === '{}' : at === bytes.length) ? values : null;
}

/**
 * `{t,f,NULL}` as 1, 0 and 2.
 *
 * @param length as for {@link parseIntegers}
 */
export function parseBooleans(literal: string, length: number): Uint8Array | null {
  const values = new Uint8Array(length);
  let at = 1;
  for (let index = 0; index < length; index++) {
    const code = literal.charCodeAt(at);
    const isNull = code === upperN;
    values[index] = isNull ? 2 : code === lowerT ? 1 : 0;
    at += isNull ? 5 : 2;
  }
  return (length === 0 ? literal === '{}' : at === literal.length) ? values : null;
}
