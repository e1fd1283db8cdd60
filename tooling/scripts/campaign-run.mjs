import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { pnpm } from './commands.mjs';
import { followFile } from './follow-file.mjs';
import { readReport } from './results.mjs';

/**
 * How long a campaign may take before it counts as hung: several times its share, as the machine may be slow or busy.
 *
 * @param {import('./campaign-plan.mjs').Planned} planned
 */
export const deadlineSecondsOf = ({ campaign, rounds }) =>
  60 + Math.ceil((4 * campaign.shareSeconds * rounds) / campaign.shortRounds);

/**
 * Runs one campaign in a process group of its own, which is ended at the deadline or when `stop` is aborted.
 *
 * @param {import('./campaign-plan.mjs').Planned} planned
 * @param {object} options
 * @param {string} options.root
 * @param {number} options.seed
 * @param {AbortSignal} options.stop
 * @param {NodeJS.WritableStream} [options.out] where to show what it prints, besides its log
 * @param {AbortSignal} [options.overdue] is aborted when it has taken too long
 * @param {number} [options.graceMs] how long its processes have to end by themselves before they are killed
 * @returns {Promise<{ results: import('./results.mjs').Result[], seconds: number, log: string }>} `log` is relative to the root
 */
export async function runCampaign(planned, options) {
  const deadlineSeconds = deadlineSecondsOf(planned);
  const { root, seed, stop, out, overdue = AbortSignal.timeout(deadlineSeconds * 1000), graceMs = 10_000 } = options;
  const { campaign, rounds } = planned;
  const { name, folder } = campaign;
  const log = `reports/campaigns/${name}.log`;
  const report = join(root, `reports/campaigns/${name}.json`);
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });

  const output = openSync(join(root, log), 'w');
  const startMs = performance.now();
  const file = `campaigns/${name}.campaign.ts`;
  const child = spawn('node_modules/.bin/vitest', ['run', '--config', 'campaigns/vitest.config.ts', file], {
    cwd: join(root, folder),
    detached: process.platform !== 'win32',
    shell: process.platform === 'win32',
    // Into the file itself: what it prints last is there when it has ended, whoever else holds the file.
    stdio: ['ignore', output, output],
    env: {
      ...process.env,
      TRADER_CAMPAIGN_ROUNDS: String(rounds),
      TRADER_TEST_SEED: String(seed),
      TRADER_TEST_REPORT: report,
      // Set where this runs inside of a test run, whose progress this is not.
      TRADER_TEST_PROGRESS: '',
    },
  });
  const followed = out && followFile(join(root, log), out);
  const ending = endWhen(child, AbortSignal.any([stop, overdue]), graceMs);
  const [code, signal] = await once(child, 'exit').catch((error) => [`"${error.message}"`, null]);
  ending.done();
  const seconds = (performance.now() - startMs) / 1000;
  followed?.();
  closeSync(output);

  const again = () => pnpm('campaigns', name, '--rounds', String(rounds), '--seed', String(seed));
  const failure = (message) => ({ where: `${folder}/${file}`, name, status: 'failed', message });
  // One that was ended may still write a report, which tells of the signal what it would of a failure.
  const ended = stop.aborted || overdue.aborted;
  const found = ended ? undefined : readReport(report, folder, again);
  const results = found ?? [];
  if (stop.aborted) results.push(failure('It was stopped before its end.'));
  else if (ended) {
    results.push(failure(`It did not end within ${deadlineSeconds} s, and was ended with all its processes.`));
  } else if (found === undefined) {
    results.push(failure(`No report was written; the runner ended with ${signal ?? code}.`));
  } else if (code !== 0 && !results.some(({ status }) => status === 'failed')) {
    results.push(failure(`The runner ended with ${signal ?? code}, and no test failed.`));
  }
  return {
    results: results.map((result) => (result.status === 'failed' ? { ...result, seed, again: again(), log } : result)),
    seconds,
    log,
  };
}

/** Ends the child's process group when `signal` is aborted: asked first, killed if it does not go. */
function endWhen(child, signal, graceMs) {
  const send = (name) => {
    try {
      process.kill(process.platform === 'win32' ? child.pid : -child.pid, name);
    } catch (error) {
      // All of them are gone already.
      if (error.code !== 'ESRCH') throw error;
    }
  };
  let killing;
  const end = () => {
    send('SIGTERM');
    killing = setTimeout(send, graceMs, 'SIGKILL');
  };
  signal.addEventListener('abort', end);
  return {
    done() {
      signal.removeEventListener('abort', end);
      clearTimeout(killing);
      // What the runner left behind.
      if (signal.aborted) send('SIGKILL');
    },
  };
}
