import { expect, test } from 'vitest';
import type { Book } from '../live/answers.ts';
import { bookWord, filterRows, marketRows, repairText, sortRows, staleReasons } from './market-rows.ts';

const book = (market: string, changed: Partial<Book> = {}): Book => ({
  market,
  synced: true,
  staleReason: null,
  ageMs: 10,
  changesPerSecond: 1,
  yesBid: ['0.2300', '41.10'],
  yesAsk: ['0.2400', '5.00'],
  yesDepth: 1,
  noDepth: 1,
  yesContracts: '41.10',
  noContracts: '5.00',
  repair: null,
  ...changed,
});

const books = [
  book('B', { changesPerSecond: 9 }),
  book('A'),
  book('C', { synced: false, staleReason: 'gap', yesBid: null }),
];
const rows = marketRows(books, [], [{ market: 'A', coveredMs: 9, ofMs: 10, holes: 1 }]);

test('prices and sizes are integers, and what is missing is null', () => {
  expect(rows[0]).toMatchObject({ bid: 2_300, ask: 2_400, spread: 100, yesSize: 4_110, covered: null });
  expect(rows[2]).toMatchObject({ bid: null, spread: null });
});

test('what is not right comes first in every order', () => {
  const markets = (order: 'changes' | 'market', isDescending: boolean) =>
    sortRows(rows, order, isDescending).map(({ market }) => market);
  expect(markets('changes', true)).toEqual(['C', 'B', 'A']);
  expect(markets('changes', false)).toEqual(['C', 'A', 'B']);
  expect(markets('market', false)).toEqual(['C', 'A', 'B']);
  expect(markets('market', true)).toEqual(['C', 'B', 'A']);
});

test('filters by state and by a part of the ticker', () => {
  expect(filterRows(rows, 'stale', '').map(({ market }) => market)).toEqual(['C']);
  expect(filterRows(rows, 'right', ' a ').map(({ market }) => market)).toEqual(['A']);
});

test('reasons are counted', () => expect(staleReasons(books)).toEqual([['gap', 1]]));

test('what is done about a stale book is said with its step and the next try', () => {
  expect(repairText(book('A'))).toBe('');
  const repair = { step: 'snapshot', number: 0, attempts: 4, nextTryInMs: 9_000 } as const;
  expect(repairText(book('A', { repair }))).toBe('step 0 of 3, snapshot, asked 4 times, next try in 9.0 s');
  expect(repairText(book('A', { repair: { ...repair, number: null, attempts: 1, nextTryInMs: null } }))).toBe(
    'snapshot, asked once',
  );
});

test('a book is called what it is, and why', () => {
  expect(rows.map(bookWord)).toEqual(['right', 'right', 'stale: gap']);
  expect(bookWord({ ...rows[2]!, isUnknown: true })).toBe('unknown to the exchange');
});
