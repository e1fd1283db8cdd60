import { describe, expect, it } from 'vitest';
import { pageByName } from './page.ts';
import { Query } from './query.ts';

const page = (items: readonly string[], cursor: string) =>
  pageByName(items, new Query(new URLSearchParams({ cursor })), 2, (item) => item);

describe('pageByName', () => {
  it('goes on after the place of the last item, whether it is still there or not', () => {
    const { items, cursor } = page(['a', 'b', 'c', 'd'], '');
    expect(items).toEqual(['a', 'b']);
    expect(page(['a', 'b', 'c', 'd'], cursor)).toEqual({ items: ['c', 'd'], cursor: '' });
    expect(page(['a', 'aa', 'c', 'd'], cursor).items).toEqual(['c', 'd']);
  });

  it('has no cursor when the last page is full', () => {
    expect(page(['a', 'b'], '').cursor).toBe('');
  });
});
