// All GOLD tapes at once, on one engine a round, and the busiest alone on the other.
import { campaignRounds } from '@trader/testkit';
import { describe, test } from 'vitest';
import { engines } from '../test/databases.ts';
import { gold, goldTapes, playAndCompare } from '../test/gold-tapes.ts';

const busiest = 'KXGOLD15M-26AUG102115-15';
const rounds = Array.from({ length: campaignRounds(1) }, (_, i) => [engines[i % 2]!, engines[(i + 1) % 2]!] as const);

describe.skipIf(gold.missing)(gold.title('the GOLD tapes'), () => {
  describe.each(rounds)('%s, then %s', (engine, other) => {
    test(`all at once on ${engine}: each delta once, the folded store equals the live books, no impossible level`, async () => {
      await playAndCompare(goldTapes(), engine);
    });

    test(`the busiest one on ${other}: the same`, async () => {
      await playAndCompare(goldTapes(busiest), other);
    });
  });
});
