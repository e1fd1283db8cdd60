import { expect, test } from 'vitest';
import { batchKey, everything, isWhole, noteKey, placeOf, spoolRow, textOf } from './spool-row.ts';

test('keys of batches and notes never meet, nor do those of sessions', () => {
  expect(placeOf(batchKey(3, 1))).toMatchObject({ number: 3, batch: 1 });
  expect(placeOf(noteKey(3, 1))).toMatchObject({ number: 3, note: 1 });
  expect(placeOf(batchKey(3, everything)).note).toBe(0);
  expect(noteKey(3, everything)).toBeLessThan(batchKey(4, 0));
});

test.each(['', 'plain', 'a\0b', '\0', 'é \u{1F4C8}', '\ud800', 'x\udc00\0', 'ÿ'])(
  'a text comes back as it went in: %j',
  (text) => {
    expect(textOf(spoolRow(7, ['s'], text))).toBe(text);
  },
);

test('a row that is changed anywhere is not whole', () => {
  const row = spoolRow(batchKey(1, 2), ['s', 3], 'payload');
  expect(isWhole(row)).toBe(true);
  const { head, text, checksum } = row;
  expect(isWhole({ ...row, key: row.key + 1 })).toBe(false);
  expect(isWhole({ ...row, head: head.replace('3', '4') })).toBe(false);
  expect(isWhole({ ...row, text: text.with(0, 0) })).toBe(false);
  expect(isWhole({ ...row, checksum: checksum ^ 1 })).toBe(false);
  // What SQLite gives where the type of a column is damaged.
  expect(isWhole({ ...row, text: null as unknown as Uint8Array })).toBe(false);
  expect(isWhole({ ...row, head: 7 as unknown as string })).toBe(false);
});
