import { expect, test } from 'vitest';
import { stripLabels } from './strip-labels.ts';

const stretch = { fromMs: 0, toMs: 100_000 };
const at = (fromMs: number, toMs: number | null) => ({ fromMs, toMs });
const texts = (...of: Parameters<typeof stripLabels>) => stripLabels(...of).map(({ text }) => text);

test('each hole says how long it lasted, from left to right', () =>
  expect(stripLabels([at(70_000, 74_000), at(20_000, 20_900)], stretch, false)).toEqual([
    { text: '0.9 s', at: 0.205 },
    { text: '4.0 s', at: 0.72 },
  ]));

test('of those that lie together the longest does', () =>
  expect(texts([at(20_000, 20_900), at(21_000, 23_000), at(22_000, 22_100)], stretch, false)).toEqual(['2.0 s']));

test('labels keep off the ends, and off what is written at a cut', () => {
  expect(stripLabels([at(0, 100), at(99_900, null)], stretch, false)).toEqual([
    { text: '0.1 s', at: 0.07 },
    { text: 'open', at: 0.93 },
  ]);
  expect(stripLabels([at(99_000, 100_000)], stretch, true)).toEqual([{ text: '1.0 s', at: 0.79 }]);
});

test('there is room for seven, however many holes there are', () => {
  const many = Array.from({ length: 500 }, (_, index) => at(index * 200, index * 200 + 100));
  expect(stripLabels(many, stretch, false).length).toBeLessThanOrEqual(7);
  expect(stripLabels([], stretch, true)).toEqual([]);
});
