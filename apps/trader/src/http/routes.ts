// Each endpoint. Those that change something are refused at the door unless they show where they come from (changing.ts).
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PartReader } from '../part-reader.ts';
import { buildStatus, type TraderView } from '../status.ts';
import { systemRuntime } from '../runtime/system-runtime.ts';
import type { BookChanges } from './status/book-changes.ts';
import type { MarketAudits } from './status/market-audits.ts';
import { bookSummary, fullBook } from './status/book-report.ts';
import { bookHistoryEndpoint } from './books/book-history-endpoint.ts';
import { defineEndpoint, type AnyEndpoint } from './endpoint.ts';
import { faultEndpoints } from './faults/fault-endpoints.ts';
import type { SimulatedFaults } from './faults/simulated-faults.ts';
import type { History } from './history/history.ts';
import { historyEndpoint } from './history/history-endpoint.ts';
import { jobsEndpoint } from './jobs/jobs-endpoint.ts';
import { jobEndpoints } from './jobs/job-endpoints.ts';
import type { SessionJobs } from './jobs/session-jobs.ts';
import { isProbe } from './auth.ts';
import { METRICS_CONTENT_TYPE, type Metrics } from './metrics/metrics.ts';
import { DESCRIBED } from './openapi/described.ts';
import { openApi } from './openapi/openapi.ts';
import { definePage } from './page/page-routes.ts';
import type { Page } from './page/read-page.ts';
import { marketsEndpoint } from './status/markets-endpoint.ts';
import { liveness, readiness, standbyReadiness } from './status/probes.ts';
import { parseSessionsQuery, refuseQuery } from './query.ts';
import type { Refusal } from './refusal.ts';
import type { Questions } from './questions.ts';
import { coverageEndpoint } from './stored/coverage-endpoint.ts';
import { coverageSumEndpoints } from './stored/coverage-sum-endpoints.ts';
import { gapsEndpoint } from './stored/gaps-endpoint.ts';
import { marketEndpoint } from './stored/market-endpoint.ts';
import type { Timeline } from './timeline/timeline.ts';
import { timelineEndpoint } from './timeline/timeline-endpoint.ts';
import type { Turns } from './turns.ts';

export type RouteSources = {
  readonly view: () => TraderView;
  readonly changes: BookChanges;
  readonly audits: MarketAudits;
  readonly metrics: Metrics;
  readonly turns: Turns;
  readonly history: History;
  readonly timeline: Timeline;
  readonly questions: Questions;
  readonly jobs: SessionJobs;
  readonly faults: SimulatedFaults;
  readonly page: Page | null;
  /** Answers with it, and counts it. */
  readonly refuse: (reply: FastifyReply, refusal: Refusal) => FastifyReply;
};

export function defineRoutes(server: FastifyInstance, sources: RouteSources): void {
  const { view, changes, audits, metrics, turns, history, timeline, questions, jobs, faults, page, refuse } = sources;
  server.addHook('onRequest', async ({ raw }, reply) => {
    if (isProbe(raw.url)) return;
    await turns.take();
    // Nobody waits for it any more.
    if (raw.socket.destroyed) return reply.hijack();
  });
  /** Of those that take no query. Probes take any: a 400 to one would restart the process. */
  const plain = {
    onRequest: async ({ raw }: FastifyRequest, reply: FastifyReply) => {
      const refusal = refuseQuery(raw.url);
      if (refusal) return refuse(reply, refusal);
    },
  };
  server.get('/livez', (_request, reply) => {
    const { status, body } = liveness(view());
    return reply.code(status).send(body);
  });
  server.get('/readyz', (_request, reply) => {
    const { status, body } = readiness(view());
    return reply.code(status).send(body);
  });
  server.get('/standbyz', (_request, reply) => {
    const { status, body } = standbyReadiness(view());
    return reply.code(status).send(body);
  });
  definePage(server, { page, options: plain, refuse });
  server.get('/status', plain, () => buildStatus(view()));
  server.get('/metrics', plain, async (_request, reply) => reply.type(METRICS_CONTENT_TYPE).send(await metrics.text()));
  server.get('/sessions', async ({ raw }, reply) => {
    const asked = parseSessionsQuery(raw.url);
    if ('refusal' in asked) return refuse(reply, asked.refusal);
    return { sessions: await questions.ask('the sessions', async (store) => store.sessions(asked.value)) };
  });
  server.get('/books', plain, () => {
    const nowMs = systemRuntime.monotonicMs();
    const { client } = view();
    const parts = new PartReader();
    const all = parts.read('books', () => [...(client?.books() ?? [])]) ?? [];
    const books = parts.each(
      all,
      ({ market }) => `book ${market}`,
      (book) => bookSummary(book, { client: client!, changes, nowMs }),
    );
    return { books, unreadable: parts.unreadable };
  });
  server.get<{ Params: { ticker: string } }>('/books/:ticker', plain, ({ params: { ticker } }, reply) => {
    const { client } = view();
    const book = client?.book(ticker);
    if (client && book) return fullBook(book, { client, changes, nowMs: systemRuntime.monotonicMs() });
    const message = `There is no book of ${JSON.stringify(ticker)}: the market is not wanted. /books lists those that are.`;
    return refuse(reply, { code: 'BOOK_UNKNOWN', message });
  });
  const endpoints: readonly AnyEndpoint[] = [
    historyEndpoint(history),
    timelineEndpoint(timeline),
    coverageEndpoint(questions),
    ...coverageSumEndpoints(view, questions),
    gapsEndpoint(questions),
    marketsEndpoint(view),
    marketEndpoint(view, questions, audits),
    bookHistoryEndpoint(questions),
    jobsEndpoint(jobs),
    ...jobEndpoints(jobs),
    ...faultEndpoints(faults),
  ];
  for (const endpoint of endpoints) defineEndpoint(server, endpoint);
  let document: object | null = null;
  server.get('/openapi.json', plain, () => (document ??= openApi([...DESCRIBED, ...endpoints])));
  server.get('/ws', (_request, reply) =>
    refuse(reply, { code: 'UPGRADE_REQUIRED', message: 'Connect with a WebSocket.' }),
  );
}
