import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import { StepSize } from './step-size.ts';

const limits = { least: 100, most: 10_000, targetMs: 10 };

/** The sizes of so many full steps, at a price a record. */
function sizes(size: StepSize, steps: number, msOf: (records: number) => number): readonly number[] {
  return Array.from({ length: steps }, () => {
    const { records } = size;
    size.took(records, msOf(records));
    return records;
  });
}

test('begins small and comes to the records that take the time wanted', () => {
  expect(sizes(new StepSize(limits), 7, (records) => records / 200)).toEqual([100, 200, 400, 800, 1600, 2000, 2000]);
});

test('shrinks when records become dear, and stays within its limits', () => {
  const size = new StepSize(limits);
  expect(sizes(size, 9, () => 0).at(-1)).toBe(10_000);
  expect(sizes(size, 4, (records) => records / 20)).toEqual([10_000, 5000, 2500, 1250]);
  expect(sizes(size, 9, () => 1000).at(-1)).toBe(100);
});

test('does not grow by a step that had little to do', () => {
  const size = new StepSize(limits);
  size.took(10, 0.1);
  expect(size.records).toBe(100);
  size.took(10, 0);
  expect(size.records).toBe(100);
});

test('settles at the time wanted whatever a record and a step cost', () => {
  const fixed = fc.double({ min: 0, max: 5, noNaN: true });
  const perRecord = fc.double({ min: 0.002, max: 0.04, noNaN: true });
  fc.assert(
    fc.property(fixed, perRecord, (fixedMs, msEach) => {
      const size = new StepSize(limits);
      sizes(size, 40, (records) => fixedMs + records * msEach);
      const tookMs = fixedMs + size.records * msEach;
      expect(tookMs).toBeGreaterThan(limits.targetMs - 1);
      expect(tookMs).toBeLessThan(limits.targetMs + 1);
    }),
  );
});
