// `/coverage`: when a market's book can be rebuilt and when it cannot, and why not.
import { z } from 'zod';
import { systemRuntime } from '../../runtime/system-runtime.ts';
import type { Endpoint } from '../endpoint.ts';
import { checkSpan, limit, market, timeMs } from '../query.ts';
import type { Questions } from '../questions.ts';

const DAY_MS = 86_400_000;

const query = checkSpan(
  z.strictObject({ market, from: timeMs.optional(), to: timeMs.optional(), limit: limit().default(1_000) }),
);

const interval = z.strictObject({
  fromMs: z.int(),
  toMs: z.int(),
  covered: z.boolean(),
  cause: z.string().nullable().describe('Why not: the cause of a hole, expired, not recorded, …'),
  session: z.string().nullable(),
});

const body = z.strictObject({
  market: z.string(),
  fromMs: z.int(),
  toMs: z.int(),
  intervals: z.array(interval).describe('Without a hole or an overlap.'),
  nextFromMs: z.int().nullable().describe('Ask from there for the others; null: there are none.'),
});

export const coverageEndpoint = (questions: Questions): Endpoint<z.infer<typeof query>, z.infer<typeof body>> => ({
  path: '/coverage',
  summary: "When a market's book can be rebuilt, and when it cannot.",
  query,
  example: 'market=KXGOLD15M&from=1790000000000',
  body,
  refusals: ['STORE_UNAVAILABLE', 'TOO_MANY_REQUESTS'],
  answer: async ({ query: { market, from, to, limit } }) => {
    const toMs = to ?? Math.max(systemRuntime.nowMs(), from ?? 0) + 1;
    const fromMs = from ?? Math.max(toMs - DAY_MS, 0);
    const all = await questions.askLong('the coverage', async (store) => store.coverage(market, fromMs, toMs));
    return { market, fromMs, toMs, intervals: all.slice(0, limit), nextFromMs: all[limit]?.fromMs ?? null };
  },
});
