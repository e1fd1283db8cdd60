// Rows of the ledger as a batch holds them.
import type { GapRecord } from '../records.ts';
import type { Batch, GapEntry } from './collector.ts';

/** Rows of our own. */
export const gapEntries = (rows: readonly GapRecord[]): readonly GapEntry[] =>
  rows.map((record) => ({ ordinal: 0, record, shed: 0 }));

/** A batch that only enters rows in the ledger, numbered from `firstGap`. */
export const batchOfGaps = (ordinal: number, gaps: readonly GapEntry[], firstGap: number): Batch => ({
  ordinal,
  firstOrdinal: ordinal,
  records: gaps.length,
  bytes: 0,
  markets: [...new Set(gaps.flatMap(({ record: { market } }) => (typeof market === 'string' ? [market] : [])))],
  chunks: [],
  snapshots: [],
  keyframes: [],
  trades: [],
  raw: [],
  facts: [],
  gaps: gaps.map((entry, index) => ({ ...entry, ordinal: firstGap + index })),
  lastRecordAtMs: null,
});
