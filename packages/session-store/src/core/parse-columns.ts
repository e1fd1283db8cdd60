// Array columns as PostgreSQL writes them in text, read in one pass over the characters: with `parseArray`, which makes a
// string of each element first, a replay would spend most of its time here.

const comma = 44;
const minus = 45;
const zero = 48;
const closing = 125;
const upperN = 78;
const lowerT = 116;

/**
 * `{1,-2,NULL}` as numbers. Integers are exact to 2^53, which is all that the store takes.
 *
 * @param length how many there are; a literal that has another number of them is refused by giving null
 * @returns NaN for a null
 */
export function parseIntegers(literal: string, length: number): Float64Array | null {
  const values = new Float64Array(length);
  let at = 1;
  for (let index = 0; index < length; index++) {
    let code = literal.charCodeAt(at);
    if (code === upperN) {
      values[index] = Number.NaN;
      at += 4;
      code = literal.charCodeAt(at);
    } else {
      const negative = code === minus;
      if (negative) code = literal.charCodeAt(++at);
      let value = 0;
      while (code >= zero) {
        // A digit is below 58, and `}` ends the last number.
        if (code === closing) break;
        value = value * 10 + (code - zero);
        code = literal.charCodeAt(++at);
      }
      values[index] = negative ? -value : value;
    }
    if (code !== (index === length - 1 ? closing : comma)) return null;
    at++;
  }
  return length === 0 && literal !== '{}' ? null : values;
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
  return at === Math.max(literal.length, 1) + (length === 0 ? -1 : 0) ? values : null;
}
