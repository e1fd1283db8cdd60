// A list that comes in pages, read to its end.
import { live } from './live.ts';

type Page = { readonly next: string | null };

/** For `createPolled`. @param itemsOf a page's part of the list */
export const readPages =
  <Of extends Page, Item>(itemsOf: (page: Of) => readonly Item[]) =>
  async (path: string, signal: AbortSignal): Promise<readonly Item[]> => {
    const all: Item[] = [];
    let after: string | null = null;
    do {
      const query: string = after === null ? '' : `&after=${encodeURIComponent(after)}`;
      const page: Of = await live.ask<Of>(path + query, { signal });
      all.push(...itemsOf(page));
      after = page.next;
    } while (after !== null);
    return all;
  };
