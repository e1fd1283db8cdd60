// A fact as a batch, the spool and the database keep it: its place and time, and all else as the text of a JSON object.
import type { FactRecord } from '../records.ts';
import { fieldsOf, type FactKind } from './fact-fields.ts';

export type FactEntry = {
  readonly ordinal: number;
  readonly kind: FactKind;
  readonly epoch: number;
  readonly sid: number | null;
  readonly seq: number | null;
  readonly market: string | null;
  readonly exchangeAtMs: number | null;
  readonly receivedAtMs: number;
  /** Without the fields that are null. */
  readonly data: string;
};

/** @throws {TypeError | RangeError} for what is no JSON */
export function entryOfFact(record: FactRecord, ordinal: number): FactEntry {
  const { kind, epoch, sid, seq, market, exchangeAtMs, receivedAtMs } = record;
  const values = record as unknown as Readonly<Record<string, unknown>>;
  const known = fieldsOf(kind).flatMap(([name]) => ((values[name] ?? null) === null ? [] : [[name, values[name]]]));
  const data = JSON.stringify(Object.fromEntries(known));
  return { ordinal, kind, epoch, sid, seq, market, exchangeAtMs, receivedAtMs, data };
}

/** The record that it was made of. */
export function factOfEntry({ data, ...entry }: FactEntry): FactRecord {
  const { ordinal: _, ...place } = entry;
  const known = JSON.parse(data) as Readonly<Record<string, unknown>>;
  const fields = Object.fromEntries(fieldsOf(place.kind).map(([name]) => [name, known[name] ?? null]));
  return { ...place, ...fields } as unknown as FactRecord;
}

/** Objects and lists within each other that a database surely takes. */
const mostNested = 100;

/**
 * As `jsonb` takes it: what that cannot hold, U+0000 and half a surrogate pair, or might find too deep, becomes the text of a JSON
 * string, which `storedData` undoes. The views then show nothing of it but its place.
 */
export const storableData = (data: string): string =>
  /\\u(?:0000|d[89a-f])/.test(data) || nesting(data) > mostNested ? JSON.stringify(data) : data;

/** @param text of the column */
export function storedData(text: string): string {
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}

function nesting(data: string): number {
  let [depth, deepest] = [0, 0];
  for (const character of data) {
    if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth--;
  }
  return deepest;
}
