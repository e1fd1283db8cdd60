import { expect, test } from 'vitest';
import { learnSecrets, scrub } from './known-secrets.ts';

test('what was learned is said no more; what may be a word, a number or nothing is not learned', () => {
  const text = 'correct-Horse and postgres, 12345678, short1';
  expect(scrub(text)).toBe(text);
  learnSecrets('correct-Horse', 'postgres', '12345678', 'short1', '', null, undefined);
  expect(scrub(text)).toBe('*** and postgres, 12345678, short1');
  expect(scrub(encodeURIComponent('correct-Horse'))).toBe('***');
});
