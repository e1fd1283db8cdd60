// One of the GOLD tapes. All of them are a campaign: campaigns/gold-tapes.campaign.ts.
import { describe, test } from 'vitest';
import { gold, goldTapes, playAndCompare } from './gold-tapes.ts';

const quietest = 'KXGOLD15M-26AUG101900-00';

describe.skipIf(gold.missing)(gold.title('a GOLD tape'), () => {
  test.each(['pglite', 'postgres'] as const)(
    'on %s: each delta once, the folded store equals the live books, no impossible level',
    async (engine) => {
      await playAndCompare(goldTapes(quietest), engine);
    },
  );
});
