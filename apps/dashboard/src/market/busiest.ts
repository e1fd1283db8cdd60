import type { Book } from '../live/answers.ts';

/** By changes a second, most first. */
export const busiestFirst = (books: readonly Book[]): readonly Book[] =>
  books.toSorted((one, other) => other.changesPerSecond - one.changesPerSecond);
