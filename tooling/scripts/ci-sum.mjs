// The last line of `.ci/run`: `npm test`, the campaigns, and each other step that failed, in one sum. It needs nothing but Node.
import { fileURLToPath } from 'node:url';
import { readCounts } from './counts-file.mjs';
import { sumLine } from './results.mjs';

const RUNS = { test: 'npm test', campaigns: 'pnpm campaigns' };

/** @param {readonly string[]} failedSteps names of steps that have no counts of their own */
export function sumOfRun(failedSteps, countsOf = readCounts) {
  const sum = { passed: 0, failed: failedSteps.length, skipped: 0 };
  const said = failedSteps.map((step) => `failed: ${step}`);
  for (const [run, command] of Object.entries(RUNS)) {
    const counts = countsOf(run);
    if (counts === undefined) {
      sum.failed += 1;
      said.push(`failed: ${command} did not come to its end`);
      continue;
    }
    for (const key of Object.keys(sum)) sum[key] += counts[key];
    said.push(`${command}: ${sumLine(counts)}`);
  }
  return { sum, said };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { sum, said } = sumOfRun(process.argv.slice(2));
  for (const line of said) process.stdout.write(`${line}\n`);
  process.stdout.write(`${sumLine(sum)}\n`);
  process.exitCode = sum.failed > 0 ? 1 : 0;
}
