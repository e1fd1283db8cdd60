import type { Cell } from './tables.ts';

/**
 * Rows as RFC 4180 has them, each ended by CRLF. A null is an empty field and an empty text is `""`, so that readers which
 * care can tell them apart.
 */
export const csvText = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');

function field(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  return cell === '' || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
