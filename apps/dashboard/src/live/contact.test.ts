import { expect, test } from 'vitest';
import { noticeOf, retryDelayMs, whyClosed } from './contact.ts';

test('tries come at longer and longer intervals, up to ten seconds', () => {
  expect([1, 2, 3, 4, 5, 6, 60].map((failures) => retryDelayMs(failures, 0.5))).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000,
  ]);
});

test('pages that lost the same trader come back at different times', () => {
  expect(retryDelayMs(3, 0)).toBe(1_500);
  expect(retryDelayMs(3, 1)).toBe(2_500);
});

test('a stop of the trader is told from a broken connection', () => {
  expect(whyClosed(1_001)).toBe('The trader stops.');
  expect(whyClosed(1_006)).toBe('The connection broke.');
  expect(whyClosed(1_013)).toBe('The socket closed with 1013.');
});

test('what was missed is said, and nothing where nothing was', () => {
  expect(noticeOf(0)).toBeNull();
  expect(noticeOf(null)).toMatch('started anew');
  expect(noticeOf(1)).toMatch('1 event came');
  expect(noticeOf(12)).toMatch('12 events came');
});
