import { campaignProgress, campaignRounds, testSeed } from '@trader/testkit';
import { test } from 'vitest';
import { compactCrowd } from '../test/compaction-crowds.ts';
import { newDatabase } from '../test/databases.ts';

const crowds = campaignRounds(1);

// oxlint-disable-next-line vitest/expect-expect -- `compactCrowd` expects.
test(`${crowds} recordings of a thousand markets are compacted day by day`, async () => {
  const progress = campaignProgress('recording', crowds);
  for (let crowd = 1; crowd <= crowds; crowd++) {
    await compactCrowd(await newDatabase(), { markets: 1000, deltas: 150_000, seed: testSeed() * 1000 + crowd });
    progress(crowd);
  }
});
