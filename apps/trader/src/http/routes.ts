// Each endpoint. All of them are GETs that read; none changes anything.
import type { SessionStoreError } from '@trader/session-store';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { PartReader } from '../part-reader.ts';
import { buildStatus, type TraderView } from '../status.ts';
import { systemRuntime } from '../system-runtime.ts';
import type { BookChanges } from './book-changes.ts';
import { bookSummary, fullBook } from './book-report.ts';
import { METRICS_CONTENT_TYPE, type Metrics } from './metrics.ts';
import { liveness, readiness } from './probes.ts';
import { errorBody, statusOf, type Refusal } from './refusal.ts';
import { parseSessionsQuery } from './sessions-query.ts';

export type RouteSources = {
  readonly view: () => TraderView;
  readonly changes: BookChanges;
  readonly metrics: Metrics;
};

/** Marks routes that are answered without a token: what asks them is often unable to send one. */
const OPEN = { config: { open: true } };

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly open?: boolean;
  }
}

export function defineRoutes(server: FastifyInstance, { view, changes, metrics }: RouteSources): void {
  server.get('/livez', OPEN, (_request, reply) => {
    const { status, body } = liveness(view());
    return reply.code(status).send(body);
  });
  server.get('/readyz', OPEN, (_request, reply) => {
    const { status, body } = readiness(view());
    return reply.code(status).send(body);
  });
  server.get('/', (_request, reply) => reply.redirect('/status'));
  server.get('/status', () => buildStatus(view()));
  server.get('/metrics', async (_request, reply) => reply.type(METRICS_CONTENT_TYPE).send(await metrics.text()));
  server.get('/sessions', async ({ query }, reply) => {
    const asked = parseSessionsQuery(query);
    if ('refusal' in asked) return refuse(reply, asked.refusal);
    const { sessionStore } = view();
    if (!sessionStore) return refuse(reply, { code: 'STORE_UNAVAILABLE', message: 'The store is not open.' });
    try {
      return { sessions: await sessionStore.sessions(asked.filter) };
    } catch (error) {
      const { code } = error as SessionStoreError;
      return refuse(reply, { code: 'STORE_UNAVAILABLE', message: `The sessions could not be read: ${code}.` });
    }
  });
  server.get('/books', () => {
    const nowMs = systemRuntime.monotonicMs();
    const parts = new PartReader();
    const all = parts.read('books', () => [...(view().client?.books() ?? [])]) ?? [];
    const books = parts.each(
      all,
      ({ market }) => `book ${market}`,
      (book) => bookSummary(book, changes, nowMs),
    );
    return { books, unreadable: parts.unreadable };
  });
  server.get<{ Params: { ticker: string } }>('/books/:ticker', ({ params: { ticker } }, reply) => {
    const book = view().client?.book(ticker);
    if (book) return fullBook(book, changes, systemRuntime.monotonicMs());
    const message = `There is no book of ${JSON.stringify(ticker)}: the market is not wanted. /books lists those that are.`;
    return refuse(reply, { code: 'BOOK_UNKNOWN', message });
  });
  server.get('/ws', (_request, reply) =>
    refuse(reply.header('upgrade', 'websocket'), { code: 'UPGRADE_REQUIRED', message: 'Connect with a WebSocket.' }),
  );
}

export const refuse = (reply: FastifyReply, refusal: Refusal): FastifyReply => {
  if (statusOf(refusal) === 401) void reply.header('www-authenticate', 'Bearer');
  return reply.code(statusOf(refusal)).send(errorBody(refusal));
};
