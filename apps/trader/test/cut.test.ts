import { testSeed } from '@trader/testkit';
import { describe, test } from 'vitest';
import { recordCutTape } from './cut-tape.ts';

describe.each(['pglite', 'postgres'] as const)(
  'cutting the socket three times in the middle of a tape, on %s',
  (engine) => {
    test('reconnects and re-snapshots, names each hole, stores nothing twice, and ends with the right books', async () => {
      await recordCutTape(engine, { deltas: 9_000, cuts: [1_000, 4_000, 6_000], seed: testSeed() });
    });
  },
);
