// What a run found, as one flat list: each test, and each failure that no test says (a suite that did not load, a report
// that is missing, a runner that ended badly, a check). The counts are the length of that list and nothing else.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Result
 * @property {string} where a file or folder, relative to the root
 * @property {string} name the test's full name, or what failed besides a test
 * @property {'passed' | 'failed' | 'skipped'} status
 * @property {number} [seconds]
 * @property {string} [message] of a failure
 * @property {number} [seed] that a failure had
 * @property {string} [again] the one command that runs a failure again
 * @property {string} [log] the file with all that was printed, relative to the root
 */

/** The workspace packages that have a `test` script: each one's folder, relative to `root`, and its name. */
export function testedPackages(root) {
  return ['packages', 'apps', 'tooling'].flatMap((group) =>
    readdirSync(join(root, group)).flatMap((name) => {
      const file = join(root, group, name, 'package.json');
      const manifest = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
      return manifest.scripts?.test === undefined ? [] : [{ folder: `${group}/${name}`, name: manifest.name }];
    }),
  );
}

/**
 * The results in a report of `tooling/vitest/run-reporter.mjs`; none if the report is not there.
 *
 * @param {string} report its file
 * @param {string} folder the package's, relative to the root
 * @param {(file?: string, name?: string) => string} again the command for a file of the package, and a test in it
 * @returns {Result[] | undefined}
 */
export function readReport(report, folder, again) {
  if (!existsSync(report)) return undefined;
  const { results, unhandledErrors } = JSON.parse(readFileSync(report, 'utf8'));
  const ofReport = results.map(({ file, name, state, ms, errors }) => {
    const result = { where: `${folder}/${file}`, name: name ?? '(the whole file)', seconds: ms / 1000 };
    if (state === 'passed' || state === 'skipped') return { ...result, status: state };
    // One that is pending when all is over was under way, or next, when its worker died.
    const message = state === 'failed' ? errors.join('\n') : 'It did not end: see the error that nobody caught.';
    return { ...result, status: 'failed', message, again: again(file, name) };
  });
  const uncaught = unhandledErrors.map((message) => ({
    where: folder,
    name: '(an error that nobody caught)',
    status: 'failed',
    message,
    again: again(),
  }));
  return [...ofReport, ...uncaught];
}

/** `{ passed, failed, skipped }` of results. */
export function countResults(results) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { status } of results) counts[status] += 1;
  return counts;
}

/** The plain line that ends a run: `N passed, N failed`, and `, N skipped` where there are any. */
export function sumLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
