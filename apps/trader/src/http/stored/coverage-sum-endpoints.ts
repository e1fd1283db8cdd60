// `/coverage/summary`: coverage in sums, for figures. Those of sessions are in session-coverage.ts.
import { z } from 'zod';
import { systemRuntime } from '../../runtime/system-runtime.ts';
import type { TraderView } from '../../status.ts';
import type { AnyEndpoint, Endpoint } from '../endpoint.ts';
import { checkSpan, limit, market, timeMs } from '../query.ts';
import type { Questions } from '../questions.ts';
import { AnswersKept } from './answers-kept.ts';
import { sums } from './coverage-shape.ts';
import { coverageSums, type CoverageStore, type CoverageSums } from './coverage-sums.ts';
import { PARTS } from './hole-parts.ts';
import { sessionCoverageEndpoints, type SessionAnswer } from './session-coverage.ts';

const DAY_MS = 86_400_000;
const MAX_MARKETS = 5_000;
const KEEP_MS = 30_000;

const part = z
  .int()
  .min(0)
  .max(PARTS - 1);

const ofMarket = z.strictObject({
  market: z.string(),
  coveredMs: z.int(),
  ofMs: z.int(),
  holes: z.int(),
  fromMs: z.int().describe('Its first book in the stretch.'),
  holeParts: z
    .array(part)
    .max(PARTS)
    .describe(`In which of ${PARTS} equal parts of the stretch its 50 longest holes lie, from 0 on.`),
});

const summaryQuery = checkSpan(
  z.strictObject({
    from: timeMs.optional(),
    to: timeMs.optional(),
    after: market.optional(),
    limit: limit(MAX_MARKETS).default(100),
  }),
);
const summaryBody = z.strictObject({
  ...sums,
  markets: z.array(ofMarket).describe('By ticker.'),
  next: z.string().nullable().describe('Ask with it as `after` for the others; null: there are none.'),
});

type SummaryAnswer = CoverageSums & {
  readonly fromMs: number;
  readonly toMs: number;
  readonly atMs: number;
  readonly holes: number;
};

type View = () => Pick<TraderView, 'client' | 'session'>;

export function coverageSumEndpoints(view: View, questions: Questions): readonly AnyEndpoint[] {
  const kept = new AnswersKept<SummaryAnswer | SessionAnswer>();
  const refusals = ['STORE_UNAVAILABLE', 'TOO_MANY_REQUESTS'] as const;
  const summary: Endpoint<z.infer<typeof summaryQuery>, z.infer<typeof summaryBody>> = {
    path: '/coverage/summary',
    summary: 'How much of the time of all recorded markets is covered, in sums.',
    query: summaryQuery,
    example: 'from=1790000000000&limit=1000',
    body: summaryBody,
    refusals,
    answer: async ({ query: { from, to, after = '', limit } }) => {
      const work = async () =>
        questions.ask('the coverage', async (store) => summarize(store, stretchOf(from, to), view));
      const key = `${from ?? 'a day'} ${to ?? 'now'}`;
      const { markets, ...answer } = (await kept.ask(key, work, () => KEEP_MS)) as SummaryAnswer;
      const left = markets.filter((of) => of.market > after);
      const page = left.slice(0, limit);
      return { ...answer, markets: page, next: left.length > limit ? page.at(-1)!.market : null };
    },
  };
  return [summary, ...sessionCoverageEndpoints(kept as AnswersKept<unknown> as AnswersKept<SessionAnswer>, questions)];
}

function stretchOf(from: number | undefined, to: number | undefined) {
  const toMs = to ?? Math.max(systemRuntime.nowMs(), (from ?? 0) + 1);
  return { fromMs: from ?? Math.max(toMs - DAY_MS, 0), toMs };
}

const HOLES = `
  select count(*) as holes from gaps
  where ordinal is not null and from_at < to_timestamp($2::float8 / 1000)
    and (to_at is null or to_at >= to_timestamp($1::float8 / 1000))
    and session_id in (
      select id from sessions
      where started_at < to_timestamp($2::float8 / 1000)
        and (ended_at is null or ended_at >= to_timestamp($1::float8 / 1000))
    )`;

async function summarize(
  store: CoverageStore,
  stretch: { readonly fromMs: number; readonly toMs: number },
  view: View,
): Promise<SummaryAnswer> {
  const { client, session: open } = view();
  const isLost: Parameters<typeof coverageSums>[2] = ({ market: of, sessions }) =>
    client?.book(of) !== undefined && !(open && sessions.includes(open.id));
  const found = await coverageSums(store, stretch, isLost);
  const [row] = await store.query<{ holes: number }>(HOLES, [stretch.fromMs, stretch.toMs]);
  return { ...stretch, atMs: systemRuntime.nowMs(), ...found, holes: row!.holes };
}
