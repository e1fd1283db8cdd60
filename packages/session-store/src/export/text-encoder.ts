import { csvText } from './csv-text.ts';
import type { TableEncoder } from './table-encoder.ts';
import type { Cell, Column } from './tables.ts';

const encodeText = new TextEncoder();

/** CSV with the columns' names in its first line. Readers guess types: `yes` and `no` alone would be booleans to some. */
export const csvEncoder = (columns: readonly Column[]): TableEncoder => ({
  begin: () => encodeText.encode(csvText([columns.map(({ name }) => name)])),
  rows: (rows) =>
    encodeText.encode(csvText(rows.map((row) => row.map((cell, index) => csvCell(cell, columns[index]!))))),
  end: () => new Uint8Array(),
});

const csvCell = (cell: Cell, { type }: Column): Cell =>
  type === 'side' && cell !== null ? `side_${String(cell)}` : textCell(cell, type);

/** An object a line, with every column in each: there a text is a text. */
export const jsonlEncoder = (columns: readonly Column[]): TableEncoder => ({
  begin: () => new Uint8Array(),
  rows: (rows) =>
    encodeText.encode(
      rows
        .map((row) => {
          const cells = columns.map(({ name, type }, index) => [name, textCell(row[index]!, type)] as const);
          return `${JSON.stringify(Object.fromEntries(cells))}\n`;
        })
        .join(''),
    ),
  end: () => new Uint8Array(),
});

const textCell = (cell: Cell, type: Column['type']): Cell => {
  if (typeof cell === 'bigint') return microsecondText(cell);
  const isTime = type === 'time' || type === 'microtime';
  return isTime && typeof cell === 'number' ? new Date(cell).toISOString() : cell;
};

/** Always of six digits, so that one can see that they are known. */
const microsecondText = (atUs: bigint): string =>
  `${new Date(Number(atUs / 1000n)).toISOString().slice(0, -1)}${String(atUs % 1000n).padStart(3, '0')}Z`;
