import { expect, test } from 'vitest';
import { firstLook, lookStepMs, timeAt } from './book-time.ts';

const stretch = { fromMs: 1_000, toMs: 2_000 };

test('the longest hole is looked at first, or the middle where there is none', () => {
  const spans = [
    { fromMs: 1_100, toMs: 1_101 },
    { fromMs: 1_700, toMs: null },
    { fromMs: 1_300, toMs: 1_400 },
  ];
  expect(firstLook({ ...stretch, spans })).toBe(1_700);
  expect(firstLook({ ...stretch, spans: [] })).toBe(1_500);
  expect(firstLook({ ...stretch, spans: [{ fromMs: 0, toMs: 900 }] })).toBe(1_000);
});

test('a place of the strip is a time of the session, and none outside', () => {
  expect([timeAt(0.25, stretch), timeAt(-1, stretch), timeAt(7, stretch)]).toEqual([1_250, 1_000, 2_000]);
});

test('an arrow key moves by whole seconds in a long session, and by less in a short one', () => {
  expect(lookStepMs({ fromMs: 0, toMs: 7 * 86_400_000 })).toBe(3_024_000);
  expect(lookStepMs({ fromMs: 0, toMs: 20_000 })).toBe(100);
  expect(lookStepMs({ fromMs: 5, toMs: 5 })).toBe(1);
});
