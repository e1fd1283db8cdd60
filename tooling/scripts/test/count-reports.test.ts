import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { countReports, projectFolders, sumLine } from '../count-reports.mjs';

let root = '';
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'trader-reports-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function report(project: string, ...suites: { status: string; results: string[] }[]): void {
  mkdirSync(join(root, project, 'reports'), { recursive: true });
  const testResults = suites.map(({ status, results }) => ({
    status,
    assertionResults: results.map((result) => ({ status: result })),
  }));
  writeFileSync(join(root, project, 'reports/vitest.json'), JSON.stringify({ testResults }));
}

describe('countReports', () => {
  test('adds up what every package reported', () => {
    report('packages/a', { status: 'passed', results: ['passed', 'passed', 'skipped'] });
    report('packages/b', { status: 'failed', results: ['passed', 'failed', 'todo'] });
    expect(countReports(root, ['packages/a', 'packages/b'])).toEqual({ passed: 3, failed: 1, skipped: 2 });
  });

  test('counts a suite that failed without a failed test', () => {
    report('packages/a', { status: 'failed', results: [] });
    expect(countReports(root, ['packages/a'])).toMatchObject({ failed: 1 });
  });

  test('counts a package without a report', () => {
    expect(countReports(root, ['packages/a'])).toMatchObject({ failed: 1 });
  });
});

test('projects are the workspace folders with a test script', () => {
  for (const [folder, scripts] of [
    ['packages/a', { test: 'x' }],
    ['apps/b', { test: 'x' }],
    ['tooling/c', {}],
  ] as const) {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, 'package.json'), JSON.stringify({ scripts }));
  }
  expect(projectFolders(root)).toEqual(['packages/a', 'apps/b']);
});

test('the sum line names skipped tests only where there are any', () => {
  expect(sumLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  expect(sumLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
});
