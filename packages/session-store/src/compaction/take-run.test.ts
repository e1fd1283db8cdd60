import { describe, expect, test } from 'vitest';
import { takeRun, type ChunkSpan } from './take-run.ts';
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
