import { describe, expect, test } from 'vitest';
import { fillOutcome, orderOutcome, takerOutcome } from './direction.ts';
import { ABSENT, UNREADABLE } from './fields.ts';

describe('the outcome of a fill', () => {
  test.each([
    ['yes', { outcome_side: 'yes', book_side: 'bid' }],
    ['no', { outcome_side: 'no', book_side: 'ask' }],
    ['yes', { book_side: 'bid' }],
    ['no', { book_side: 'ask' }],
    ['yes', { side: 'yes', action: 'buy' }],
    ['no', { side: 'yes', action: 'sell' }],
    ['no', { side: 'no', action: 'buy' }],
    ['yes', { side: 'no', action: 'sell' }],
    ['yes', { purchased_side: 'yes' }],
    // The newest of the names counts.
    ['no', { outcome_side: 'no', side: 'yes', action: 'buy', purchased_side: 'yes' }],
    ['no', { book_side: 'ask', side: 'yes', action: 'buy' }],
  ])('is %s of %j', (outcome, msg) => {
    expect(fillOutcome().find(msg)).toBe(outcome);
  });

  test.each([
    { outcome_side: 'yes', book_side: 'ask' },
    { outcome_side: 'no', book_side: 'bid' },
  ])('is not told by %j, which contradicts itself', (msg) => {
    expect(fillOutcome().find(msg)).toBe(UNREADABLE);
  });

  test.each([{ outcome_side: 7 }, { outcome_side: 'yes', book_side: 7 }, { side: 'yes', action: 'short' }])(
    'is not told by %j',
    (msg) => {
      expect(fillOutcome().find(msg)).toBe(UNREADABLE);
    },
  );

  test('is not told by a side without an action', () => {
    expect(fillOutcome().find({ side: 'yes' })).toBe(ABSENT);
  });
});

test('the outcome of an order is its side, unless an action turns it around', () => {
  expect(orderOutcome().find({ side: 'no' })).toBe('no');
  expect(orderOutcome().find({ side: 'no', action: 'sell' })).toBe('yes');
  expect(orderOutcome().find({ side: 'no', book_side: 'bid' })).toBe('yes');
});

test("the outcome of a trade is the taker's", () => {
  expect(takerOutcome().find({ taker_side: 'no' })).toBe('no');
  expect(takerOutcome().find({ taker_side: 'no', taker_book_side: 'bid' })).toBe('yes');
  expect(takerOutcome().find({ side: 'no', action: 'buy' })).toBe(ABSENT);
});
