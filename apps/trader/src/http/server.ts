// The trader over HTTP, for programs: probes, status, books, metrics, and a socket that tells what happens. This file
// starts and stops it and lets people in; what is said is in routes.ts and status-socket.ts.
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { OrderbookClient } from '@trader/orderbook-client';
import type { StoreWrite } from '@trader/session-store';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { messageOf, TraderError } from '../errors.ts';
import { setTimer } from '../set-timer.ts';
import type { TraderView } from '../status.ts';
import { BookChanges } from './book-changes.ts';
import type { EventLog } from './event-log.ts';
import { Gate } from './gate.ts';
import { createMetrics } from './metrics.ts';
import { resolveHttpOptions, type HttpOptions, type ResolvedHttpOptions } from './options.ts';
import type { Refusal, RefusalCode } from './refusal.ts';
import { refuseOnSocket } from './refuse-on-socket.ts';
import { defineRoutes, refuse } from './routes.ts';
import { StatusSocket } from './status-socket.ts';

export type HttpSources = {
  /** The trader at this moment; asked anew for each answer. */
  readonly view: () => TraderView;
  readonly events: EventLog;
};

/** A running server. */
export interface HttpServer {
  /** The status page's. */
  readonly url: string;
  /** Watches this client's books and delays from now on. */
  follow(client: OrderbookClient): void;
  /** Counts a batch that the store has committed. */
  wrote(write: StoreWrite): void;
  /**
   * Ends it: sockets get 1001, and then their clients and afterwards the answers under way this long each, in ms. Idempotent;
   * the first call's time is what counts. @default 1000
   */
  close(patienceMs?: number): Promise<void>;
}

/** How long clients, and answers under way, may take when the server closes. */
const CLOSE_PATIENCE_MS = 1_000;

/** @throws {TraderError} `CONFIG_INVALID`, `STATUS_PORT_UNAVAILABLE` */
export async function startHttpServer(options: HttpOptions, { view, events }: HttpSources): Promise<HttpServer> {
  const resolved = resolveHttpOptions(options);
  const server = createFastify(resolved);
  const gate = new Gate(resolved);
  const changes = new BookChanges();
  const refusals = new Map<RefusalCode, number>();
  const answers = new Map<string, number>();
  const socket = new StatusSocket(resolved, gate, { view, events, changes }, ({ code }) => countUp(refusals, code));
  const metrics = createMetrics(view, events, {
    answers,
    refusals,
    clients: () => socket.clients,
    dropped: () => socket.dropped,
  });
  server.server.on('upgrade', (request, duplex, head) => socket.upgrade(request, duplex, head));

  server.addHook('onRequest', async (request, reply) => {
    void reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    const isOpen = request.routeOptions.config.open === true;
    const refusal = gate.refuseHost(request) ?? (isOpen ? null : gate.refuseToken(request));
    if (!refusal) return;
    countUp(refusals, refusal.code);
    return refuse(reply, refusal);
  });
  server.addHook('onResponse', async (_request, reply) => countUp(answers, String(reply.statusCode)));
  server.setNotFoundHandler((_request, reply) =>
    refuse(reply, { code: 'NOT_FOUND', message: 'There is no such endpoint. The README lists them.' }),
  );
  server.setErrorHandler((error: FastifyError, _request, reply) => refuse(reply, refusalOf(error)));
  defineRoutes(server, { view, changes, metrics });
  try {
    await listen(server, resolved);
  } catch (error) {
    await socket.close();
    throw error;
  }

  let closing: Promise<void> | null = null;
  return {
    url: `${baseUrl(server, resolved)}/status`,
    follow(client) {
      changes.follow(client);
      metrics.follow(client);
    },
    wrote: (write) => metrics.wrote(write),
    close(patienceMs = CLOSE_PATIENCE_MS) {
      closing ??= socket.close(patienceMs).then(() => closeWithin(server, patienceMs));
      return closing;
    },
  };
}

function createFastify({ tls }: ResolvedHttpOptions): FastifyInstance {
  try {
    return Fastify({
      logger: false,
      forceCloseConnections: 'idle',
      requestTimeout: 10_000,
      // A URL, and a request, that cannot be read: those are answered before there are routes and hooks.
      frameworkErrors(error, _request, reply) {
        void refuse(reply as unknown as FastifyReply, refusalOf(error));
      },
      clientErrorHandler: (_error, socket) =>
        refuseOnSocket(socket, { code: 'REQUEST_INVALID', message: 'This is no HTTP request that can be read.' }),
      serverFactory: (handler) =>
        // An HTTPS server is an HTTP server in all that Fastify asks of it; the types say otherwise.
        tls ? (createTlsServer(tls, handler) as unknown as Server) : createServer(handler),
    });
  } catch (cause) {
    const text = `tls: ${messageOf(cause)}. Give the files of a PEM certificate and of its key`;
    throw new TraderError('CONFIG_INVALID', text, { cause, exitCode: 2 });
  }
}

async function listen(server: FastifyInstance, { host, port }: ResolvedHttpOptions): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    await server.close();
    const inUse = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
    const why = inUse ? `port ${port} is in use` : messageOf(cause);
    const text = `--port: ${why}. Choose another one, or 0 for any free port`;
    throw new TraderError('STATUS_PORT_UNAVAILABLE', text, { cause });
  }
}

function baseUrl(server: FastifyInstance, { host, tls }: ResolvedHttpOptions): string {
  const { port } = server.server.address() as AddressInfo;
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** A client that takes its answer slowly must not hold up the end. */
async function closeWithin(server: FastifyInstance, patienceMs: number): Promise<void> {
  const cancel = setTimer(patienceMs, () => server.server.closeAllConnections());
  try {
    await server.close();
  } finally {
    cancel();
  }
}

/** What Fastify refuses is the client's mistake and may be told; anything else is ours, and is not. */
function refusalOf({ statusCode = 500, message }: FastifyError): Refusal {
  if (statusCode < 500) return { code: 'REQUEST_INVALID', message };
  return { code: 'INTERNAL', message: 'The answer could not be made.' };
}

function countUp<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
