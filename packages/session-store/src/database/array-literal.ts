// PostgreSQL array literals. One text parameter per column is what makes a chunk cheap to send on both engines: no
// parameter per value, no driver's array encoder, and the same statement text whatever the length.

type Scalar = number | boolean | null;

/** `{1,2,NULL}`: for numbers, booleans and nulls, none of which needs quoting. */
export function arrayLiteral(values: readonly Scalar[]): string {
  // `join` writes null as an empty string, so nulls cost a second pass; only exchange delays have them.
  const text = values.includes(null) ? values.map((value) => value ?? 'NULL').join(',') : values.join(',');
  return `{${text}}`;
}

/** `{"a","b\"c",NULL}`: for text, each element quoted. */
export function textArrayLiteral(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : quote(value))).join(',')}}`;
}

const quote = (value: string) => `"${value.replaceAll(/["\\]/g, (character) => `\\${character}`)}"`;
