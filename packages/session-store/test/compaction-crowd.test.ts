import { testSeed } from '@trader/testkit';
import { test } from 'vitest';
import { compactCrowd } from './compaction-crowds.ts';
import { newDatabase } from './databases.ts';

// oxlint-disable-next-line vitest/expect-expect -- `compactCrowd` expects.
test('a recording of several hundred markets is compacted day by day', async () => {
  await compactCrowd(await newDatabase(), { markets: 400, deltas: 80_000, seed: testSeed() });
});
