import { expect, test } from 'vitest';
import { timeMarks } from './time-axis.ts';

const MINUTE = 60_000;

test('marks stand at round times inside the span', () => {
  const fromMs = Date.UTC(2026, 7, 10, 23, 1, 12);
  const { stepMs, atMs } = timeMarks(fromMs, fromMs + 8 * MINUTE, 8);
  expect(stepMs).toBe(MINUTE);
  expect(atMs).toHaveLength(8);
  expect(atMs[0]).toBe(Date.UTC(2026, 7, 10, 23, 2));
});

test('there are never more than there is room for', () => {
  for (const spanMs of [1, 999, 7 * MINUTE, 86_400_000, 30 * 86_400_000, 4_000 * 86_400_000]) {
    expect(timeMarks(1_234, 1_234 + spanMs, 6).atMs.length).toBeLessThanOrEqual(7);
  }
});
