import { expect, test } from 'vitest';
import { ladderOf, totalOf } from './ladder-rows.ts';
import { coveredOf } from './market-sums.ts';

test('the best of both sides are next to the spread, and prices without orders have a row', () => {
  const ladder = ladderOf(
    new Map([
      [2_300, 4_110],
      [2_100, 50],
    ]),
    new Map([[7_600, 593]]),
    3,
  );
  expect(ladder.yes.map(({ yesPrice, noPrice, size, isBest }) => [yesPrice, noPrice, size, isBest])).toEqual([
    [2_300, 7_700, 4_110, true],
    [2_200, 7_800, 0, false],
    [2_100, 7_900, 50, false],
  ]);
  expect(ladder.no.map(({ yesPrice }) => yesPrice)).toEqual([2_600, 2_500, 2_400]);
  expect([ladder.spread, ladder.most]).toEqual([100, 4_110]);
});

test('a book in tenths of a cent has rows of tenths', () => {
  expect(ladderOf(new Map([[2_310, 1]]), new Map(), 2).yes.map(({ yesPrice }) => yesPrice)).toEqual([2_310, 2_300]);
});

test('an empty side has the prices beside the other, an empty book none', () => {
  expect(ladderOf(new Map([[2_300, 1]]), new Map(), 2)).toMatchObject({ spread: null });
  expect(ladderOf(new Map(), new Map())).toEqual({ yes: [], no: [], spread: null, most: 1 });
});

test('totals are sums', () =>
  expect(
    totalOf(
      new Map([
        [1, 5],
        [2, 6],
      ]),
    ),
  ).toBe(11));

test('a market is covered from its first session on', () => {
  const interval = (fromMs: number, toMs: number, covered: boolean, session: string | null) => ({
    fromMs,
    toMs,
    covered,
    session,
  });
  const intervals = [interval(0, 100, false, null), interval(100, 190, true, 'S'), interval(190, 200, false, 'S')];
  expect(coveredOf(intervals)).toEqual({ coveredMs: 90, ofMs: 100 });
  expect(coveredOf([interval(0, 100, false, null)])).toEqual({ coveredMs: 0, ofMs: 0 });
});
