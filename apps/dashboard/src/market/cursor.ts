// One place of the picture.
export type Cursor = {
  /** Of a column: time over step. */
  readonly index: number;
  /** Of YES. */
  readonly cent: number;
};

/** Moved by columns and cents, and kept inside the picture. */
export function moveCursor(
  { index, cent }: Cursor,
  columns: number,
  cents: number,
  bounds: { readonly firstIndex: number; readonly lastIndex: number },
): Cursor {
  return {
    index: Math.min(Math.max(index + columns, bounds.firstIndex), bounds.lastIndex),
    cent: Math.min(Math.max(cent + cents, 1), 99),
  };
}
