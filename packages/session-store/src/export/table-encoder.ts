import type { Cell } from './tables.ts';

/** Makes rows into bytes, some at a time. */
export type TableEncoder = {
  /** What comes before the first row. */
  begin(): Uint8Array;
  rows(rows: readonly (readonly Cell[])[]): Uint8Array;
  /** @param metadata of the file, where the format has room for it */
  end(metadata: Readonly<Record<string, string>>): Uint8Array;
};
