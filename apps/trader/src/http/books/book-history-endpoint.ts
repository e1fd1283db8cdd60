// `/books/TICKER/history`: a page of columns for a heatmap.
import { z } from 'zod';
import { systemRuntime } from '../../runtime/system-runtime.ts';
import { Refused, type Endpoint } from '../endpoint.ts';
import { checkSpan, market as ticker, oneOfNumbers, timeMs } from '../query.ts';
import type { Questions } from '../questions.ts';
import { PART_MS } from './book-columns.ts';
import { bookHistory } from './book-history.ts';

const STEPS_MS = [PART_MS, 4 * PART_MS, 16 * PART_MS, 64 * PART_MS];

const query = checkSpan(
  z.strictObject({ from: timeMs, to: timeMs.optional(), step: oneOfNumbers(STEPS_MS).default(PART_MS) }),
);

const flat = z.array(z.int()).describe('Price, size, price, size …, in 1/10,000 dollar and 1/100 contract.');

const column = z.strictObject({
  whole: z.boolean().describe('All levels; otherwise those that changed since the column before, size 0: gone.'),
  yes: flat,
  no: flat,
});

const body = z.strictObject({
  market: z.string(),
  fromMs: z.int(),
  stepMs: z.int(),
  columns: z.array(column.nullable()).describe('One for each step; null: at its end the book was not known.'),
  holes: z.array(z.strictObject({ fromMs: z.int(), toMs: z.int(), cause: z.string() })),
  trades: z.array(
    z.strictObject({
      atMs: z.int(),
      price: z.int().describe('Of YES.'),
      size: z.int(),
      takerSide: z.enum(['yes', 'no']).nullable(),
      count: z.int(),
    }),
  ),
  nextFromMs: z.int().nullable().describe('Ask from there for the next page; null: this one reaches to the end.'),
});

export const bookHistoryEndpoint = (questions: Questions): Endpoint<z.infer<typeof query>, z.infer<typeof body>> => ({
  path: '/books/:ticker/history',
  summary: 'The levels of a book through time, in columns.',
  query,
  example: 'from=1790000000000&step=2000',
  body,
  refusals: ['MARKET_UNKNOWN', 'STORE_UNAVAILABLE', 'TOO_MANY_REQUESTS'],
  answer: async ({ params, query: { from, to, step } }) => {
    const { data: market } = ticker.safeParse(params['ticker']);
    if (market === undefined) throw new Refused({ code: 'MARKET_UNKNOWN', message: 'This is no ticker.' });
    const toMs = Math.min(to ?? Infinity, Math.max(systemRuntime.nowMs(), from + 1));
    const asked = { market, fromMs: from, toMs, stepMs: step };
    const page = await questions.askLong('the book', async (store) => bookHistory(store, asked));
    return { market, ...page, columns: [...page.columns], holes: [...page.holes], trades: [...page.trades] };
  },
});
