// `/history`, in columns: a number for each step, `null` where nothing was counted.
import { z } from 'zod';
import type { Endpoint } from '../endpoint.ts';
import { checkSpan, oneOfNumbers, timeMs } from '../query.ts';
import { DELAY_BUCKETS, delayAt } from './delay-histogram.ts';
import { HISTORY_STEPS_MS, type History, type HistoryPage } from './history.ts';

const query = checkSpan(
  z.strictObject({ from: timeMs.optional(), to: timeMs.optional(), step: oneOfNumbers(HISTORY_STEPS_MS).optional() }),
);

const numbers = z.array(z.int().nullable());

const body = z.strictObject({
  stepMs: z.int().describe('Length of a step.'),
  sinceMs: z.int().nullable().describe('Where the oldest step begins that is kept; null: nothing was counted yet.'),
  atMs: z.array(z.int()).describe('Where each step begins.'),
  framesPerSecond: numbers,
  delayMs: numbers.describe("From the exchange's time on a delta to its arrival, on average; null without a delta."),
  delayMedianMs: numbers.describe('To a fifth, as the next.'),
  delaySlowestMs: numbers.describe('Of the slowest in a hundred.'),
  delayMaxMs: numbers,
  waiting: numbers.describe('The most records that the database did not have.'),
  spooled: numbers.describe('Of those the most that were on disk.'),
  spooledBytes: numbers,
  audits: numbers.describe('Audits that found the book equal.'),
  desyncs: numbers.describe('Books that an audit found different, or that broke an invariant.'),
  repairs: numbers,
  gaps: numbers,
  books: numbers.describe('Books that are wanted.'),
  booksStale: numbers.describe('Of those the most that were not right; to a tenth of a second.'),
});

export const historyEndpoint = (history: History): Endpoint<z.infer<typeof query>, z.infer<typeof body>> => ({
  path: '/history',
  summary: 'How feed and store have done lately, by steps of a second, a minute or ten minutes.',
  query,
  example: 'from=1790000000000&step=60000',
  body,
  refusals: [],
  answer: ({ query: { from, to, step } }) => inColumns(history.read({ fromMs: from, toMs: to, stepMs: step })),
});

type Numbers = NonNullable<HistoryPage['rows'][number]['row']>;

function delayOf(row: Numbers, share: number): number | null {
  const counts = DELAY_BUCKETS.map((bucket) => row[bucket] ?? 0);
  const delayMs = delayAt(share, counts, row.delayMaxMs);
  return delayMs === null ? null : Math.round(delayMs);
}

function inColumns({ stepMs, sinceMs, rows }: HistoryPage): z.infer<typeof body> {
  const column = (of: (row: Numbers) => number | null): (number | null)[] => rows.map(({ row }) => row && of(row));
  return {
    stepMs,
    sinceMs,
    atMs: rows.map(({ atMs }) => atMs),
    framesPerSecond: column(({ frames, coveredMs }) => Math.round((frames * 1_000) / Math.max(coveredMs, 1))),
    delayMs: column(({ delays, delaySumMs }) => (delays === 0 ? null : Math.round(delaySumMs / delays))),
    delayMedianMs: column((row) => delayOf(row, 0.5)),
    delaySlowestMs: column((row) => delayOf(row, 0.99)),
    delayMaxMs: column(({ delays, delayMaxMs }) => (delays === 0 ? null : Math.round(delayMaxMs))),
    waiting: column(({ waiting }) => waiting),
    spooled: column(({ spooled }) => spooled),
    spooledBytes: column(({ spooledBytes }) => spooledBytes),
    audits: column(({ audits }) => audits),
    desyncs: column(({ desyncs }) => desyncs),
    repairs: column(({ repairs }) => repairs),
    gaps: column(({ gaps }) => gaps),
    books: column(({ books }) => books),
    booksStale: column(({ booksStale }) => booksStale),
  };
}
