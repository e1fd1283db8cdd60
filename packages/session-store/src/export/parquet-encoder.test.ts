import { expect, test } from 'vitest';
import { parquetEncoder } from './parquet-encoder.ts';

const column = { name: 'seq', type: 'int64', isRequired: true, doc: '' } as const;

/** The number whose bytes are those of a list that needs mending. */
const alike = 0x00_19_00_16;
const bytesOf = Buffer.from([0x16, 0x00, 0x19, 0x00]);

test('only the footer of a file without rows is mended', async () => {
  const encoder = await parquetEncoder([column], 'SNAPPY');
  encoder.begin();
  encoder.rows([[alike]]);
  // As the least and the greatest value of its column.
  expect(Buffer.from(encoder.end({})).indexOf(bytesOf)).toBeGreaterThan(0);
  const empty = await parquetEncoder([column], 'SNAPPY');
  empty.begin();
  expect(Buffer.from(empty.end({})).indexOf(bytesOf)).toBe(-1);
});
