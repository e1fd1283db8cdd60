import { countResults, sumLine } from './results.mjs';

/** @typedef {import('./results.mjs').Result} Result */
/** @typedef {{ run: number, seed: number, busy: boolean, seconds: number, results: readonly Result[] }} RepeatedRun */

/** Each test that failed even once, with the runs in which it did. @param {readonly RepeatedRun[]} runs */
export function unsteadyOf(runs) {
  const byTest = new Map();
  for (const { run, seed, busy, results } of runs) {
    for (const { where, name, status, message, again, log } of results) {
      if (status !== 'failed') continue;
      const key = `${where} > ${name}`;
      const test = byTest.get(key) ?? byTest.set(key, { where, name, failures: [] }).get(key);
      test.failures.push({ run, seed, busy, message, again, log });
    }
  }
  return [...byTest.values()].toSorted((a, b) => b.failures.length - a.failures.length);
}

/** What reports/repeat/summary.json holds. @param {number} planned how many runs were asked for */
export const repeatSummary = (runs, planned) => ({
  planned,
  runs: runs.map(({ results, ...run }) => ({ ...run, ...countResults(results) })),
  unsteady: unsteadyOf(runs),
});

/** The end of `pnpm test:repeat`, as text. */
export function repeatText(runs, planned) {
  const unsteady = unsteadyOf(runs);
  const lines = unsteady.flatMap(({ where, name, failures }) => [
    '',
    `FAILED in ${failures.length} of ${runs.length}: ${where} > ${name}`,
    ...failures.flatMap(({ run, seed, busy, message = '', again, log }) => [
      `  run ${run}, seed ${seed}${busy ? ', busy' : ''}: ${message.split('\n')[0]}`,
      ...(log ? [`    all that it printed: ${log}`] : []),
      ...(again ? [`    again: ${again}`] : []),
    ]),
  ]);
  const green = runs.filter(({ results }) => !results.some(({ status }) => status === 'failed')).length;
  const busy = runs.filter((run) => run.busy).length;
  const stopped = runs.length < planned ? `, stopped after ${runs.length} of ${planned}` : '';
  const sum = countResults(runs.flatMap(({ results }) => results));
  return [
    ...lines,
    '',
    `${green} of ${runs.length} runs green, ${busy} of them busy${stopped}; all runs together:`,
    sumLine(sum),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
