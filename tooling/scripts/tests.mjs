// Runs every package's tests and gathers what they found.
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { testAgain } from './commands.mjs';
import { secondsSince, startProgress } from './progress.mjs';
import { readReport, testedPackages } from './results.mjs';
import { TestProgress } from './test-progress.mjs';
import { root } from './through-pnpm.mjs';
import { runTurbo } from './turbo-run.mjs';

const logOf = (lane) => `reports/tests-${lane + 1}.log`;
/**
 * All packages at once, each with workers of its own, take a fifth more processor time. So the app's tests, which take longest, begin at
 * once, and beside them a package for each core.
 */
const LANES = [['--filter=trader'], ['--filter=!trader', '--concurrency=100%']];
const PROGRESS = join(root, 'reports/tests-progress.jsonl');

/**
 * @param {object} options
 * @param {number} options.seed of what is generated
 * @param {boolean} [options.fresh] run each test, whatever is cached. What is built must be there then.
 * @param {readonly string[]} [options.args] for turbo, as `--filter=@trader/health`
 * @param {string} [options.title] what the progress begins with
 * @param {boolean} [options.brief] leaves out the lines for tests that fail and packages that are done
 * @param {string} [options.logs] where the logs of packages that failed are kept, relative to the root
 * @returns {Promise<import('./results.mjs').Result[]>}
 */
export async function runTests({
  seed,
  fresh = false,
  args = [],
  title = 'tests',
  brief = false,
  logs = 'reports/failed',
}) {
  const packages = testedPackages(root);
  // A report that is left over from another run must not be counted.
  for (const { folder } of packages) rmSync(reportOf(folder), { force: true });
  for (const path of [PROGRESS, join(root, logs)]) rmSync(path, { recursive: true, force: true });

  const startMs = performance.now();
  const told = new TestProgress(PROGRESS);
  const showNews = () => {
    for (const line of told.read()) if (!brief) progress.line(`${title}: ${line}, ${secondsSince(startMs)} s`);
  };
  const progress = startProgress(() => `${title}: ${secondsSince(startMs)} s, ${told.text()}`);
  const reading = setInterval(showNews, 500);
  const options = fresh ? ['--only', '--cache=local:,remote:'] : [];
  const env = { TRADER_TEST_SEED: String(seed), TRADER_TEST_PROGRESS: PROGRESS, ...capturesFolder() };
  const lanes = args.length === 0 ? LANES : [args];
  const runs = await Promise.all(
    lanes.map(async (lane, index) => runTurbo(['test', ...options, ...lane], logOf(index), env)),
  );
  const tasks = runs.flatMap((run) => run.tasks);
  clearInterval(reading);
  showNews();
  progress.stop();

  const taskOf = ({ folder }) => tasks.find((task) => task.folder === folder && task.task === 'test');
  const unchanged = packages.filter((one) => taskOf(one)?.cached).map(({ name }) => name);
  if (unchanged.length > 0) progress.line(`${title}: unchanged since they passed last: ${unchanged.join(', ')}`);

  const expected = args.length === 0 ? packages : packages.filter(taskOf);
  const results = expected.flatMap((one) => resultsOf(one, taskOf(one), seed, logs));
  for (const [index, { exitCode }] of runs.entries()) {
    if (exitCode === 0 || results.some(isFailed)) continue;
    const message = `turbo ended with ${exitCode}, and no test failed.`;
    results.push({ where: '.', name: 'tests', status: 'failed', message, log: logOf(index) });
  }
  return results;
}

function resultsOf({ folder, name }, task, seed, logs) {
  const again = (file, test) => testAgain(seed, name, file, test);
  const failure = (message) => ({
    where: folder,
    name: '(the run of its tests)',
    status: 'failed',
    message,
    again: again(),
  });
  const results = readReport(reportOf(folder), folder, again) ?? [failure('No report was written.')];
  if (task !== undefined && task.exitCode !== 0 && !results.some(isFailed)) {
    results.push(failure(`The runner ended with ${task.exitCode}, and no test failed.`));
  }
  if (!results.some(isFailed)) return results;
  const log = keepLog(task?.log, `${logs}/${folder.replaceAll('/', '-')}.log`) ?? logOf(0);
  return results.map((result) => (isFailed(result) ? { ...result, seed, log } : result));
}

/** A copy, because the next run of the package's tests writes over it. */
function keepLog(log, copy) {
  if (log === undefined || !existsSync(join(root, log))) return undefined;
  mkdirSync(join(root, copy, '..'), { recursive: true });
  copyFileSync(join(root, log), join(root, copy));
  return copy;
}

const reportOf = (folder) => join(root, folder, 'reports/results.json');
const isFailed = ({ status }) => status === 'failed';

/** The recorded captures lie outside the repository. Named, they are part of what a cached result stands for. */
function capturesFolder() {
  const captures = join(root, '../shared/kalshi/captures');
  return process.env.TRADER_CAPTURES === undefined && existsSync(captures) ? { TRADER_CAPTURES: captures } : {};
}
