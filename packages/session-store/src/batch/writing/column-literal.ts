// Columns of numbers as PostgreSQL writes arrays, all chunks of a batch in one text: `{"{1,2}","{3}"}`. They are most of what a
// write sends, so the digits are written as bytes: joining numbers as strings takes three times as long and leaves garbage.

/** The longest safe integer with its sign, and a comma. */
const mostBytes = 18;
const decoder = new TextDecoder();
/** Scratch: filled and read within one call. */
let bytes = new Uint8Array(65_536);

// The ASCII codes of {}",-0tf.
const [open, close, quote, comma, minus, zero] = [0x7b, 0x7d, 0x22, 0x2c, 0x2d, 0x30];
const [yes, no] = [0x74, 0x66];

/**
 * @param columns safe integers; NaN stands for null
 * @param meaning what is written for each value, where the values are positions in a list
 */
export function integerColumns(columns: readonly ArrayLike<number>[], meaning?: ArrayLike<number>): string {
  return literal(columns, mostBytes, (column, from) => {
    let at = from;
    for (let index = 0; index < column.length; index++) {
      const value = column[index]!;
      at = integer(meaning ? meaning[value]! : value, at);
      bytes[at++] = comma;
    }
    return at;
  });
}

/** @param columns 1 for true and 0 for false */
export function booleanColumns(columns: readonly ArrayLike<number>[]): string {
  return literal(columns, 2, (column, from) => {
    let at = from;
    for (let index = 0; index < column.length; index++) {
      bytes[at++] = column[index] === 1 ? yes : no;
      bytes[at++] = comma;
    }
    return at;
  });
}

function literal(
  columns: readonly ArrayLike<number>[],
  bytesEach: number,
  write: (column: ArrayLike<number>, at: number) => number,
): string {
  const values = columns.reduce((sum, { length }) => sum + length, 0);
  const needed = values * bytesEach + columns.length * 5 + 2;
  if (needed > bytes.length) bytes = new Uint8Array(needed * 2);
  let at = 0;
  bytes[at++] = open;
  for (const column of columns) {
    bytes[at++] = quote;
    bytes[at++] = open;
    const end = write(column, at);
    // In the place of the last comma.
    at = end > at ? end - 1 : end;
    bytes[at++] = close;
    bytes[at++] = quote;
    bytes[at++] = comma;
  }
  if (columns.length > 0) at--;
  bytes[at++] = close;
  return decoder.decode(bytes.subarray(0, at));
}

function integer(value: number, from: number): number {
  let at = from;
  if ((value | 0) !== value) return text(Number.isNaN(value) ? 'NULL' : String(value), at);
  let rest = value;
  if (rest < 0) {
    bytes[at++] = minus;
    rest = -rest;
    // The one number that has no positive in 32 bits.
    if ((rest | 0) !== rest) return text(String(rest), at);
  }
  let end = at + digits(rest);
  const after = end;
  do {
    const tens = (rest / 10) | 0;
    bytes[--end] = zero + rest - tens * 10;
    rest = tens;
  } while (rest > 0);
  return after;
}

function digits(value: number): number {
  if (value < 10) return 1;
  if (value < 100) return 2;
  if (value < 1000) return 3;
  if (value < 10_000) return 4;
  if (value < 100_000) return 5;
  if (value < 1_000_000) return 6;
  if (value < 10_000_000) return 7;
  if (value < 100_000_000) return 8;
  return value < 1_000_000_000 ? 9 : 10;
}

function text(characters: string, from: number): number {
  for (let index = 0; index < characters.length; index++) bytes[from + index] = characters.charCodeAt(index);
  return from + characters.length;
}
