// postgres.js can ask the server how arrays are to be read, on each new connection. If the connection ends before the
// answer, its question rejects with nobody listening, which ends the process. So it is told not to ask
// (`fetch_types: false`), and the arrays of built-in types are read here.
import { parseArray } from '../parse-array.ts';
import { parseBigint } from '../rows.ts';

type ArrayType = {
  readonly to: number;
  readonly from: number[];
  readonly serialize: (value: unknown) => string;
  readonly parse: (literal: string) => unknown;
};

const text = (value: string) => value;
const date = (value: string) => new Date(value);
const json = (value: string) => JSON.parse(value) as unknown;

/** How an element is read, by the OID of the array's type. */
const elements: readonly (readonly [oid: number, name: string, parse: (text: string) => unknown])[] = [
  [1000, 'bool[]', (value) => value === 't'],
  [1005, 'int2[]', Number],
  [1007, 'int4[]', Number],
  [1016, 'int8[]', parseBigint],
  [1028, 'oid[]', Number],
  [1021, 'float4[]', Number],
  [1022, 'float8[]', Number],
  [1231, 'numeric[]', text],
  [1003, 'name[]', text],
  [1009, 'text[]', text],
  [1014, 'char[]', text],
  [1015, 'varchar[]', text],
  [2951, 'uuid[]', text],
  [1182, 'date[]', date],
  [1115, 'timestamp[]', date],
  [1185, 'timestamptz[]', date],
  [199, 'json[]', json],
  [3807, 'jsonb[]', json],
];

/** As postgres.js takes them in its `types`. */
export const arrayTypes: Readonly<Record<string, ArrayType>> = Object.fromEntries(
  elements.map(([oid, name, parse]): [string, ArrayType] => [
    name,
    { to: oid, from: [oid], serialize: String, parse: (literal) => parseArray(literal, parse) },
  ]),
);
