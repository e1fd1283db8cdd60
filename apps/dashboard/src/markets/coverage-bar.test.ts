import { expect, test } from 'vitest';
import type { Answer } from '../live/answers.ts';
import { coverageBar, coverageByMarket, coverageText } from './coverage-bar.ts';

type Page = Answer<'/coverage/summary'>;

const page = (markets: Page['markets'], changed: Partial<Page> = {}) =>
  ({ fromMs: 0, toMs: 7_200, marketsFound: 2, marketsSummed: 2, markets, ...changed }) as Page;
const market = (name: string, changed = {}) => ({
  market: name,
  coveredMs: 7_190,
  ofMs: 7_200,
  holes: 2,
  fromMs: 0,
  holeParts: [12, 13, 40],
  ...changed,
});

const coverageOf = (pages: readonly Page[], name: string) => coverageByMarket(pages)(name);

test('a line where it was recorded, dots before and after, and a tick for holes that lie together', () => {
  expect(coverageBar(coverageOf([page([market('A')])], 'A')!)).toEqual({
    dots: '',
    line: 'M0 6H72',
    ticks: 'M12 1h2v10h-2zM40 1h1.4v10h-1.4z',
  });
  const late = market('A', { fromMs: 1_800, ofMs: 3_600, coveredMs: 3_600, holeParts: [] });
  expect(coverageBar(coverageOf([page([late])], 'A')!)).toEqual({
    dots: 'M0 6H18M54 6H72',
    line: 'M18 6H54',
    ticks: '',
  });
});

test('a market that was recorded just now has a line that can be seen', () => {
  const now = market('A', { fromMs: 7_199, ofMs: 1, coveredMs: 1, holeParts: [] });
  expect(coverageBar(coverageOf([page([now])], 'A')!).line).toBe('M71 6H72');
});

test('all pages are one answer, and a market that no complete answer has is new', () => {
  const pages = [page([market('A')]), page([market('B', { coveredMs: 3_600 })])];
  expect(coverageText(coverageOf(pages, 'B'))).toBe('50.000 %');
  expect(coverageText(coverageOf(pages, 'C'))).toBe('new');
  expect(coverageBar(coverageOf(pages, 'C')!)).toEqual({ dots: 'M0 6H72', line: '', ticks: '' });
});

test('what is not known is not called new', () => {
  expect(coverageOf([], 'A')).toBeNull();
  expect(coverageOf([page([], { marketsSummed: 1 })], 'A')).toBeNull();
  expect(coverageText(null)).toBe('–');
});
