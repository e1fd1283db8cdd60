import { expect, test } from 'vitest';
import { gapText } from './gap-text.ts';

test('a hole is told with its numbers, and the market if it is of one', () => {
  expect(gapText({ cause: 'violation', market: 'KXA', sid: 2, firstSeq: 7, lastSeq: 7 })).toBe(
    'numbers were missed (violation): 7 of subscription 2, of market KXA',
  );
  expect(gapText({ cause: 'sequence', market: null, sid: 2, firstSeq: 7, lastSeq: 9 })).toBe(
    'numbers were missed (sequence): 7 to 9 of subscription 2',
  );
  expect(gapText({ cause: 'disconnected', market: null, sid: 2, firstSeq: 7, lastSeq: null })).toBe(
    'numbers were missed (disconnected): from 7 on of subscription 2',
  );
});
