import { expect, test } from 'vitest';
import { brushOf, centred, dragged, gripAt, WEEK_MS, weekBars, weekOf } from './week.ts';

const HOUR = 3_600_000;
const NOW_MS = 20_000 * 600_000;
const week = weekOf(NOW_MS, 700);

test('a week ends with the step that now is in', () => {
  expect(weekOf(NOW_MS - 1, 700).toMs).toBe(NOW_MS);
  expect(week.toMs - week.fromMs).toBe(WEEK_MS);
});

test('bars are as high as the mean of their steps, and there is none where nobody counted', () => {
  const atMs = [0, 1, 2, 3].map((step) => week.fromMs + step * 600_000);
  const bars = weekBars({ atMs, framesPerSecond: [10, 30, null, null] }, week, 70);
  expect(bars).toEqual([{ x: 0, width: 69, share: 1 }]);
  const late = [week.fromMs, week.toMs - 600_000];
  expect(weekBars({ atMs: late, framesPerSecond: [10, 40] }, week, 70)).toMatchObject([
    { x: 0, share: 0.25 },
    { x: 630, share: 1 },
  ]);
  expect(weekBars({ atMs: [week.fromMs - 1], framesPerSecond: [10] }, week)).toEqual([]);
});

test('the brush stands where the window is, and can be grasped however short that is', () => {
  expect(brushOf({ spanMs: 24 * HOUR, endMs: null }, week, NOW_MS)).toEqual({ x: 600, width: 100 });
  expect(brushOf({ spanMs: 24 * HOUR, endMs: NOW_MS - 24 * HOUR }, week, NOW_MS)).toEqual({ x: 500, width: 100 });
  expect(brushOf({ spanMs: HOUR, endMs: null }, week, NOW_MS).width).toBeGreaterThanOrEqual(8);
  expect(brushOf({ spanMs: WEEK_MS, endMs: null }, week, NOW_MS)).toEqual({ x: 0, width: 700 });
});

test('edges resize, the middle moves, beside it is nothing', () => {
  const brush = { x: 500, width: 100 };
  expect([500, 550, 602, 300].map((x) => gripAt(x, brush))).toEqual(['left', 'middle', 'right', null]);
  expect(gripAt(500, { x: 500, width: 8 })).toBe('middle');
});

test('the window is moved within the week, and at its end goes on with now', () => {
  const day = { spanMs: 24 * HOUR, endMs: null };
  const before = dragged(day, 'middle', -24 * HOUR, NOW_MS);
  expect(before).toEqual({ spanMs: 24 * HOUR, endMs: NOW_MS - 24 * HOUR });
  expect(dragged(before, 'middle', 48 * HOUR, NOW_MS)).toEqual(day);
  expect(dragged(day, 'middle', -1_000 * HOUR, NOW_MS).endMs).toBe(NOW_MS - WEEK_MS + 24 * HOUR);
});

test('an edge that is drawn makes it longer or shorter, not shorter than a quarter of an hour', () => {
  const day = { spanMs: 24 * HOUR, endMs: NOW_MS - 24 * HOUR };
  expect(dragged(day, 'left', -24 * HOUR, NOW_MS)).toEqual({ spanMs: 48 * HOUR, endMs: day.endMs });
  expect(dragged(day, 'right', 6 * HOUR, NOW_MS)).toEqual({ spanMs: 30 * HOUR, endMs: NOW_MS - 18 * HOUR });
  expect(dragged(day, 'right', -100 * HOUR, NOW_MS).spanMs).toBe(HOUR / 4);
  expect(dragged(day, 'left', 100 * HOUR, NOW_MS).spanMs).toBe(HOUR / 4);
  expect(dragged({ spanMs: 24 * HOUR, endMs: null }, 'left', -1_000 * HOUR, NOW_MS).spanMs).toBe(WEEK_MS);
});

test('a moment that is chosen comes to the middle', () => {
  expect(centred({ spanMs: 24 * HOUR, endMs: null }, NOW_MS - 72 * HOUR, NOW_MS).endMs).toBe(NOW_MS - 60 * HOUR);
  expect(centred({ spanMs: 24 * HOUR, endMs: null }, NOW_MS - HOUR, NOW_MS).endMs).toBeNull();
});
