import { campaignProgress, campaignRounds, testSeed } from '@trader/testkit';
import { expect, test } from 'vitest';
import { spoilSpools } from '../test/spool-spoiling.ts';

const spools = campaignRounds(1000);

test(`${spools} kinds of damage: never a wrong entry, never a loss that is not named`, async () => {
  const { damaged, lost } = await spoilSpools(spools, testSeed(), campaignProgress('spool', spools));
  process.stdout.write(`${damaged} were damaged, ${lost} entries lost, each named\n`);
  expect(damaged).toBeGreaterThan(spools / 2);
});
