import { expect, test } from 'vitest';
import { arrayLiteral, textArrayLiteral } from './array-literal.ts';

test('numbers and booleans stand bare, and null is NULL', () => {
  expect(arrayLiteral([1, -2, 2 ** 53 - 1])).toBe('{1,-2,9007199254740991}');
  expect(arrayLiteral([true, false])).toBe('{true,false}');
  expect(arrayLiteral([null, 0, null])).toBe('{NULL,0,NULL}');
  expect(arrayLiteral([])).toBe('{}');
});

test('text is quoted, so that it cannot end its element or be taken for NULL', () => {
  expect(textArrayLiteral(['a', 'NULL', '{1,2}', 'q"q', String.raw`b\b`])).toBe(
    String.raw`{"a","NULL","{1,2}","q\"q","b\\b"}`,
  );
});
