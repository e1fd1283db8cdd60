import { expect, test } from 'vitest';
import { book } from './book.fixture.ts';
import { marketRows } from './market-rows.ts';
import { sortRows, type Order } from './sort-rows.ts';

const rows = marketRows(
  [book('B', { changesPerSecond: 9 }), book('A'), book('C', { synced: false, staleReason: 'gap', yesBid: null })],
  [],
  () => null,
);

test('what is not right comes first in every order', () => {
  const markets = (order: Order, isDescending: boolean) =>
    sortRows(rows, order, isDescending).map(({ market }) => market);
  expect(markets('changes', true)).toEqual(['C', 'B', 'A']);
  expect(markets('changes', false)).toEqual(['C', 'A', 'B']);
  expect(markets('market', false)).toEqual(['C', 'A', 'B']);
  expect(markets('market', true)).toEqual(['C', 'B', 'A']);
});
