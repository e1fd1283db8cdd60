import { expect, test } from 'vitest';
import { book } from './book.fixture.ts';
import {
  emptyText,
  filterRows,
  NO_FILTER,
  seriesListed,
  seriesOf,
  staleReasons,
  withReason,
  withShown,
  type Filter,
} from './filter-rows.ts';
import { marketRows } from './market-rows.ts';

const stale = (market: string, staleReason: 'gap' | 'no-snapshot-yet') => book(market, { synced: false, staleReason });
const books = [
  book('KXA-1'),
  book('KXB-1'),
  stale('KXB-2', 'gap'),
  stale('KXB-3', 'no-snapshot-yet'),
  stale('KXC', 'gap'),
];
const rows = marketRows(books, [], () => null);
const found = (filter: Partial<Filter>) => filterRows(rows, { ...NO_FILTER, ...filter }).map(({ market }) => market);

test('filters by state, by reason, by series and by a part of the ticker', () => {
  expect(found({})).toHaveLength(5);
  expect(found({ shown: 'right' })).toEqual(['KXA-1', 'KXB-1']);
  expect(found({ shown: 'stale', reason: 'gap' })).toEqual(['KXB-2', 'KXC']);
  expect(found({ series: 'KXB' })).toEqual(['KXB-1', 'KXB-2', 'KXB-3']);
  expect(found({ shown: 'right', text: ' kxb ' })).toEqual(['KXB-1']);
});

test('a reason is chosen with stale, another takes its place, and the same again lets go of both', () => {
  const gap = withReason({ ...NO_FILTER, series: 'KXB' }, 'gap');
  expect(gap).toMatchObject({ shown: 'stale', reason: 'gap', series: 'KXB' });
  expect(withReason(gap, 'unanswered')).toMatchObject({ shown: 'stale', reason: 'unanswered' });
  expect(withReason(gap, 'gap')).toMatchObject({ shown: 'all', reason: null, series: 'KXB' });
});

test('an empty table says why', () => {
  expect(emptyText(0, NO_FILTER)).toMatch('No market is open');
  expect(emptyText(5, withShown(NO_FILTER, 'stale'))).toBe('No book is stale.');
  expect(emptyText(5, { ...NO_FILTER, shown: 'stale', text: 'x' })).toBe('No market fits.');
});

test('reasons are counted, most first', () =>
  expect([...staleReasons(books)]).toEqual([
    ['gap', 2],
    ['no-snapshot-yet', 1],
  ]));

test('a series is the ticker up to its first dash', () => {
  expect(seriesOf('KXGOLD15M-26AUG101915-15')).toBe('KXGOLD15M');
  expect(seriesOf('KXC')).toBe('KXC');
});

test('series are listed by name with their markets, at most the 200 largest and the one that is chosen', () => {
  expect([...seriesListed(books, null)]).toEqual([
    ['KXA', 1],
    ['KXB', 3],
    ['KXC', 1],
  ]);
  const many = Array.from({ length: 300 }, (_, index) => book(`S${String(index).padStart(3, '0')}-1`));
  expect(seriesListed(many, null).size).toBe(200);
  expect(seriesListed(many, 'S299').get('S299')).toBe(1);
  expect(seriesListed(many, 'GONE').get('GONE')).toBe(0);
});
