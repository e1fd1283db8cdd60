import { describe, expect, test } from 'vitest';
import { countText, durationText, textTable, timeText } from './text-table.ts';

describe('texts for people', () => {
  test.each([
    [0, '0 ms'],
    [-3, '0 ms'],
    [999, '999 ms'],
    [59_999, '59 s'],
    [185_000, '3 min 05 s'],
    [97_800_000, '27 h 10 min'],
  ])('%i ms last %s', (ms, text) => expect(durationText(ms)).toBe(text));

  test('thousands are apart, and no time is a dash', () => {
    expect(countText(1_234_567)).toBe('1,234,567');
    expect([timeText(0), timeText(null)]).toEqual(['1970-01-01T00:00:00.000Z', '-']);
  });

  test('columns line up, without blanks at the end of a line', () => {
    expect(
      textTable([
        ['a', 'bb', ''],
        ['ccc', 'd', 'e'],
      ]),
    ).toBe('a    bb\nccc  d   e\n');
  });
});
