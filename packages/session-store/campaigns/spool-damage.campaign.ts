import { campaignProgress, campaignRounds, testSeed } from '@trader/testkit';
import { expect, test } from 'vitest';
import { spoilSpools } from '../test/spool-spoiling.ts';

const spools = campaignRounds(100);

test(`${spools} kinds of damage: never a wrong entry, never a loss of which nobody knows`, async () => {
  const { damaged, lost, kept } = await spoilSpools(spools, testSeed(), campaignProgress('spool', spools));
  process.stdout.write(`${damaged} lost something, ${lost} entries in all, each known; ${kept} files were kept\n`);
  expect(damaged).toBeGreaterThan(spools / 4);
});
