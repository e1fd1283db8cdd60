import { campaignProgress, campaignRounds, testSeed } from '@trader/testkit';
import { expect, test } from 'vitest';
import { spoolKills } from '../test/spool-kills.ts';

const kills = campaignRounds(40);

test(`after ${kills} kills at random instants all that was durable is there, in order, once`, async () => {
  const { durable, found } = await spoolKills(kills, testSeed(), campaignProgress('kill', kills));
  process.stdout.write(`${durable} batches were durable, ${found} found unacknowledged\n`);
  expect(durable).toBeGreaterThan(0);
});
