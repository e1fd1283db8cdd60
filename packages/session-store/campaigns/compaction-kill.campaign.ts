import { campaignProgress, campaignRounds, testSeed } from '@trader/testkit';
import { expect, test } from 'vitest';
import { compactionKills } from '../test/compaction-kills.ts';
import { newDatabase } from '../test/databases.ts';

const kills = campaignRounds(32);

test(`deltas are there once each after ${kills} kills in the middle of compaction`, async () => {
  const states = await compactionKills(await newDatabase(), kills, testSeed(), campaignProgress('kill', kills));
  // They did not all die at the same place.
  expect(states).toBeGreaterThan(1);
});
