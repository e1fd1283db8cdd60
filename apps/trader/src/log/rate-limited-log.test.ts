import { describe, expect, test } from 'vitest';
import { initialRateLimit, kindOf, nextWindowEndMs, takeLine, windowsOver } from './rate-limited-log.ts';

const rules = { burst: 3, windowMs: 60_000, maxKinds: 2 };
const repeat = (state: ReturnType<typeof initialRateLimit>, kind: string, times: number, atMs: number) =>
  Array.from({ length: times }, () => takeLine(state, kind, atMs)).filter(Boolean).length;

describe('takeLine', () => {
  test('writes the first few of a kind and counts the rest of the window', () => {
    const state = initialRateLimit(rules);
    expect(repeat(state, 'a', 815, 1_000)).toBe(3);
    expect(windowsOver(state, 60_999)).toEqual([]);
    expect(nextWindowEndMs(state)).toBe(61_000);
    expect(windowsOver(state, 61_000)).toEqual([{ kind: 'a', count: 812, overMs: 60_000 }]);
    expect(nextWindowEndMs(state)).toBeNull();
  });

  test('begins anew after the window, and does not mention what held nothing back', () => {
    const state = initialRateLimit(rules);
    repeat(state, 'a', 3, 0);
    expect(windowsOver(state, 60_000)).toEqual([]);
    expect(repeat(state, 'a', 5, 60_000)).toBe(3);
  });

  test('tells kinds apart', () => {
    const state = initialRateLimit(rules);
    expect([repeat(state, 'a', 4, 0), repeat(state, 'b', 4, 0)]).toEqual([3, 3]);
  });

  test('writes every line of kinds beyond its memory, rather than lose one', () => {
    const state = initialRateLimit(rules);
    repeat(state, 'a', 1, 0);
    repeat(state, 'b', 1, 0);
    expect(repeat(state, 'c', 100, 0)).toBe(100);
    expect(state.kinds.size).toBe(2);
  });

  test('at the end says what is still held back, for the time that it lasted', () => {
    const state = initialRateLimit(rules);
    repeat(state, 'a', 10, 5_000);
    expect(windowsOver(state, 15_000, true)).toEqual([{ kind: 'a', count: 7, overMs: 10_000 }]);
  });
});

describe('kindOf', () => {
  test('numbers and tickers do not make a kind', () => {
    expect(kindOf(40, 'NO_ANSWER', 'KXA-26NOV22 gave no answer within 10000 ms')).toBe(
      kindOf(40, 'NO_ANSWER', 'KXB-1.5 gave no answer within 9 ms'),
    );
  });

  test('level, code and words do', () => {
    const kinds = [kindOf(40, 'A', 'x'), kindOf(50, 'A', 'x'), kindOf(40, 'B', 'x'), kindOf(40, 'A', 'y')];
    expect(new Set(kinds).size).toBe(4);
  });
});
