// Which chunks one step of compaction takes. Whatever it takes lies in one UTC day, so that the result lies in one partition, and
// within 2^31 numbers, so that every number can be said relative to the first.
import { dayMs, dayOf } from '../database/day.ts';

/** A chunk without its columns. */
export type ChunkSpan = {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly records: number;
  readonly receivedAtMs: number;
};

/** A market's chunk that may still be merged; `level` says how often it was merged, from 1. */
export type MarketChunkSpan = ChunkSpan & { readonly marketId: number; readonly level: number };

export type Merge<T> = {
  readonly chunks: readonly T[];
  /** Of what comes out; null: it is not merged again. */
  readonly level: number | null;
};

/** So many chunks of one level make one of the next: each delta is rewritten once a level, and levels are few. */
export const fanIn = 8;

/** The end of 32 bits. */
const maxSpan = 2 ** 31;

/**
 * The first of `chunks` that can go together: as many as hold `maxRecords`, and always one.
 *
 * @param chunks by rising number
 */
export function takeRun<T extends ChunkSpan>(chunks: readonly T[], maxRecords: number): readonly T[] {
  const run: T[] = [];
  let records = 0;
  for (const chunk of chunks) {
    records += chunk.records;
    if (run.length > 0 && (records > maxRecords || !goesWith(run[0]!, chunk))) break;
    run.push(chunk);
  }
  return run;
}

export type MergeLimits = {
  /** How many records a chunk should hold at most. */
  readonly targetRecords: number;
  /** Stops after about so many; one merge is always planned. */
  readonly maxRecords: number;
  /** Nothing will be added to a day that ended before this. */
  readonly completeBeforeMs: number;
};

/**
 * What to merge of the chunks of one (session, epoch, sid). Merged is always a market's latest chunks up to the last one:
 * levels fall from the oldest to the latest, and the results do not overlap each other or what is there.
 *
 * @param chunks of all markets, each market's together and by rising number
 */
export function planMerges<T extends MarketChunkSpan>(
  chunks: readonly T[],
  { targetRecords, maxRecords, completeBeforeMs }: MergeLimits,
): readonly Merge<T>[] {
  const merges: Merge<T>[] = [];
  let planned = 0;
  for (let at = 0; at < chunks.length && (planned < maxRecords || merges.length === 0);) {
    const marketId = chunks[at]!.marketId;
    let end = at;
    while (end < chunks.length && chunks[end]!.marketId === marketId && goesWith(chunks[at]!, chunks[end]!)) end++;
    const run = chunks.slice(at, end);
    const isLast = end === chunks.length || chunks[end]!.marketId !== marketId;
    const complete = !isLast || (dayOf(run[0]!.receivedAtMs) + 1) * dayMs <= completeBeforeMs;
    const merge = complete ? { chunks: run, level: null } : mergeOf(run, targetRecords);
    if (merge) {
      merges.push(merge);
      planned += sumOf(merge.chunks);
    }
    at = end;
  }
  return merges;
}

function mergeOf<T extends MarketChunkSpan>(run: readonly T[], targetRecords: number): Merge<T> | null {
  if (isFull(sumOf(run), targetRecords)) return { chunks: run, level: null };
  const levels = [...new Set(run.map(({ level }) => level))].toSorted((one, other) => one - other);
  const level = levels.find((level) => run.filter((chunk) => chunk.level === level).length >= fanIn);
  if (level === undefined) return null;
  return { chunks: run.slice(run.findIndex((chunk) => chunk.level <= level)), level: level + 1 };
}

/** Cut evenly into chunks of at most `targetRecords`, more than half of that makes chunks that all hold half of it or more. */
export const isFull = (records: number, targetRecords: number): boolean => 2 * records > targetRecords;

const sumOf = (chunks: readonly ChunkSpan[]) => chunks.reduce((sum, { records }) => sum + records, 0);

const goesWith = (first: ChunkSpan, chunk: ChunkSpan) =>
  dayOf(chunk.receivedAtMs) === dayOf(first.receivedAtMs) && chunk.lastSeq - first.firstSeq < maxSpan;
