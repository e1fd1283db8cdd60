import type { Cell } from './tables.ts';

/** Makes rows into bytes, some at a time. */
export type TableEncoder = {
  /** What comes before the first row. */
  begin(): Uint8Array;
  rows(rows: readonly (readonly Cell[])[]): Uint8Array;
  end(): Uint8Array;
};
