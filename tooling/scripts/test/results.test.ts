import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { countResults, readReport, sumLine, testedPackages } from '../results.mjs';

let root = '';
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'trader-reports-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const again = (file = 'all', name = 'all') => `${file} ${name}`;

function report(results: { name?: string; state: string; errors?: string[] }[], unhandledErrors: string[] = []) {
  const file = join(root, 'results.json');
  const whole = results.map((one) => ({ file: 'test/a.test.ts', ms: 1500, errors: [], ...one }));
  writeFileSync(file, JSON.stringify({ results: whole, unhandledErrors }));
  return readReport(file, 'packages/a', again);
}

describe('readReport', () => {
  test('says where each test is, what became of it and how long it took', () => {
    const where = 'packages/a/test/a.test.ts';
    expect(
      report([
        { name: 'x > y', state: 'passed' },
        { name: 'x > z', state: 'skipped' },
      ]),
    ).toEqual([
      { where, name: 'x > y', status: 'passed', seconds: 1.5 },
      { where, name: 'x > z', status: 'skipped', seconds: 1.5 },
    ]);
  });

  test('says of a failure what it was and how to run it again', () => {
    expect(report([{ name: 'x', state: 'failed', errors: ['one', 'two'] }])).toMatchObject([
      { status: 'failed', message: 'one\ntwo', again: 'test/a.test.ts x' },
    ]);
  });

  test('takes a test that did not end for a failure, never for a skipped one', () => {
    expect(report([{ name: 'x', state: 'pending' }])).toMatchObject([{ status: 'failed' }]);
    expect(report([{ name: 'x', state: 'whatever comes' }])).toMatchObject([{ status: 'failed' }]);
  });

  test('has a failure for a file that could not be loaded, and for an error that nobody caught', () => {
    expect(report([{ state: 'failed', errors: ['no such module'] }], ['too late'])).toMatchObject([
      { name: '(the whole file)', status: 'failed', message: 'no such module', again: 'test/a.test.ts all' },
      { where: 'packages/a', status: 'failed', message: 'too late', again: 'all all' },
    ]);
  });

  test('has nothing to say where no report is', () => {
    expect(readReport(join(root, 'results.json'), 'packages/a', again)).toBeUndefined();
  });
});

test('the tested packages are the workspace folders with a test script', () => {
  for (const [folder, manifest] of [
    ['packages/a', { name: '@x/a', scripts: { test: 'x' } }],
    ['apps/b', { name: 'b', scripts: { test: 'x' } }],
    ['tooling/c', { name: 'c', scripts: {} }],
  ] as const) {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, 'package.json'), JSON.stringify(manifest));
  }
  expect(testedPackages(root)).toEqual([
    { folder: 'packages/a', name: '@x/a' },
    { folder: 'apps/b', name: 'b' },
  ]);
});

test('the sum line names skipped tests only where there are any', () => {
  const of = (...states: ('passed' | 'failed' | 'skipped')[]) =>
    sumLine(countResults(states.map((status) => ({ where: '', name: '', status }))));
  expect(of('passed', 'passed')).toBe('2 passed, 0 failed');
  expect(of('passed', 'failed', 'skipped', 'skipped')).toBe('1 passed, 1 failed, 2 skipped');
});
