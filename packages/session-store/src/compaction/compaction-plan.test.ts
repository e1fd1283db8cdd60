import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { fanIn, planMerges, takeRun, type ChunkSpan, type MarketChunkSpan } from './compaction-plan.ts';
import { dayMs } from '../database/day.ts';

const span = (firstSeq: number, records: number, over: Partial<ChunkSpan> = {}): ChunkSpan => ({
  firstSeq,
  lastSeq: firstSeq + records - 1,
  records,
  receivedAtMs: 0,
  ...over,
});

describe('the chunks that go together', () => {
  test('are as many as hold the records asked for, and always one', () => {
    const chunks = [span(1, 50), span(51, 50), span(101, 50)];
    expect(takeRun(chunks, 100)).toEqual(chunks.slice(0, 2));
    expect(takeRun(chunks, 149)).toEqual(chunks.slice(0, 2));
    expect(takeRun(chunks, 10)).toEqual(chunks.slice(0, 1));
    expect(takeRun([], 10)).toEqual([]);
  });

  test('lie in one day, and within 32 bits of numbers', () => {
    const first = span(1, 50, { receivedAtMs: dayMs - 1 });
    expect(takeRun([first, span(51, 1, { receivedAtMs: dayMs })], 1000)).toEqual([first]);
    const far = span(2 ** 31 - 10, 11);
    expect(takeRun([span(0, 50), far], 1000)).toEqual([span(0, 50)]);
    expect(takeRun([span(1, 50), far], 1000)).toHaveLength(2);
  });
});

const limits = { targetRecords: 100, maxRecords: 1_000_000, completeBeforeMs: 0 };

/** Chunks of a market, one behind the other, by level and records. */
const market = (marketId: number, ...parts: readonly (readonly [level: number, records: number, day?: number])[]) => {
  let seq = 1;
  return parts.map(([level, records, day = 1]): MarketChunkSpan => {
    const firstSeq = seq;
    seq += records;
    return { marketId, level, ...span(firstSeq, records, { receivedAtMs: day * dayMs }) };
  });
};

const times = (count: number, part: readonly [number, number]) => Array.from({ length: count }, () => part);

describe('merging', () => {
  test('waits until there are enough chunks of a level, and makes one of the next', () => {
    expect(planMerges(market(1, [2, 10], ...times(fanIn - 1, [1, 1])), limits)).toEqual([]);
    const chunks = market(1, [2, 10], ...times(fanIn, [1, 1]));
    expect(planMerges(chunks, limits)).toEqual([{ chunks: chunks.slice(1), level: 2 }]);
  });

  test('takes all of a market as soon as that makes a full chunk', () => {
    const chunks = market(1, [2, 30], [1, 21]);
    expect(planMerges(chunks, limits)).toEqual([{ chunks, level: null }]);
    expect(planMerges(market(1, [2, 30], [1, 20]), limits)).toEqual([]);
  });

  test('finishes what nothing will be added to', () => {
    const chunks = market(1, [1, 1], [1, 1, 2], [1, 1, 3]);
    const days = chunks.map((chunk) => ({ chunks: [chunk], level: null }));
    // The last day may go on; those before it cannot, as numbers rise.
    expect(planMerges(chunks, limits)).toEqual(days.slice(0, 2));
    expect(planMerges(chunks, { ...limits, completeBeforeMs: 4 * dayMs })).toEqual(days);
  });

  test('keeps markets apart, and stops when it has enough to do', () => {
    const [one, two] = [market(1, [1, 60]), market(2, [1, 60])];
    expect(planMerges([...one, ...two], limits).map(({ chunks }) => chunks)).toEqual([one, two]);
    expect(planMerges([...one, ...two], { ...limits, maxRecords: 1 }).map(({ chunks }) => chunks)).toEqual([one]);
  });

  test('rewrites a delta once a level, whatever comes, and leaves few small chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 400 }), (sizes) => {
        let unmerged: readonly MarketChunkSpan[] = [];
        let seq = 1;
        let rewritten = 0;
        for (const records of sizes) {
          unmerged = [...unmerged, { marketId: 1, level: 1, ...span(seq, records) }];
          seq += records;
          for (let merges = planMerges(unmerged, limits); merges.length > 0; merges = planMerges(unmerged, limits)) {
            const [{ chunks, level }] = merges as [(typeof merges)[0]];
            // Always the latest ones.
            expect(unmerged.slice(-chunks.length)).toEqual(chunks);
            const taken = chunks.reduce((sum, chunk) => sum + chunk.records, 0);
            rewritten += taken;
            const merged = level === null ? [] : [{ marketId: 1, level, ...span(chunks[0]!.firstSeq, taken) }];
            unmerged = [...unmerged.slice(0, -chunks.length), ...merged];
          }
          const levels = unmerged.map(({ level }) => level);
          expect(levels).toEqual(levels.toSorted((one, other) => other - one));
          expect(unmerged.length).toBeLessThanOrEqual(3 * (fanIn - 1));
        }
        expect(rewritten).toBeLessThanOrEqual(3 * (seq - 1));
      }),
    );
  });
});
