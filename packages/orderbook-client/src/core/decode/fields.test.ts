import { describe, expect, test } from 'vitest';
import {
  ABSENT,
  firstOf,
  optional,
  optionalUnless,
  reader,
  signedSize,
  size,
  text,
  time,
  UNREADABLE,
  wholeNumber,
} from './fields.ts';

describe('a field', () => {
  test.each([undefined, null, ''])('that is %j is absent', (value) => {
    expect(text('name').find({ name: value })).toBe(ABSENT);
    expect(optional(text('name')).find({ name: value })).toBeNull();
  });

  test('that is unreadable stays so, unless it is optional: then it is null, and named', () => {
    expect(text('name').find({ name: 7 })).toBe(UNREADABLE);
    const unreadable: string[] = [];
    expect(optional(text('name')).find({ name: 7 }, unreadable)).toBeNull();
    expect(unreadable).toEqual(['name']);
  });

  test('that some messages need is unreadable in these, and null in the others', () => {
    const { find } = optionalUnless('type', ['needs it'], text('name'));
    const unreadable: string[] = [];
    expect(find({ type: 'needs it', name: 7 }, unreadable)).toBe(UNREADABLE);
    expect(unreadable).toEqual([]);
    expect(find({ type: 'other', name: 7 }, unreadable)).toBeNull();
    expect(unreadable).toEqual(['name']);
  });

  test('is the first that is there, and no later one in place of an unreadable one', () => {
    const field = firstOf(text('new'), text('old'), text('oldest'));
    expect(field.find({ old: 'b', oldest: 'c' })).toBe('b');
    expect(field.find({ new: 7, old: 'b' })).toBe(UNREADABLE);
    expect(field.find({})).toBe(ABSENT);
  });
});

test('a size has no sign, unless it is one of a position', () => {
  expect(size('count').find({ count_fp: '-1.00' })).toBe(UNREADABLE);
  expect(size('count').find({ count: -1 })).toBe(UNREADABLE);
  expect(signedSize('position').find({ position_fp: '-1.00' })).toBe(-100);
  expect(signedSize('position').find({ position: -1 })).toBe(-100);
});

test('a whole number counts from 0', () => {
  expect([0, 3].map((index) => wholeNumber('index').find({ index }))).toEqual([0, 3]);
  expect([-1, 0.5, '3', 2 ** 53].map((index) => wholeNumber('index').find({ index }))).toEqual(
    Array.from({ length: 4 }, () => UNREADABLE),
  );
});

test('a time is one that a date can hold', () => {
  const { find } = time({ ms: 'ts_ms', seconds: 'ts' });
  expect(find({ ts_ms: 8.64e15 })).toBe(8.64e15);
  expect(find({ ts_ms: 8.64e15 + 1 })).toBe(UNREADABLE);
  expect(find({ ts: 8.64e12 + 1 })).toBe(UNREADABLE);
  expect(find({ ts: 1.5 })).toBe(UNREADABLE);
});

test('a reader says what is wrong first, in the order of its table', () => {
  const read = reader<{ a: string; b: string | null }>({ a: text('a_wire'), b: optional(text('b_wire')) });
  expect(read({ a_wire: 'x' })).toEqual({ a: 'x', b: null });
  expect(read({ b_wire: 7 })).toBe('without "a_wire"');
  expect(read({ a_wire: 7, b_wire: 7 })).toBe('with an unreadable "a_wire"');
  const unreadable: string[] = [];
  expect(read({ a_wire: 'x', b_wire: 7 }, unreadable)).toEqual({ a: 'x', b: null });
  expect(unreadable).toEqual(['b_wire']);
});
