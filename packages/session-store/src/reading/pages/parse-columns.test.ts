import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import { parseBooleans, parseIntegers } from './parse-columns.ts';

test('reads back every array of integers, nulls as NaN', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.maxSafeInteger())), (values) => {
      const expected = values.map((value) => (value === null ? Number.NaN : value + 0));
      const literal = `{${values.map((value) => value ?? 'NULL').join()}}`;
      expect(parseIntegers(literal, values.length)).toEqual(expected);
    }),
  );
});

test('reads back every array of booleans, nulls as 2', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.boolean())), (values) => {
      const literal = `{${values.map((value) => (value === null ? 'NULL' : value ? 't' : 'f')).join()}}`;
      expect([...parseBooleans(literal, values.length)!]).toEqual(
        values.map((value) => (value === null ? 2 : Number(value))),
      );
    }),
  );
});

test.each([
  ['{}', 1],
  ['{1}', 0],
  ['{1,2}', 1],
  ['{1,2}', 3],
  ['{1,2', 2],
  ['{1;2}', 2],
  ['[2:3]={1,2}', 2],
  ['{{1,2},{3,4}}', 4],
  ['{é}', 1],
  ['', 1],
])('refuses %s for an array of %i integers', (literal, length) => {
  expect(parseIntegers(literal, length)).toBeNull();
});

test.each([
  ['{}', 1],
  ['{t}', 0],
  ['{t,f}', 1],
  ['{t,f}', 3],
])('refuses %s for an array of %i booleans', (literal, length) => {
  expect(parseBooleans(literal, length)).toBeNull();
});
