import { expect, test } from 'vitest';
import type { Trade } from './picture.ts';
import { layoutOf } from './scales.ts';
import { tradeMarks } from './trade-marks.ts';

const layout = layoutOf({
  boxWidth: 960,
  boxHeight: 400,
  ratio: 1,
  spanMs: 480_000,
  endMs: 480_000,
  stepMs: 500,
  isFlipped: false,
});
const trade = (atMs: number, price: number, size: number, takerSide: 'yes' | 'no' = 'yes'): Trade => ({
  atMs,
  price,
  size,
  takerSide,
  count: 1,
});

test('trades at one price within a few pixels are one mark of their size, of each side', () => {
  const trades = [trade(0, 4_000, 100), trade(500, 4_000, 300), trade(500, 4_000, 50, 'no'), trade(500, 4_100, 7)];
  expect(tradeMarks([...trades, trade(4_000, 4_000, 9)], layout)).toEqual([
    { x: 0, cent: 40, size: 400, isTakerNo: false, isBubble: false },
    { x: 1, cent: 40, size: 50, isTakerNo: true, isBubble: false },
    { x: 1, cent: 41, size: 7, isTakerNo: false, isBubble: false },
    { x: 8, cent: 40, size: 9, isTakerNo: false, isBubble: false },
  ]);
});

test('of very many the largest are shown, from left to right', () => {
  const trades = Array.from({ length: 960 }, (_, column) => column).flatMap((column) =>
    Array.from({ length: 20 }, (_, step) => trade(column * 500, 3_000 + step * 100, 1 + ((column + step) % 50))),
  );
  const marks = tradeMarks(trades, layout);
  expect(marks).toHaveLength(1_000);
  expect(marks.map(({ x }) => x)).toEqual(marks.map(({ x }) => x).toSorted((one, other) => one - other));
  const least = Math.min(...marks.map(({ size }) => size));
  const all = new Map<string, number>();
  for (const { atMs, price, size } of trades) {
    const place = `${Math.floor(atMs / 2_000)} ${price}`;
    all.set(place, (all.get(place) ?? 0) + size);
  }
  expect([...all.values()].filter((size) => size > least).length).toBeLessThan(1_000);
});

test('forty contracts are a bubble, and of very many the largest are', () => {
  const few = tradeMarks([trade(0, 4_000, 3_999), trade(4_000, 4_000, 4_000)], layout);
  expect(few.map(({ isBubble }) => isBubble)).toEqual([false, true]);
  const many = Array.from({ length: 240 }, (_, at) => trade(at * 2_000, 4_000, 10_000 + at));
  expect(tradeMarks(many, layout).filter(({ isBubble }) => isBubble)).toHaveLength(150);
});

test('of very many of one size the newest are shown, and the bounds hold', () => {
  const trades = Array.from({ length: 240 }, (_, at) => at).flatMap((at) =>
    Array.from({ length: 10 }, (_, step) => trade(at * 2_000, 3_000 + step * 100, 5_000)),
  );
  const marks = tradeMarks(trades, layout);
  expect(marks).toHaveLength(1_000);
  expect(marks.filter(({ isBubble }) => isBubble)).toHaveLength(150);
  expect(marks.at(-1)!.x).toBe(956);
});
