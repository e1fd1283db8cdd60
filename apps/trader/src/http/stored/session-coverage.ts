// `/sessions/ID/coverage` for a session's bar, and `/coverage/sessions` for a list of sessions: the same answers, which are worked
// out once. A list is not worth a question for each of its rows, nor the database's time for hundreds at once.
import type { SessionRow } from '@trader/session-store';
import { z } from 'zod';
import { systemRuntime, type Runtime } from '../../runtime/system-runtime.ts';
import { Refused, type AnyEndpoint, type Endpoint } from '../endpoint.ts';
import { nothing, session } from '../query.ts';
import type { Questions } from '../questions.ts';
import { mergeSpans, type Span } from '../timeline/merge-spans.ts';
import { holesOf } from '../timeline/stored-spans.ts';
import type { AnswersKept } from './answers-kept.ts';
import { sums } from './coverage-shape.ts';
import { coverageSums, type CoverageStore } from './coverage-sums.ts';

const KEEP_MS = 30_000;
/** What the spool had of it may still come. */
const KEEP_ENDED_MS = 600_000;
/** Across a session's bar, which has two spans for each at most. */
const POINTS = 250;
/** Across the bar of a row in a list. */
const ROW_POINTS = 60;
/** Of one question: their ids fit into a URL. */
const MOST_SESSIONS = 40;
/** Then what is not worked out is left for the next question. */
const MOST_MS = 2_000;

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
  tickers: z.array(z.string()).describe('Of the markets in the sums, the first 500 by ticker.'),
});

const MOST_TICKERS = 500;

const IDS = `must be 1 to ${MOST_SESSIONS} ids of sessions, with commas between them`;

const listQuery = z.strictObject({
  ids: z
    .string(IDS)
    .transform((text) => text.split(','))
    .refine((ids) => ids.length <= MOST_SESSIONS && ids.every((id) => session.safeParse(id).success), IDS)
    .transform((ids) => [...new Set(ids)]),
});

const { fromMs, toMs, atMs, marketMs, coveredMs, holes } = sums;

const listBody = z.strictObject({
  sessions: z
    .array(
      z.strictObject({
        session: z.string(),
        fromMs,
        toMs,
        atMs,
        marketMs,
        coveredMs,
        holes,
        marks: z
          .array(z.strictObject({ fromMs: z.int(), toMs: z.int().nullable(), count: z.int() }))
          .describe('Holes of the ledger, 120 at most: those that lie together are one, with their count.'),
      }),
    )
    .describe('In the order of the question.'),
  unknown: z.array(z.string()).describe('There is no such session.'),
  left: z.array(z.string()).describe('Not worked out within 2 s: ask again for these.'),
});

export type SessionAnswer = Omit<z.infer<typeof sessionBody>, 'session'>;

export function sessionCoverageEndpoints(
  kept: Pick<AnswersKept<SessionAnswer>, 'ask'>,
  questions: Pick<Questions, 'ask'>,
  runtime: Pick<Runtime, 'monotonicMs'> = systemRuntime,
): readonly AnyEndpoint[] {
  const coverageOf = async (row: SessionRow): Promise<SessionAnswer> => {
    const work = async () => questions.ask('the coverage', async (store) => summarizeSession(store, row));
    const keepMs = row.endedAtMs === null ? KEEP_MS : KEEP_ENDED_MS;
    return kept.ask(`${row.id} ${row.status}`, work, () => keepMs);
  };
  const find = async (id: string): Promise<SessionRow | undefined> =>
    (await questions.ask('the session', async (store) => store.sessions({ id })))[0];
  const ofSession: Endpoint<z.infer<typeof nothing>, z.infer<typeof sessionBody>> = {
    path: '/sessions/:id/coverage',
    summary: "How much of the time of a session's markets is covered, and its holes.",
    query: nothing,
    example: null,
    body: sessionBody,
    refusals: ['STORE_UNAVAILABLE', 'TOO_MANY_REQUESTS', 'SESSION_UNKNOWN'],
    answer: async ({ params }) => {
      const { data: id } = session.safeParse(params['id']);
      const row = id === undefined ? undefined : await find(id);
      if (!row)
        throw new Refused({ code: 'SESSION_UNKNOWN', message: 'There is no such session. /sessions lists them.' });
      return { session: row.id, ...(await coverageOf(row)) };
    },
  };
  const ofList: Endpoint<z.infer<typeof listQuery>, z.infer<typeof listBody>> = {
    path: '/coverage/sessions',
    summary: 'How much of the time of the markets of some sessions is covered, for a list of them.',
    query: listQuery,
    example: 'ids=ID,ID',
    body: listBody,
    refusals: ['STORE_UNAVAILABLE', 'TOO_MANY_REQUESTS'],
    answer: async ({ query: { ids } }) => {
      const endMs = runtime.monotonicMs() + MOST_MS;
      const body: z.infer<typeof listBody> = { sessions: [], unknown: [], left: [] };
      for (const [index, id] of ids.entries()) {
        // The first one is always worked out, so that asking again comes to an end.
        if (index > 0 && runtime.monotonicMs() > endMs) {
          body.left.push(id);
          continue;
        }
        const row = await find(id);
        if (row) body.sessions.push(rowOf(row.id, await coverageOf(row)));
        else body.unknown.push(id);
      }
      return body;
    },
  };
  return [ofSession, ofList];
}

function rowOf(id: string, { fromMs, toMs, atMs, marketMs, coveredMs, holes, spans }: SessionAnswer) {
  const inLane = spans.map((span): Span => ({ ...span, lane: 'gap', name: span.cause, session: id }));
  const marks = mergeSpans(inLane, { fromMs, toMs }, ROW_POINTS).map(({ fromMs, toMs, count }) => ({
    fromMs,
    toMs,
    count,
  }));
  return { session: id, fromMs, toMs, atMs, marketMs, coveredMs, holes, marks };
}

async function summarizeSession(store: CoverageStore, row: SessionRow): Promise<SessionAnswer> {
  const nowMs = systemRuntime.nowMs();
  // Of a tape that was recorded again, the records' own time.
  const fromMs = Math.min(row.startedAtMs, row.lastRecordAtMs ?? row.startedAtMs);
  const stretch = { fromMs, toMs: Math.max(row.endedAtMs ?? nowMs, fromMs + 1) };
  const { markets, ...found } = await coverageSums(store, { ...stretch, sessions: [row.id] }, () => false);
  const { spans, holes } = await holesOf(store, [row.id], stretch, POINTS);
  return {
    ...stretch,
    atMs: nowMs,
    ...found,
    holes,
    tickers: markets.slice(0, MOST_TICKERS).map(({ market }) => market),
    spans: mergeSpans(spans, stretch, POINTS).map(({ name: cause, fromMs: from, toMs: to, why, count }) => ({
      fromMs: from,
      toMs: to,
      cause,
      why,
      count,
    })),
  };
}
