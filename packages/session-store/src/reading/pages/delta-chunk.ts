import { parseBooleans, parseIntegers } from './parse-columns.ts';
import type { Row } from '../../database/engines/engine.ts';
import { numberOf, textOf, timeOf } from '../../database/rows.ts';

/** A chunk's deltas in columns: element i of each belongs to the i-th, by rising number. */
export type DeltaChunk = {
  readonly length: number;
  readonly seqs: readonly number[];
  readonly marketIds: readonly number[];
  /** 1 for yes, 0 for no. */
  readonly yes: Uint8Array;
  readonly prices: readonly number[];
  readonly deltas: readonly number[];
  /** ms since the epoch. */
  readonly receivedAtMs: readonly number[];
  /** Arrival minus the exchange's time, in ms; NaN where the exchange gave none. */
  readonly delays: readonly number[];
  /** Of the exchange's time within its ms; NaN where they are not known. Empty where none are. */
  readonly micros: readonly number[];
};

/** @returns `null` where the row's columns do not fit each other, which is damage */
export function deltaChunkOf(row: Row): DeltaChunk | null {
  const length = numberOf(row, 'records');
  const integersOf = (column: string) => parseIntegers(textOf(row, column), length);
  const seqs = integersOf('skipped');
  const marketIds = marketIdsOf(row, length);
  const yes = parseBooleans(textOf(row, 'yes'), length);
  const prices = integersOf('prices');
  const deltas = integersOf('deltas');
  const receivedAtMs = integersOf('received_offsets');
  const delays = integersOf('delays');
  const micros = delays && microsOf(row, delays);
  if (!(seqs && marketIds && yes && prices && deltas && receivedAtMs && delays && micros)) return null;
  const firstSeq = numberOf(row, 'first_seq');
  const receivedAt = timeOf(row, 'received_at');
  for (let index = 0; index < length; index++) {
    seqs[index] = firstSeq + index + seqs[index]!;
    receivedAtMs[index] = receivedAt + receivedAtMs[index]!;
  }
  return { length, seqs, marketIds, yes, prices, deltas, receivedAtMs, delays, micros };
}

function microsOf(row: Row, delays: readonly number[]): readonly number[] | null {
  const text = textOf(row, 'micros');
  const micros = text === '{}' ? [] : parseIntegers(text, delays.length);
  const isNone = (value: number, index: number) =>
    value < 0 || value > 999 || (value >= 0 && Number.isNaN(delays[index]));
  return micros?.some(isNone) ? null : micros;
}

function marketIdsOf(row: Row, length: number): readonly number[] | null {
  const one = row['market_id'];
  if (typeof one === 'number') return Array.from({ length }, () => one);
  return parseIntegers(textOf(row, 'market_ids'), length);
}
