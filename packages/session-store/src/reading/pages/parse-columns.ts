// Array columns as PostgreSQL writes them in text.

/**
 * `{1,-2,NULL}` as numbers. Integers are exact to 2^53, which is all that the store takes.
 *
 * @param length how many there are; a literal that has another number of them is refused by giving null
 * @returns NaN for a null
 */
export function parseIntegers(literal: string, length: number): number[] | null {
  if (!literal.startsWith('{') || !literal.endsWith('}')) return null;
  const hasNulls = literal.includes('NULL');
  try {
    const list = `[${literal.slice(1, -1)}]`;
    const values = JSON.parse(hasNulls ? list.replaceAll('NULL', 'null') : list) as (number | null)[];
    if (values.length !== length) return null;
    return hasNulls ? values.map((value) => value ?? Number.NaN) : (values as number[]);
  } catch {
    return null;
  }
}

const [lowerT, upperN] = [116, 78];

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
