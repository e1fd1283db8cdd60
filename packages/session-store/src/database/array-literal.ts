// PostgreSQL array literals. One text parameter per column is what makes a chunk cheap to send on both engines: no
// parameter per value, no driver's array encoder, and the same statement text whatever the length.

type Scalar = number | boolean | null;

/** `{1,2,null}`: for numbers, booleans and nulls, none of which needs quoting. NaN stands for null. */
export const arrayLiteral = (values: readonly Scalar[]): string => `{${JSON.stringify(values).slice(1, -1)}}`;

/** `{"a","b\"c",NULL}`: for text, each element quoted. */
export function textArrayLiteral(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : quote(value))).join(',')}}`;
}

const quote = (value: string) => `"${value.replaceAll(/["\\]/g, (character) => `\\${character}`)}"`;
