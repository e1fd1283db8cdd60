// What `npm test` and `pnpm campaigns` leave for the one line that sums up both.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './through-pnpm.mjs';
import { countResults } from './results.mjs';

const fileOf = (run) => join(root, `reports/${run}-counts.json`);

/** Before a run, so that one that ends early leaves none. */
export const removeCounts = (run) => rmSync(fileOf(run), { force: true });

export function writeCounts(run, results) {
  mkdirSync(dirname(fileOf(run)), { recursive: true });
  writeFileSync(fileOf(run), JSON.stringify(countResults(results)));
}

/** @returns {{ passed: number, failed: number, skipped: number } | undefined} */
export const readCounts = (run) =>
  existsSync(fileOf(run)) ? JSON.parse(readFileSync(fileOf(run), 'utf8')) : undefined;
