import { testSeed } from '@trader/testkit';
import { describe, test } from 'vitest';
import { recordFaultyTape } from './faulty-tape.ts';

describe.each(['pglite', 'postgres'] as const)('a tape through an exchange that misbehaves, on %s', (engine) => {
  test('leaves every hole named, nothing twice, and the exchange’s books', async () => {
    await recordFaultyTape(engine, { deltas: 12_000, seed: testSeed() });
  });
});
