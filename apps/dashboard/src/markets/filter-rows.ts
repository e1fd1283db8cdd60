// Which markets the table shows.
import type { Book } from '../live/answers.ts';
import type { MarketRow } from './market-rows.ts';

export type Shown = 'all' | 'right' | 'stale';

export type Filter = {
  readonly shown: Shown;
  /** Why a book is stale; `null`: for any reason. */
  readonly reason: string | null;
  /** `null`: any. */
  readonly series: string | null;
  /** Of a ticker or a title, in any case. */
  readonly text: string;
};

export const NO_FILTER: Filter = { shown: 'all', reason: null, series: null, text: '' };

export function filterRows(rows: readonly MarketRow[], { shown, reason, series, text }: Filter): readonly MarketRow[] {
  const wanted = text.trim().toLowerCase();
  return rows.filter(({ market, title, book }) => {
    if (shown !== 'all' && book.synced !== (shown === 'right')) return false;
    if (reason !== null && book.staleReason !== reason) return false;
    if (series !== null && seriesOf(market) !== series) return false;
    return wanted === '' || market.toLowerCase().includes(wanted) || (title?.toLowerCase().includes(wanted) ?? false);
  });
}

export const withShown = (filter: Filter, shown: Shown): Filter => ({ ...filter, shown, reason: null });

/** Why the table is empty. @param markets all that there are */
export function emptyText(markets: number, { shown, reason, series, text }: Filter): string {
  if (markets === 0) return 'No market is open. The next listing is asked for by itself.';
  if (shown !== 'all' && reason === null && series === null && text.trim() === '') return `No book is ${shown}.`;
  return 'No market fits.';
}

/** A reason is a kind of stale: it is chosen with that, and let go of with that. */
export const withReason = (filter: Filter, reason: string): Filter =>
  filter.reason === reason ? withShown(filter, 'all') : { ...filter, shown: 'stale', reason };

/** `KXGOLD15M` of `KXGOLD15M-26AUG101915-15`. */
export function seriesOf(market: string): string {
  const end = market.indexOf('-');
  return end === -1 ? market : market.slice(0, end);
}

/** In the order in which they are shown. */
export type Counted = ReadonlyMap<string, number>;

/** How many books are not right, by the reason, most first. */
export const staleReasons = (books: readonly Book[]): Counted =>
  new Map(counted(books.flatMap(({ staleReason }) => (staleReason === null ? [] : [staleReason]))));

/** As many as a list can show; the others are found by their ticker. */
const SERIES_LISTED = 200;

/** How many markets a series has: those of the largest, by name, and the one that is chosen. */
export function seriesListed(books: readonly Book[], chosen: string | null): Counted {
  const listed = new Map(
    counted(books.map(({ market }) => seriesOf(market))).filter(
      ([name], index) => index < SERIES_LISTED || name === chosen,
    ),
  );
  if (chosen !== null && !listed.has(chosen)) listed.set(chosen, 0);
  return new Map([...listed].toSorted(byName));
}

type Entry = readonly [name: string, books: number];

function counted(names: readonly string[]): readonly Entry[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].toSorted((one, other) => other[1] - one[1] || byName(one, other));
}

const byName = ([one]: Entry, [other]: Entry): number => (one < other ? -1 : 1);
