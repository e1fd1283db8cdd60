// `/markets/TICKER`: what a market is, and what became of it.
import { z } from 'zod';
import { systemRuntime } from '../../runtime/system-runtime.ts';
import type { TraderView } from '../../status.ts';
import { Refused, type Endpoint } from '../endpoint.ts';
import { market as ticker, nothing } from '../query.ts';
import type { Questions } from '../questions.ts';
import type { MarketAudits } from '../status/market-audits.ts';

const text = z.string().nullable();
const time = z.int().nullable();

const body = z.strictObject({
  market: z.string(),
  wanted: z.boolean().describe('Its book is kept: see /books/TICKER.'),
  status: z.enum(['unopened', 'open', 'paused', 'closed', 'determined', 'settled']).nullable(),
  title: text,
  subtitle: text,
  yesSubtitle: text,
  noSubtitle: text,
  eventTicker: text,
  seriesTicker: text,
  openAtMs: time,
  closeAtMs: time,
  expectedExpirationAtMs: time,
  priceRanges: z
    .array(z.strictObject({ start: z.int(), end: z.int(), step: z.int() }))
    .nullable()
    .describe('Valid prices, in 1/10,000 dollar.'),
  tickSize: z.int().nullable().describe('The finest step, in 1/10,000 dollar.'),
  result: text,
  settlementValue: z.int().nullable().describe('What a YES contract pays, in 1/10,000 dollar.'),
  determinedAtMs: time,
  settledAtMs: time,
  describedAtMs: time.describe('When the description came; null: there was none.'),
  audits: z
    .array(z.strictObject({ atMs: z.int(), differences: z.int().describe('Levels that were not equal.') }))
    .describe("When its book was compared with the exchange's: the latest 50, the last one last."),
});

export const marketEndpoint = (
  view: () => Pick<TraderView, 'client'>,
  questions: Questions,
  audits: Pick<MarketAudits, 'of'>,
): Endpoint<z.infer<typeof nothing>, z.infer<typeof body>> => ({
  path: '/markets/:ticker',
  summary: 'What a market is, and what became of it.',
  query: nothing,
  example: null,
  body,
  refusals: ['MARKET_UNKNOWN', 'STORE_UNAVAILABLE', 'TOO_MANY_REQUESTS'],
  answer: async ({ params }) => {
    const { data: market } = ticker.safeParse(params['ticker']);
    const known =
      market === undefined
        ? null
        : await questions.ask('the market', async (store) => store.marketAt(market, systemRuntime.nowMs()));
    const book = market === undefined ? undefined : view().client?.book(market);
    if (market === undefined || (!known && !book)) {
      const message = `Nothing is known of ${JSON.stringify(params['ticker'])}: the market is not wanted, and was not described.`;
      throw new Refused({ code: 'MARKET_UNKNOWN', message });
    }
    const definition = known?.definition;
    const priceRanges = book?.priceRanges ?? definition?.priceRanges ?? null;
    return {
      market,
      wanted: book !== undefined,
      status: known?.status ?? null,
      title: definition?.title ?? null,
      subtitle: definition?.subtitle ?? null,
      yesSubtitle: definition?.yesSubtitle ?? null,
      noSubtitle: definition?.noSubtitle ?? null,
      eventTicker: definition?.eventTicker ?? null,
      seriesTicker: definition?.seriesTicker ?? null,
      openAtMs: definition?.openAtMs ?? null,
      closeAtMs: definition?.closeAtMs ?? null,
      expectedExpirationAtMs: definition?.expectedExpirationAtMs ?? null,
      priceRanges: priceRanges?.map(({ start, end, step }) => ({ start, end, step })) ?? null,
      tickSize: priceRanges?.length ? Math.min(...priceRanges.map(({ step }) => step)) : null,
      result: definition?.result ?? null,
      settlementValue: definition?.settlementValue ?? null,
      determinedAtMs: known?.determinedAtMs ?? null,
      settledAtMs: definition?.settledAtMs ?? null,
      describedAtMs: known?.describedAtMs ?? null,
      audits: book ? audits.of(book).map(({ atMs, differences }) => ({ atMs, differences })) : [],
    };
  },
});
