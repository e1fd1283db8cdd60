// `pnpm test:repeat N [--busy [K]] [--seed S]`: runs all tests N times with the seeds from S on and lists each that failed even once.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { orUsage } from './arguments.mjs';
import { startLoad } from './load.mjs';
import { secondsSince } from './progress.mjs';
import { planRepeats } from './repeat-plan.mjs';
import { repeatSummary, repeatText, unsteadyOf } from './repeat-summary.mjs';
import { countResults, sumLine } from './results.mjs';
import { runTests } from './tests.mjs';
import { root, throughPnpm } from './through-pnpm.mjs';
import { runTurbo } from './turbo-run.mjs';

const FOLDER = 'reports/repeat';
const USAGE =
  'pnpm test:repeat N [--busy [K]] [--seed S]: N runs, all or the last K of them beside a load on every core';

await throughPnpm('test:repeat', (args) =>
  orUsage(USAGE, async () => {
    const plan = planRepeats(args);
    rmSync(join(root, FOLDER), { recursive: true, force: true });
    mkdirSync(join(root, FOLDER), { recursive: true });
    const built = await runTurbo(['build'], `${FOLDER}/build.log`);
    if (built.exitCode !== 0) {
      process.stderr.write(`The build failed: ${FOLDER}/build.log\n`);
      return 1;
    }
    const stop = stopOnSignals();
    const runs = [];
    for (const planned of plan) {
      const run = await runOnce(planned, plan.length);
      // Of a run that was interrupted nothing can be said.
      if (stop.aborted) break;
      runs.push(run);
      writeFileSync(join(root, FOLDER, 'summary.json'), JSON.stringify(repeatSummary(runs, plan.length), null, 2));
      const { length } = unsteadyOf(runs);
      const far = `run ${run.run} of ${plan.length} (${nameOf(run)})`;
      const counts = sumLine(countResults(run.results));
      process.stdout.write(`${far}: ${counts}, ${run.seconds} s; tests that failed so far: ${length}\n`);
    }
    process.stdout.write(repeatText(runs, plan.length));
    return runs.length === plan.length && unsteadyOf(runs).length === 0 ? 0 : 1;
  }),
);

async function runOnce(planned, count) {
  const { run, seed, busy } = planned;
  const load = busy ? startLoad() : undefined;
  const startMs = performance.now();
  try {
    const title = `run ${run} of ${count} (${nameOf(planned)})`;
    const results = await runTests({ seed, fresh: true, brief: true, title, logs: `${FOLDER}/run-${run}` });
    return { ...planned, seconds: secondsSince(startMs), results };
  } finally {
    await load?.stop();
  }
}

const nameOf = ({ seed, busy }) => `seed ${seed}${busy ? ', busy' : ''}`;

/** The tests that run are ended by the signal itself; what was found before is told. */
function stopOnSignals() {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop.abort());
  return stop.signal;
}
