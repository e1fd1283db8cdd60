// The checks: that all can be built, format, lint with types, unused exports, types and their tests, and the packages as npm would get them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { pnpm } from './commands.mjs';
import { secondsSince, startProgress } from './progress.mjs';
import { root } from './through-pnpm.mjs';
import { runTurbo } from './turbo-run.mjs';

export const CHECKS = ['build', 'format:check', 'lint', 'check:unused', 'check:types', 'check:package'];
const LOG = 'reports/checks.log';

/**
 * Runs all checks, as many at once as there are, and those again whose files have changed.
 *
 * @param {object} [options]
 * @param {readonly string[]} [options.checks] which; all of them if it is not given
 * @param {boolean} [options.force] whatever is cached
 * @param {string} [options.title] what a line of progress begins with
 * @returns {Promise<import('./results.mjs').Result[]>} a result for each check of each package
 */
export async function runChecks({ checks = CHECKS, force = false, title = 'checks' } = {}) {
  const startMs = performance.now();
  const progress = startProgress(() => `${title}: ${secondsSince(startMs)} s`);
  const { exitCode, tasks } = await runTurbo([...checks, ...(force ? ['--force'] : [])], LOG);
  const results = tasks.map(resultOf);
  const failed = results.filter(({ status }) => status === 'failed');
  if (exitCode !== 0 && failed.length === 0) {
    const message = `turbo ended with ${exitCode}, and no check failed.`;
    results.push({ where: '.', name: 'checks', status: 'failed', message, again: pnpm('check'), log: LOG });
  }
  progress.stop();
  const cached = tasks.filter((task) => task.cached).length;
  const names = failed.map(({ where, name }) => `\n  failed: ${where} > ${name}`).join('');
  progress.line(
    `${title}: ${results.length - failed.length} of ${results.length} passed (${cached} unchanged), ${secondsSince(startMs)} s${names}`,
  );
  return results;
}

function resultOf({ task, packageName, folder, exitCode, log }) {
  const result = { where: folder === '' ? '.' : folder, name: task };
  if (exitCode === 0) return { ...result, status: 'passed' };
  const filter = packageName === '//' ? [] : ['--filter', packageName];
  return {
    ...result,
    status: 'failed',
    message:
      exitCode === undefined
        ? 'It did not run.'
        : stripVTControlCharacters(readFileSync(join(root, log), 'utf8')).trimEnd(),
    again: pnpm('exec', 'turbo', 'run', task, ...filter),
    log,
  };
}
