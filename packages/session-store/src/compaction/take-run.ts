import { dayOf } from '../database/day.ts';

/** A fresh chunk without its columns. */
export type ChunkSpan = {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly records: number;
  readonly receivedAtMs: number;
};

/** The end of 32 bits. */
const maxSpan = 2 ** 31;

/**
 * The first of a stream's chunks that can be rewritten together: as many as hold `maxRecords`, and always one. They lie in one UTC
 * day, so that what comes out lies in one partition, and within 2^31 numbers, so that each can be said relative to the first.
 *
 * @param chunks by rising number
 */
export function takeRun(chunks: readonly ChunkSpan[], maxRecords: number): readonly ChunkSpan[] {
  const [first] = chunks;
  if (!first) return [];
  let records = 0;
  const end = chunks.findIndex((chunk) => {
    records += chunk.records;
    const goesWith =
      dayOf(chunk.receivedAtMs) === dayOf(first.receivedAtMs) && chunk.lastSeq - first.firstSeq < maxSpan;
    return chunk !== first && (records > maxRecords || !goesWith);
  });
  return end === -1 ? chunks : chunks.slice(0, end);
}
