import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root, run } from './through-pnpm.mjs';

/**
 * @typedef {object} TurboTask
 * @property {string} task its name, as `check:types`
 * @property {string} packageName the package's, `//` for the root
 * @property {string} folder the package's, relative to the root
 * @property {number | undefined} exitCode undefined for one that did not run
 * @property {boolean} cached whether its result was taken from the cache
 * @property {number} seconds
 * @property {string} log the file with its output, relative to the root
 */

/**
 * Runs turbo tasks to the end, whatever fails. All that they print goes into `log`.
 *
 * @param {readonly string[]} args tasks and options
 * @param {string} log its file, relative to the root
 * @param {Record<string, string>} [env] what the tasks see besides this process's environment
 * @returns {Promise<{ exitCode: number, tasks: TurboTask[] }>}
 */
export async function runTurbo(args, log, env = {}) {
  const file = join(root, log);
  mkdirSync(dirname(file), { recursive: true });
  const output = openSync(file, 'w');
  const options = ['--continue=always', '--summarize', '--output-logs=full', '--log-order=grouped'];
  const exitCode = await run('turbo', ['run', ...options, ...args], {
    stdio: ['ignore', output, output],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', ...env },
  }).catch((error) => {
    writeSync(output, `turbo could not be started: ${error.message}\n`);
    return 127;
  });
  closeSync(output);
  return { exitCode, tasks: tasksOf(readFileSync(file, 'utf8')) };
}

/** Turbo prints where its summary is, at the end. One that was interrupted has none. */
function tasksOf(printed) {
  const file = [...printed.matchAll(/^Summary:\s+(.+\.json)$/gm)].at(-1)?.[1];
  if (file === undefined) return [];
  const { tasks } = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(file);
  return tasks
    .filter(({ command }) => command !== '<NONEXISTENT>')
    .map(({ task, package: packageName, directory, cache, execution, logFile }) => ({
      task,
      packageName,
      folder: directory,
      exitCode: execution?.exitCode,
      cached: cache.status === 'HIT',
      seconds: execution ? (execution.endTime - execution.startTime) / 1000 : 0,
      log: logFile,
    }));
}
