import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import { textArrayLiteral } from './array-literal.ts';
import { parseArray } from './parse-array.ts';

const asText = (text: string) => text;

test('any texts and nulls are read back', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.string({ unit: 'binary' }))), (values) => {
      expect(parseArray(textArrayLiteral(values), asText)).toEqual(values);
    }),
  );
});

test.each([
  ['{}', []],
  ['{1,2,NULL}', [1, 2, null]],
  [
    '{{1,2},{3,4}}',
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ['[0:1]={5,6}', [5, 6]],
])('%s is read as PostgreSQL means it', (literal, values) => {
  expect(parseArray(literal, Number)).toEqual(values);
});

test('a quoted NULL is a text', () => {
  expect(parseArray('{"NULL",NULL,""}', asText)).toEqual(['NULL', null, '']);
});
