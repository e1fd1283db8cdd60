import { campaignProgress, campaignRounds, testSeed } from '@trader/testkit';
import { expect, test } from 'vitest';
import { compactionKills } from '../test/compaction-kills.ts';
import { newDatabase } from '../test/databases.ts';

const kills = campaignRounds(32);

test(`deltas are there once each after ${kills} kills in the middle of compaction`, async () => {
  const halfway = await compactionKills(await newDatabase(), kills, testSeed(), campaignProgress('kill', kills));
  expect(halfway, 'compactors that died with a part moved').toBeGreaterThan(0);
});
