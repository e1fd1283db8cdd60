// Which rows of a long table are looked at, and which of them are in the document.

/** From the first row to the one after the last. */
export type Rows = { readonly from: number; readonly to: number };

/** Made beyond those that are looked at, on both sides: there before they come into sight. */
const AROUND = 4;

/** @param height of what is seen of the rows, in the unit of `rowHeight` */
export function rowsInSight(scrollTop: number, height: number, rowHeight: number, rows: number): Rows {
  const from = Math.min(Math.max(Math.floor(scrollTop / rowHeight + 0.5), 0), rows);
  const to = Math.min(Math.max(Math.floor((scrollTop + height) / rowHeight + 0.5), from), rows);
  return { from, to };
}

/** Those in sight and a few around them. */
export const rowsMade = ({ from, to }: Rows, rows: number): Rows => ({
  from: Math.max(Math.min(from, rows) - AROUND, 0),
  to: Math.min(to + AROUND, rows),
});

export const sameRows = (one: Rows, other: Rows): boolean => one.from === other.from && one.to === other.to;

/** Where to scroll for a row to be in sight: not at all, or as little as needed, with a row beyond it. */
export function scrollTo(row: number, scrollTop: number, height: number, rowHeight: number): number {
  const top = Math.max((row - 1) * rowHeight, 0);
  const bottom = (row + 2) * rowHeight;
  if (scrollTop > top) return top;
  return Math.max(scrollTop, bottom - height);
}
