// The shape of coverage in sums, of all markets or of a session's.
import { z } from 'zod';

export const sums = {
  fromMs: z.int(),
  toMs: z.int(),
  atMs: z.int().describe('When this was worked out: it is kept for half a minute at least.'),
  marketsFound: z.int().describe('All that were recorded.'),
  marketsSummed: z.int().describe('Those in the sums: the newest 20,000 at most, as far as they were read in 20 s.'),
  marketMs: z.int().describe('Of each market from its first book in the stretch, all together.'),
  coveredMs: z.int().describe('Of that, where its book can be rebuilt.'),
  marketHoles: z.int().describe('Stretches of markets that cannot be rebuilt: one hole of the ledger may cost many.'),
  holes: z.int().describe('Rows of the ledger.'),
  causes: z
    .array(z.strictObject({ cause: z.string(), holes: z.int(), uncoveredMs: z.int() }))
    .describe('The longest first.'),
} as const;
