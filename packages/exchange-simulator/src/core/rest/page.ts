// Pages of a list that may change between two requests: a cursor names the last item of a page, and the next page begins
// after its place, whether it is still there or not.
import { badRequest } from './refusal.ts';
import type { Query } from './query.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** Empty on the last page. */
  readonly cursor: string;
}

export interface PageOptions<T> {
  readonly query: Query;
  readonly limit: number;
  /** A text that tells an item from all others. */
  readonly keyOf: (item: T) => string;
  /** Whether the item comes after the place that the key of a cursor names. */
  readonly isAfter: (item: T, key: string) => boolean;
}

/** @param items in order */
export function pageOf<T>(items: Iterable<T>, { query, limit, keyOf, isAfter }: PageOptions<T>): Page<T> {
  const cursor = query.text('cursor');
  const after = cursor === undefined ? undefined : decode(cursor);
  const page: T[] = [];
  for (const item of items) {
    if (after !== undefined && !isAfter(item, after)) continue;
    if (page.length === limit) return { items: page, cursor: encode(keyOf(page.at(-1) as T)) };
    page.push(item);
  }
  return { items: page, cursor: '' };
}

/** Pages of items that are sorted by a text. */
export const pageByName = <T>(items: Iterable<T>, query: Query, limit: number, nameOf: (item: T) => string): Page<T> =>
  pageOf(items, { query, limit, keyOf: nameOf, isAfter: (item, name) => nameOf(item) > name });

const MARK = 'after ';

const encode = (key: string): string => Buffer.from(MARK + key).toString('base64url');

function decode(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!text.startsWith(MARK) || encode(text.slice(MARK.length)) !== cursor)
    throw badRequest('cursor is not one of ours');
  return text.slice(MARK.length);
}
