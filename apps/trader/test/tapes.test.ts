// Tapes through the simulator's socket, the client and the store, on each engine. Longer ones, and all that there are, are
// campaigns: campaigns/faulty-tapes.campaign.ts and campaigns/gold-tapes.campaign.ts.
import { testSeed } from '@trader/testkit';
import { describe, test } from 'vitest';
import { recordCutTape } from './cut-tape.ts';
import { engines } from './databases.ts';
import { recordFaultyTape } from './faulty-tape.ts';
import { gold, goldTapes, playAndCompare } from './gold-tapes.ts';
import { mlb, recordMlbTape } from './mlb-tape.ts';

const quietestGoldMarket = 'KXGOLD15M-26AUG101900-00';

describe.each(engines)('on %s', (engine) => {
  test('a tape whose socket is cut three times: each hole is named, nothing is stored twice, the books are right', async () => {
    await recordCutTape(engine, { deltas: 3_000, cuts: [500, 1_250, 2_000], seed: testSeed() });
  });

  test('a tape through an exchange that misbehaves leaves every hole named, nothing twice, and the exchange’s books', async () => {
    await recordFaultyTape(engine, { deltas: 5_000, seed: testSeed() });
  });

  test.skipIf(mlb.missing)(
    mlb.title(
      'the MLB capture is stored as 12 snapshots and 245 deltas, without a gap, and folds to the books of the file',
    ),
    async () => {
      await recordMlbTape(engine);
    },
  );

  test.skipIf(gold.missing)(
    gold.title('a GOLD tape: each delta once, the folded store equals the live books, no impossible level'),
    async () => {
      await playAndCompare(goldTapes(quietestGoldMarket), engine);
    },
  );
});
