import { expect, test } from 'vitest';
import { around, firstSpan, pan, toHole, zoom } from './time-window.ts';

const SPANS = [60, 120, 240];

test('back from now it stands still; at now it moves on with it again', () => {
  expect(pan({ spanMs: 60, endMs: null }, -10, 1_000)).toEqual({ spanMs: 60, endMs: 990 });
  expect(pan({ spanMs: 60, endMs: 990 }, 10, 1_000)).toEqual({ spanMs: 60, endMs: null });
});

test('what began a moment ago is not shown as a sliver at the end of a day', () => {
  expect(firstSpan(SPANS, 120, 30)).toBe(60);
  expect(firstSpan(SPANS, 120, 61)).toBe(120);
  expect(firstSpan(SPANS, 120, 200)).toBe(120);
  expect(firstSpan(SPANS, 120, 5_000)).toBe(120);
  expect(firstSpan(SPANS, 120, null)).toBe(120);
});

test('a time that is looked at is in the middle, unless that would show the future', () => {
  expect(around(500, 60, 1_000)).toEqual({ spanMs: 60, endMs: 530 });
  expect(around(980, 60, 1_000)).toEqual({ spanMs: 60, endMs: null });
});

test('what is pointed at stays where it is; who looks at now goes on looking at it', () => {
  const nearer = zoom({ spanMs: 120, endMs: 500 }, 1, 440, 1_000, SPANS);
  expect(nearer).toEqual({ spanMs: 60, endMs: 470 });
  expect(zoom({ spanMs: 120, endMs: null }, -1, 900, 1_000, SPANS)).toEqual({ spanMs: 240, endMs: null });
  expect(zoom({ spanMs: 240, endMs: 500 }, -1, 440, 1_000, SPANS).spanMs).toBe(240);
});

test('leads to the hole before and the hole after, and not to the one that is in the middle', () => {
  const holes = [
    { fromMs: 10_000, toMs: 12_000 },
    { fromMs: 90_000, toMs: 92_000 },
  ];
  const window = { spanMs: 20_000, endMs: 60_000 };
  expect(toHole(window, holes, -1, 200_000)).toEqual({ spanMs: 20_000, endMs: 21_000 });
  expect(toHole(window, holes, 1, 200_000)).toEqual({ spanMs: 20_000, endMs: 101_000 });
  expect(toHole({ spanMs: 20_000, endMs: 101_000 }, holes, 1, 200_000)).toBeNull();
});
