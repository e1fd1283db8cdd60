import { expect, test } from 'vitest';
import { book } from './book.fixture.ts';
import { bookWord, marketRows, repairText } from './market-rows.ts';

const books = [
  book('B', { changesPerSecond: 9 }),
  book('A'),
  book('C', { synced: false, staleReason: 'gap', yesBid: null }),
];
const covered = { stretch: { fromMs: 0, toMs: 10 }, of: null };
const rows = marketRows(books, [], (market) => (market === 'A' ? covered : null));

test('prices and sizes are integers, and what is missing is null', () => {
  expect(rows[0]).toMatchObject({ bid: 2_300, ask: 2_400, spread: 100, yesSize: 4_110, covered: null });
  expect(rows[1]!.covered).toBe(covered);
  expect(rows[2]).toMatchObject({ bid: null, spread: null });
});

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
