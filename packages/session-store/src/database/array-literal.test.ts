import { expect, test } from 'vitest';
import { arrayLiteral, textArrayLiteral } from './array-literal.ts';

test('numbers and booleans stand bare, and what is not there is null, which PostgreSQL reads as NULL', () => {
  expect(arrayLiteral([1, -2, 2 ** 53 - 1])).toBe('{1,-2,9007199254740991}');
  expect(arrayLiteral([true, false])).toBe('{true,false}');
  expect(arrayLiteral([null, 0, Number.NaN])).toBe('{null,0,null}');
  expect(arrayLiteral([])).toBe('{}');
});

test('text is quoted, so that it cannot end its element or be taken for NULL', () => {
  expect(textArrayLiteral(['a', 'NULL', '{1,2}', 'q"q', String.raw`b\b`])).toBe(
    String.raw`{"a","NULL","{1,2}","q\"q","b\\b"}`,
  );
});
