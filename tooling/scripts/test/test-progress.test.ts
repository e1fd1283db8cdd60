import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { TestProgress } from '../test-progress.mjs';

const folder = mkdtempSync(join(tmpdir(), 'trader-progress-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('progress counts files and tests, and tells once of a failure and that a package is done', () => {
  const file = join(folder, 'progress.jsonl');
  const progress = new TestProgress(file);
  expect(progress.read()).toEqual([]);
  expect(progress.text()).toBe('0 passed, 0 failed');

  const tell = (fact: object) => appendFileSync(file, `${JSON.stringify(fact)}\n`);
  tell({ package: 'a', files: 2 });
  tell({ package: 'b', files: 1 });
  tell({ package: 'a', file: 'test/x.test.ts', passed: 5, failed: [] });
  // A line that is being written.
  appendFileSync(file, '{"package":"b","pas');
  expect(progress.read()).toEqual([]);
  expect(progress.text()).toBe('5 passed, 0 failed; a 1 of 2 files, b 0 of 1 files');

  appendFileSync(file, 'sed":1,"file":"test/y.test.ts","failed":["shaky",null]}\n');
  expect(progress.read()).toEqual([
    'FAILED b test/y.test.ts > shaky',
    'FAILED b test/y.test.ts > (the whole file)',
    'b: 1 passed, 2 failed',
  ]);
  expect(progress.read()).toEqual([]);
  expect(progress.text()).toBe('6 passed, 2 failed; a 1 of 2 files');
});
