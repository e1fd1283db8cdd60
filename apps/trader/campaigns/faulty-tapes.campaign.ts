// Long tapes through an exchange that misbehaves in a dozen ways, and over a connection that is cut: others each round, on
// both engines in turn.
import { campaignRounds, seededRandom, testSeed } from '@trader/testkit';
import { describe, test } from 'vitest';
import { recordCutTape } from '../test/cut-tape.ts';
import { engines } from '../test/databases.ts';
import { recordFaultyTape } from '../test/faulty-tape.ts';

const deltas = 60_000;
const rounds = Array.from({ length: campaignRounds(2) }, (_, i) => ({
  seed: testSeed() + i,
  engine: engines[i % 2]!,
}));

describe.each(rounds)('seed $seed, on $engine', ({ seed, engine }) => {
  test('a tape through an exchange that misbehaves leaves every hole named, nothing twice, and the exchange’s books', async () => {
    await recordFaultyTape(engine, { deltas, seed });
  });

  test('a tape that is cut three times ends with each hole named, nothing twice, and the right books', async () => {
    const random = seededRandom(seed);
    const cuts = [0, 1, 2].map((third) => Math.ceil(((third + random()) * 0.9 * deltas) / 3));
    await recordCutTape(engine, { deltas, cuts, seed });
  });
});
