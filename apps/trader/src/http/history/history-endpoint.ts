// `/history`, in columns: a number for each step, `null` where nothing was counted.
import { z } from 'zod';
import type { Endpoint } from '../endpoint.ts';
import { checkSpan, oneOfNumbers, timeMs } from '../query.ts';
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
  delayMaxMs: numbers,
  waiting: numbers.describe('The most records that the database did not have.'),
  audits: numbers.describe('Audits that found the book equal.'),
  repairs: numbers,
  gaps: numbers,
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

function inColumns({ stepMs, sinceMs, rows }: HistoryPage): z.infer<typeof body> {
  type Numbers = NonNullable<(typeof rows)[number]['row']>;
  const column = (of: (row: Numbers) => number | null): (number | null)[] => rows.map(({ row }) => row && of(row));
  return {
    stepMs,
    sinceMs,
    atMs: rows.map(({ atMs }) => atMs),
    framesPerSecond: column(({ frames, coveredMs }) => Math.round((frames * 1_000) / Math.max(coveredMs, 1))),
    delayMs: column(({ delays, delaySumMs }) => (delays === 0 ? null : Math.round(delaySumMs / delays))),
    delayMaxMs: column(({ delays, delayMaxMs }) => (delays === 0 ? null : Math.round(delayMaxMs))),
    waiting: column(({ waiting }) => waiting),
    audits: column(({ audits }) => audits),
    repairs: column(({ repairs }) => repairs),
    gaps: column(({ gaps }) => gaps),
  };
}
