// `/markets`: the wanted markets with what they are called, out of memory.
import { z } from 'zod';
import type { TraderView } from '../../status.ts';
import type { Endpoint } from '../endpoint.ts';
import { limit, market } from '../query.ts';

const MAX_MARKETS = 5_000;

const query = z.strictObject({
  after: market.optional().describe('The `next` of the page before.'),
  limit: limit(MAX_MARKETS).default(MAX_MARKETS),
});

const text = z.string().nullable();
const time = z.int().nullable();

const wanted = z.strictObject({
  market: z.string(),
  unknown: z.boolean().describe('The exchange does not know it: the name is wrong, or the market is gone.'),
  described: z.boolean().describe('What follows is known.'),
  title: text,
  subtitle: text,
  yesSubtitle: text,
  eventTicker: text,
  seriesTicker: text,
  status: z.enum(['unopened', 'open', 'paused', 'closed', 'determined', 'settled']).nullable(),
  openAtMs: time,
  closeAtMs: time,
});

const body = z.strictObject({
  markets: z.array(wanted).describe('By ticker.'),
  wanted: z.int().describe('On all pages.'),
  next: text.describe('Ask with it as `after` for the others; null: there are none.'),
});

export const marketsEndpoint = (
  view: () => Pick<TraderView, 'client' | 'descriptions' | 'unknownMarkets'>,
): Endpoint<z.infer<typeof query>, z.infer<typeof body>> => ({
  path: '/markets',
  summary: 'The wanted markets, and what they are called.',
  query,
  example: 'limit=100',
  body,
  refusals: [],
  answer: ({ query: { after = '', limit } }) => {
    const { client, descriptions, unknownMarkets } = view();
    const all = [...(client?.books() ?? [])].map(({ market }) => market);
    const left = all.filter((market) => market > after).toSorted((one, other) => (one < other ? -1 : 1));
    const page = left.slice(0, limit);
    const known = new Map(descriptions().map((description) => [description.market, description]));
    const unknown = new Set(unknownMarkets.map(({ market }) => market));
    return {
      markets: page.map((market) => {
        const description = known.get(market);
        return {
          market,
          unknown: unknown.has(market),
          described: description !== undefined,
          title: description?.title ?? null,
          subtitle: description?.subtitle ?? null,
          yesSubtitle: description?.yesSubtitle ?? null,
          eventTicker: description?.eventTicker ?? null,
          seriesTicker: description?.seriesTicker ?? null,
          status: description?.status ?? null,
          openAtMs: description?.openAtMs ?? null,
          closeAtMs: description?.closeAtMs ?? null,
        };
      }),
      wanted: all.length,
      next: left.length > limit ? page.at(-1)! : null,
    };
  },
});
