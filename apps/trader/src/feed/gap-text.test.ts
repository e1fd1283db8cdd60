import { expect, test } from 'vitest';
import { gapText } from './gap-text.ts';

test('a hole of one market is told with its name', () => {
  expect(gapText({ cause: 'violation', market: 'KXA' })).toBe('numbers were missed of KXA: violation');
  expect(gapText({ cause: 'sequence', market: null })).toBe('numbers were missed: sequence');
});
