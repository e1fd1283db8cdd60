import { startLoad } from './load.mjs';
import { secondsSince } from './progress.mjs';

/**
 * Does the planned runs, one after the other, the busy ones beside a load.
 *
 * @param {ReturnType<typeof import('./repeat-plan.mjs').planRepeats>['runs']} plan
 * @param {object} options
 * @param {(run: { seed: number, title: string, folder: string }) => Promise<import('./results.mjs').Result[]>} options.runTests
 * @param {(runs: import('./repeat-summary.mjs').RepeatedRun[], title: string) => void} options.onRun called after each run
 * @param {AbortSignal} options.stop
 * @param {typeof startLoad} [options.load]
 * @returns {Promise<import('./repeat-summary.mjs').RepeatedRun[]>} those that came to their end
 */
export async function repeatRuns(plan, { runTests, onRun, stop, load = startLoad }) {
  const runs = [];
  for (const planned of plan) {
    const { run, seed, busy } = planned;
    const title = `run ${run} of ${plan.length} (seed ${seed}${busy ? ', busy' : ''})`;
    const startMs = performance.now();
    const results = await besideLoad(busy ? load() : undefined, () => runTests({ seed, title, folder: `run-${run}` }));
    // Of a run that was interrupted nothing can be said.
    if (stop.aborted) break;
    runs.push({ ...planned, seconds: secondsSince(startMs), results });
    onRun(runs, title);
  }
  return runs;
}

async function besideLoad(load, work) {
  try {
    return await work();
  } finally {
    await load?.stop();
  }
}
