import { expect, test } from 'vitest';
import { parquetEncoder } from './parquet-encoder.ts';

const column = { name: 'seq', type: 'int64', isRequired: true, doc: '' } as const;

/** The number whose bytes are those of a list that needs mending. */
const alike = 0x00_19_00_16;
const times = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1').split('\x16\x00\x19\x00').length - 1;

test('only the footer of a file without rows is mended', async () => {
  const encoder = await parquetEncoder([column], 'SNAPPY');
  encoder.begin();
  encoder.rows([[alike]]);
  // As the least and the greatest value of its column.
  expect(times(encoder.end({}))).toBe(2);
  const empty = await parquetEncoder([column], 'SNAPPY');
  empty.begin();
  expect(times(empty.end({}))).toBe(0);
});
