// Where the rows of a dataset lie: `deltas/day=2026-11-30/series=KXGOLD15M/part-0.parquet`, as Hive names partitions.
import { dayMs } from '../../database/day.ts';
import type { Column } from '../tables.ts';

/** How many characters a folder's name may have for its series, well below what file systems take. */
const mostNameLength = 200;

/** The name of what is empty, as Hive has it: readers make null of it. */
const emptyName = '__HIVE_DEFAULT_PARTITION__';

/** The market's name up to the first separator; the whole name where there is none. */
export function seriesOf(market: string, separator: string): string {
  const end = market.indexOf(separator);
  return end === -1 ? market : market.slice(0, end);
}

/** A table whose rows are each of one market lies by series, any other by day alone. */
export const liesBySeries = (columns: readonly Column[]): boolean =>
  columns.some(({ name, isRequired }) => name === 'market' && isRequired);

/** `2026-11-30`. @param day counted from 1970-01-01 */
export const dayText = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

/**
 * @param series `null` where the table does not lie by series
 * @param fileName without folders
 */
export const partitionPath = (kind: string, day: string, series: string | null, fileName: string): string =>
  [kind, `day=${day}`, ...(series === null ? [] : [`series=${folderNameOf(series)}`]), fileName].join('/');

/**
 * What is neither a letter, a digit nor one of `_.-` is percent-encoded, as readers expect. A name that would be too long for a file
 * system is cut, and marked with a hash of all of it.
 */
function folderNameOf(series: string): string {
  if (series === '') return emptyName;
  const encoded = encodeURIComponent(series.toWellFormed()).replaceAll(
    /[!'()*~]|^\.+$/g,
    (text) => `%${Buffer.from(text).toString('hex').toUpperCase().match(/../g)!.join('%')}`,
  );
  if (encoded.length <= mostNameLength) return encoded;
  return `${encoded.slice(0, mostNameLength).replace(/%.?$/, '')}~${hashOf(series)}`;
}

/** FNV-1a over UTF-16 units, as 8 digits. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
