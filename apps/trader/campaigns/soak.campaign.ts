// A recording of a simulated exchange of a thousand markets, one minute a round, while everything around the trader fails.
import { campaignRounds, testSeed } from '@trader/testkit';
import { expect, test } from 'vitest';
import { reportText } from './soak/report.ts';
import { runSoak } from './soak/soak.ts';

const minutes = campaignRounds(1);

test(`${minutes} min of faults leave no orphan, no unnamed hole, no duplicate, and no departure from ready unexplained`, async () => {
  const report = await runSoak({
    durationMs: minutes * 60_000,
    seed: testSeed(),
    markets: 1_000,
    rate: 3_000,
    // Shorter than the faults of a soak of that length: so ready is left, too.
    holdDownMs: minutes < 5 ? 2_000 : 5_000,
    onLine: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${reportText(report)}\n`);
  expect(report.failures, `seed ${testSeed()}`).toEqual([]);
});
