// Counts what the test runners reported. A package that has tests but no report counts as a failure.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The workspace folders, relative to `root`, whose package.json has a `test` script. */
export function projectFolders(root) {
  return ['packages', 'apps', 'tooling'].flatMap((group) =>
    readdirSync(join(root, group))
      .map((name) => `${group}/${name}`)
      .filter((folder) => {
        const file = join(root, folder, 'package.json');
        return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).scripts?.test !== undefined;
      }),
  );
}

/** `{ passed, failed, skipped }` over the vitest JSON reports of `projects`. */
export function countReports(root, projects) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const project of projects) {
    const file = join(root, project, 'reports', 'vitest.json');
    if (!existsSync(file)) {
      process.stderr.write(`${project}: no test report was written\n`);
      counts.failed += 1;
      continue;
    }
    for (const suite of JSON.parse(readFileSync(file, 'utf8')).testResults) {
      const results = suite.assertionResults;
      for (const { status } of results) counts[bucketOf(status)] += 1;
      // An import that throws, or a failed beforeAll: the suite failed and no test of it says so.
      if (suite.status === 'failed' && !results.some(({ status }) => status === 'failed')) counts.failed += 1;
    }
  }
  return counts;
}

/** The plain line that ends a run: `N passed, N failed`, and `, N skipped` where there are any. */
export function sumLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

const bucketOf = (status) => (status === 'passed' || status === 'failed' ? status : 'skipped');
