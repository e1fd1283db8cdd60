// `/coverage/summary` and `/sessions/ID/coverage`: coverage in sums, for figures and for a session's bar.
import type { SessionRow } from '@trader/session-store';
import { z } from 'zod';
import { systemRuntime } from '../../runtime/system-runtime.ts';
import type { TraderView } from '../../status.ts';
import { Refused, type AnyEndpoint, type Endpoint } from '../endpoint.ts';
import { checkSpan, limit, market, nothing, session, timeMs } from '../query.ts';
import type { Questions } from '../questions.ts';
import { mergeSpans } from '../timeline/merge-spans.ts';
import { holesOf } from '../timeline/stored-spans.ts';
import { AnswersKept } from './answers-kept.ts';
import { coverageSums, type CoverageStore, type CoverageSums } from './coverage-sums.ts';

const DAY_MS = 86_400_000;
const MAX_MARKETS = 5_000;
const KEEP_MS = 30_000;
/** What the spool had of it may still come. */
const KEEP_ENDED_MS = 600_000;
/** Across a session's bar, which has two spans for each at most. */
const POINTS = 250;

const sums = {
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

const ofMarket = z.strictObject({ market: z.string(), coveredMs: z.int(), ofMs: z.int(), holes: z.int() });

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

const sessionBody = z.strictObject({
  session: z.string(),
  ...sums,
  spans: z
    .array(
      z.strictObject({
        fromMs: z.int(),
        toMs: z.int().nullable(),
        cause: z.string(),
        why: z.string().nullable(),
        count: z.int(),
      }),
    )
    .describe('Holes of the ledger, 500 at most: those that lie together are one, with their count.'),
});

type Sums = CoverageSums & { readonly fromMs: number; readonly toMs: number; readonly atMs: number };
type SummaryAnswer = Sums & { readonly holes: number };
type SessionAnswer = Omit<z.infer<typeof sessionBody>, 'session'>;

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
  const ofSession: Endpoint<z.infer<typeof nothing>, z.infer<typeof sessionBody>> = {
    path: '/sessions/:id/coverage',
    summary: "How much of the time of a session's markets is covered, and its holes.",
    query: nothing,
    example: null,
    body: sessionBody,
    refusals: [...refusals, 'SESSION_UNKNOWN'],
    answer: async ({ params }) => {
      const { data: id } = session.safeParse(params['id']);
      const [row] = id === undefined ? [] : await questions.ask('the session', async (store) => store.sessions({ id }));
      if (!row)
        throw new Refused({ code: 'SESSION_UNKNOWN', message: 'There is no such session. /sessions lists them.' });
      const work = async () => questions.ask('the coverage', async (store) => summarizeSession(store, row));
      const keepMs = row.endedAtMs === null ? KEEP_MS : KEEP_ENDED_MS;
      const answer = (await kept.ask(`${row.id} ${row.status}`, work, () => keepMs)) as SessionAnswer;
      return { session: row.id, ...answer };
    },
  };
  return [summary, ofSession];
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

async function summarizeSession(store: CoverageStore, row: SessionRow): Promise<SessionAnswer> {
  const nowMs = systemRuntime.nowMs();
  // Of a tape that was recorded again, the records' own time.
  const fromMs = Math.min(row.startedAtMs, row.lastRecordAtMs ?? row.startedAtMs);
  const stretch = { fromMs, toMs: Math.max(row.endedAtMs ?? nowMs, fromMs + 1) };
  const { markets: _, ...found } = await coverageSums(store, { ...stretch, sessions: [row.id] }, () => false);
  const { spans, holes } = await holesOf(store, [row.id], stretch, POINTS);
  return {
    ...stretch,
    atMs: nowMs,
    ...found,
    holes,
    spans: mergeSpans(spans, stretch, POINTS).map(({ name: cause, fromMs: from, toMs: to, why, count }) => ({
      fromMs: from,
      toMs: to,
      cause,
      why,
      count,
    })),
  };
}
