// `pnpm test:repeat N [--busy [K]] [--seed S] [--filter PACKAGE]`: runs all tests N times with the seeds from S on and lists
// each that failed even once.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { orUsage } from './arguments.mjs';
import { planRepeats } from './repeat-plan.mjs';
import { repeatRuns } from './repeat-runs.mjs';
import { repeatSummary, repeatText, unsteadyOf } from './repeat-summary.mjs';
import { countResults, sumLine } from './results.mjs';
import { runTests } from './tests.mjs';
import { root, throughPnpm } from './through-pnpm.mjs';
import { runTurbo } from './turbo-run.mjs';

const FOLDER = 'reports/repeat';
const USAGE = `pnpm test:repeat N [--busy [K]] [--seed S] [--filter PACKAGE]
N runs, all or the last K of them beside a load on every core`;

await throughPnpm('test:repeat', (args) =>
  orUsage(USAGE, async () => {
    const { runs: plan, filters } = planRepeats(args);
    rmSync(join(root, FOLDER), { recursive: true, force: true });
    mkdirSync(join(root, FOLDER), { recursive: true });
    const built = await runTurbo(['build'], `${FOLDER}/build.log`);
    if (built.exitCode !== 0) {
      process.stderr.write(`The build failed: ${FOLDER}/build.log\n`);
      return 1;
    }
    const turboArgs = filters.map((filter) => `--filter=${filter}`);
    const runs = await repeatRuns(plan, {
      runTests: ({ seed, title, folder }) =>
        runTests({ seed, title, fresh: true, brief: true, args: turboArgs, logs: `${FOLDER}/${folder}` }),
      onRun: (runs, title) => {
        writeFileSync(join(root, FOLDER, 'summary.json'), JSON.stringify(repeatSummary(runs, plan.length), null, 2));
        const { results, seconds } = runs.at(-1);
        const failed = unsteadyOf(runs).length;
        const counts = sumLine(countResults(results));
        process.stdout.write(`${title}: ${counts}, ${seconds} s; tests that failed so far: ${failed}\n`);
      },
      stop: stopOnSignals(),
    });
    process.stdout.write(repeatText(runs, plan.length));
    return runs.length === plan.length && unsteadyOf(runs).length === 0 ? 0 : 1;
  }),
);

/** The tests that run are ended by the signal itself; what was found before is told. */
function stopOnSignals() {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop.abort());
  return stop.signal;
}
