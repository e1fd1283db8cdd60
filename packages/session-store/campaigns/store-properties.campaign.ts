// Every property of the store, on both engines, over many more cases than the tests have time for.
import { campaignRounds } from '@trader/testkit';
import { beforeEach, expect } from 'vitest';
import { compactionProperties } from '../test/compaction-properties.ts';
import { onPglite, onPostgres } from '../test/databases.ts';
import { readingProperties } from '../test/reading-properties.ts';
import { viewProperties } from '../test/view-properties.ts';

const runs = campaignRounds(30);

beforeEach(() => {
  const beganAtMs = performance.now();
  const { currentTestName } = expect.getState();
  const say = () =>
    process.stdout.write(`${Math.round((performance.now() - beganAtMs) / 1000)} s: ${currentTestName}\n`);
  const timer = setInterval(say, 5000);
  return () => clearInterval(timer);
});

for (const [name, engine] of [
  ['PGlite', onPglite],
  ['PostgreSQL', onPostgres],
] as const) {
  viewProperties(name, engine, runs);
  compactionProperties(name, engine, runs);
  readingProperties(name, engine, runs);
}
