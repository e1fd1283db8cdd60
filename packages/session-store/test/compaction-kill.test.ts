import { testSeed } from '@trader/testkit';
import { test } from 'vitest';
import { compactionKills } from './compaction-kills.ts';
import { newDatabase } from './databases.ts';

// oxlint-disable-next-line vitest/expect-expect -- `compactionKills` expects after each.
test('deltas are there once each after 2 kills in the middle of compaction', async () => {
  await compactionKills(await newDatabase(), 2, testSeed());
});
