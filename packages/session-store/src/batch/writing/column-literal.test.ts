import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import { arrayLiteral, textArrayLiteral } from '../../database/array-literal.ts';
import { booleanColumns, integerColumns } from './column-literal.ts';

const edges = [0, 9, 10, 99, 100, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 53 - 1, -(2 ** 53) + 1];
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer(),
  fc.integer({ min: -99, max: 99 }),
  fc.constantFrom(...edges),
);

test('columns of numbers are written as the general literal writes them', () => {
  const columns = fc.array(fc.array(fc.option(number), { maxLength: 30 }), { maxLength: 4 });
  fc.assert(
    fc.property(columns, (given) => {
      const packed = given.map((column) => Float64Array.from(column, (value) => value ?? Number.NaN));
      expect(integerColumns(packed)).toBe(textArrayLiteral(given.map(arrayLiteral)));
    }),
  );
});

test('columns of positions are written as what the positions stand for', () => {
  expect(integerColumns([Int32Array.of(1, 0, 1), Int32Array.of(0)], [70, -800])).toBe('{"{-800,70,-800}","{70}"}');
});

test('columns of booleans are letters', () => {
  expect(booleanColumns([Uint8Array.of(1, 0), Uint8Array.of(), Uint8Array.of(1)])).toBe('{"{t,f}","{}","{t}"}');
});

test('a column that is longer than any before is whole', () => {
  const long = Float64Array.from({ length: 30_000 }, (_, index) => index - 15_000);
  expect(integerColumns([long])).toBe(textArrayLiteral([arrayLiteral([...long])]));
});
