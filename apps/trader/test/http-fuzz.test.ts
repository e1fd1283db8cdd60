// Six thousand requests, right and wrong, against a trader that records meanwhile. A million more are in campaigns/.
import { testSeed } from '@trader/testkit';
import { expect, test } from 'vitest';
import { newDatabase } from './databases.ts';
import { fuzz } from './http-fuzz/fuzz-run.ts';
import { FuzzTarget } from './http-fuzz/fuzz-target.ts';
import { expectUnharmed } from './http-fuzz/unharmed.ts';

test('6,000 requests are answered or closed, and the trader lives, records and leaks nothing', async () => {
  await using target = await FuzzTarget.start(await newDatabase());
  const before = await target.status();
  const report = await fuzz(target, { seed: testSeed(), from: 0, requests: 6_000, parallel: 32 });
  expect(report.findings.join('\n')).toBe('');
  expect(report.requests).toBeGreaterThanOrEqual(6_000);
  expect(report.answers).toBeGreaterThan(1_500);
  await expectUnharmed(target, before, report);
});
