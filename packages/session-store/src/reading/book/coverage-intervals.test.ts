import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import type { GapRecord } from '../../records.ts';
import { coverageIntervals, type SessionCoverage } from './coverage-intervals.ts';
import { brokenFromMs, breaks } from './holes.ts';

const ms = fc.nat(60);

const session = (session: string): fc.Arbitrary<SessionCoverage> =>
  fc
    .record({
      fromMs: ms,
      lengthMs: fc.nat(60),
      ended: fc.constantFrom(null, 'closed: test'),
      expiredBeforeMs: fc.option(ms),
      books: fc.array(
        fc.record({ epoch: fc.integer({ min: 1, max: 2 }), sid: fc.constant(1), seq: fc.nat(30), receivedAtMs: ms }),
      ),
      gaps: fc.array(
        fc.record({
          epoch: fc.integer({ min: 1, max: 2 }),
          sid: fc.constantFrom(null, 1, 2),
          firstSeq: fc.option(fc.nat(30)),
          lastSeq: fc.option(fc.nat(30)),
          fromAtMs: ms,
          toAtMs: fc.option(ms),
        }),
        { maxLength: 4 },
      ),
    })
    .map(({ fromMs, lengthMs, gaps, ...rest }) => ({
      ...rest,
      session,
      fromMs,
      toMs: fromMs + lengthMs,
      gaps: gaps.map((gap): GapRecord => ({ kind: 'gap', cause: 'lost', ...gap })),
    }));

/** Whether a session covers a moment: by its latest book then, which no hole that had begun may have broken. */
function coversAt({ books, gaps, toMs }: SessionCoverage, atMs: number): boolean {
  const [book] = books
    .filter(({ receivedAtMs }) => receivedAtMs <= atMs)
    .toSorted((one, other) => other.receivedAtMs - one.receivedAtMs || other.epoch - one.epoch || other.seq - one.seq);
  return book !== undefined && atMs < toMs && !gaps.some((gap) => breaks(gap, book) && brokenFromMs(gap, book) <= atMs);
}

test('says of each ms what looking at that ms says, without a hole or an overlap', () => {
  fc.assert(
    fc.property(session('a'), session('b'), ms, fc.nat(40), (one, other, fromMs, length) => {
      const intervals = coverageIntervals([one, other], { fromMs, toMs: fromMs + length });
      let atMs = fromMs;
      for (const interval of intervals) {
        expect(interval.fromMs).toBe(atMs);
        expect(interval.cause === null).toBe(interval.covered);
        for (; atMs < interval.toMs; atMs++) {
          expect(coversAt(one, atMs) || coversAt(other, atMs)).toBe(interval.covered);
        }
      }
      expect(atMs).toBe(fromMs + length);
    }),
  );
});

test('names expired time, and the time before the first snapshot', () => {
  const book = { epoch: 1, sid: 1, seq: 1, receivedAtMs: 50 };
  const of = { session: 's', fromMs: 0, toMs: 100, ended: null, expiredBeforeMs: 30, books: [book], gaps: [] };
  const causes = coverageIntervals([of], { fromMs: 0, toMs: 120 }).map(({ fromMs, cause }) => [fromMs, cause]);
  expect(causes).toEqual([
    [0, 'expired'],
    [30, 'before first snapshot'],
    [50, null],
    [100, 'not recorded'],
  ]);
});
