// `/gaps`: the holes of the ledger by session, market and time.
import { z } from 'zod';
import type { Endpoint } from '../endpoint.ts';
import { checkSpan, limit, market, session, timeMs } from '../query.ts';
import type { Questions } from '../questions.ts';
import { gapsPage, parseGapCursor } from './gaps-query.ts';

const AFTER = 'must be the next of an answer';

const after = z.string(AFTER).transform((text, context) => {
  const cursor = parseGapCursor(text);
  if (cursor && z.guid().safeParse(cursor.session).success) return cursor;
  context.issues.push({ code: 'custom', message: AFTER, input: text });
  return z.NEVER;
});

const query = checkSpan(
  z.strictObject({
    session: session.optional(),
    market: market.optional(),
    from: timeMs.optional(),
    to: timeMs.optional(),
    after: after.optional(),
    limit: limit().default(100),
  }),
);

const gap = z.strictObject({
  session: z.string(),
  cause: z.string(),
  market: z.string().nullable().describe('The one that misses something; null: any of the subscription may.'),
  epoch: z.int().nullable(),
  sid: z.int().nullable(),
  firstSeq: z.int().nullable(),
  lastSeq: z.int().nullable(),
  fromMs: z.int(),
  toMs: z.int().nullable(),
});

const body = z.strictObject({
  gaps: z.array(gap).describe('Newest first.'),
  next: z.string().nullable().describe('Give it back as after for the next page; null: there is none.'),
});

export const gapsEndpoint = (questions: Questions): Endpoint<z.infer<typeof query>, z.infer<typeof body>> => ({
  path: '/gaps',
  summary: 'Holes of the ledger by session, market and time.',
  query,
  example: 'session=ID&market=KXGOLD15M&limit=100',
  body,
  refusals: ['STORE_UNAVAILABLE', 'TOO_MANY_REQUESTS'],
  answer: async ({ query }) => questions.ask('the ledger', async (store) => gapsPage(store, query)),
});
