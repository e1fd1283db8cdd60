import { testSeed } from '@trader/testkit';
import { expect, test } from 'vitest';
import { spoolKills } from './spool-kills.ts';

test('after 4 kills at random instants all that was durable is there, in order, once', async () => {
  const { durable } = await spoolKills(4, testSeed());
  expect(durable).toBeGreaterThan(0);
});
