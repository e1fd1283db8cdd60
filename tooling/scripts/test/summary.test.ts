import { expect, test } from 'vitest';
import type { Result } from '../results.mjs';
import { lastLineOf, summaryOf } from '../summary.mjs';

const passed = (name: string, seconds: number): Result => ({ where: 'a/x.test.ts', name, status: 'passed', seconds });

test('a run without failures ends with its slowest tests', () => {
  const results = Array.from({ length: 12 }, (_, index) => passed(`test ${index}`, index));
  const text = summaryOf(results);
  expect(text).toMatch(/^\nThe 10 slowest\n {4}11\.0 s {2}a\/x\.test\.ts > test 11\n/);
  expect(text.split('\n').filter((line) => line.includes('>'))).toHaveLength(10);
  expect(lastLineOf(results)).toBe('12 passed, 0 failed\n');
});

test('what was skipped is named', () => {
  const results: Result[] = [
    passed('fast', 0),
    { where: 'a/y.test.ts', name: 'tapes (no captures)', status: 'skipped' },
  ];
  expect(summaryOf(results)).toContain('\nSkipped (1)\n  a/y.test.ts > tapes (no captures)\n');
});

test('a failure says where, what, its log and how to run it again', () => {
  const message = ['expected 1', ...Array.from({ length: 60 }, (_, index) => `line ${index}`)].join('\n');
  const failed: Result = {
    where: 'a/x.test.ts',
    name: 'adds',
    status: 'failed',
    message,
    seed: 7,
    again: 'run it',
    log: 'its.log',
  };
  const text = summaryOf([failed, { ...failed, name: 'lint', message: undefined }]);
  expect(text).toContain('\nFAILED 1 of 2: a/x.test.ts > adds\n  seed 7\n  expected 1\n');
  expect(text).toContain('  … 21 more lines\n  all that it printed: its.log\n  again: run it\n');
  expect(text).toContain('\nFAILED 2 of 2: a/x.test.ts > lint\n');
});
