import { sql, type SQL } from 'drizzle-orm';
import { arrayLiteral, textArrayLiteral } from './array-literal.ts';

// Each is sent as text and cast, so that neither driver has to know arrays.
export const integers = (values: readonly (number | null)[]): SQL => sql`${arrayLiteral(values)}::text::integer[]`;
export const bigints = (values: readonly (number | null)[]): SQL => sql`${arrayLiteral(values)}::text::bigint[]`;
export const texts = (values: readonly string[]): SQL => sql`${textArrayLiteral(values)}::text::text[]`;
