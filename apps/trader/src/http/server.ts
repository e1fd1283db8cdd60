// The trader over HTTP, for programs: probes, status, books, metrics, and a socket that tells what happens. This file
// starts and stops it; who is let in is in front-door.ts, what is said in routes.ts and status-socket.ts.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExchangeFaults } from '@trader/exchange-simulator';
import type { OrderbookClient } from '@trader/orderbook-client';
import type { StoreWrite } from '@trader/session-store';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { clauseOf, messageOf, TraderError } from '../errors.ts';
import type { Log } from '../log/log.ts';
import { atMost } from '../runtime/at-most.ts';
import { setTimer } from '../runtime/set-timer.ts';
import type { TraderView } from '../status.ts';
import { MAX_BODY_BYTES } from './changing.ts';
import { BookChanges } from './status/book-changes.ts';
import { MarketAudits } from './status/market-audits.ts';
import type { EventLog } from '../event-log.ts';
import { SimulatedFaults } from './faults/simulated-faults.ts';
import { FrontDoor } from './front-door.ts';
import { Gate } from './auth.ts';
import { Refused } from './endpoint.ts';
import { History } from './history/history.ts';
import { exportSession } from './jobs/export-session.ts';
import { SessionJobs } from './jobs/session-jobs.ts';
import { verifySession } from './jobs/verify-session.ts';
import { createMetrics } from './metrics/metrics.ts';
import type { Page } from './page/read-page.ts';
import { resolveHttpOptions, type HttpOptions, type ResolvedHttpOptions } from '../config/http-options.ts';
import { Outcomes } from './outcomes.ts';
import type { Refusal } from './refusal.ts';
import { Questions } from './questions.ts';
import { refuse } from './refuse.ts';
import { defineRoutes } from './routes.ts';
import { StatusSocket } from './socket/status-socket.ts';
import { Timeline } from './timeline/timeline.ts';
import { Turns } from './turns.ts';

export type HttpSources = {
  /** The trader at this moment; asked anew for each answer. */
  readonly view: () => TraderView;
  readonly events: EventLog;
  /** Of the simulator that is recorded. @default null: it is none of ours */
  readonly faults?: ExchangeFaults | null;
  /** What is at `/`. @default null: it was not built */
  readonly page?: Page | null;
  /** Where sessions are exported to. @default null: nowhere */
  readonly exportDir?: string | null;
  readonly log: Log;
};

/** A running server. */
export interface HttpServer {
  /** Of `/status`. */
  readonly url: string;
  /** Where browsers go. */
  readonly pageUrl: string;
  /** Watches this client's books and delays from now on. */
  follow(client: OrderbookClient): void;
  /** Counts a batch that the store has committed. */
  wrote(write: StoreWrite): void;
  /**
   * From now on requests need this token, and TLS handshakes get this certificate. Sockets that are open stay open, and so do
   * connections; a server that speaks plain HTTP goes on doing so.
   */
  renew(secrets: Pick<ResolvedHttpOptions, 'token' | 'tls'>): void;
  /**
   * Ends it: sockets get 1001, and then their clients and afterwards the answers under way this long each, in ms. Idempotent;
   * the first call's time is what counts. @default 1000
   */
  close(patienceMs?: number): Promise<void>;
}

/** How long clients, and answers under way, may take when the server closes. */
const CLOSE_PATIENCE_MS = 1_000;

/** @throws {TraderError} `CONFIG_INVALID`, `STATUS_PORT_UNAVAILABLE` */
export async function startHttpServer(
  options: HttpOptions,
  { view, events, faults = null, page = null, exportDir = null, log }: HttpSources,
): Promise<HttpServer> {
  const resolved = resolveHttpOptions(options);
  const outcomes = new Outcomes(log);
  const turns = new Turns();
  const changes = new BookChanges();
  const audits = new MarketAudits();
  const history = new History(view);
  const questions = new Questions(() => view().sessionStore);
  const jobs = new SessionJobs(questions, events, {
    verify: verifySession,
    export: exportDir === null ? null : exportSession({ dir: exportDir }),
  });
  const simulated = new SimulatedFaults({ faults, view, events });
  const timeline = new Timeline(view().coordinator.phase, events, questions);
  const socket = new StatusSocket(resolved, { view, events, changes }, outcomes);
  const gate = new Gate(resolved);
  const door = new FrontDoor(resolved, {
    gate,
    outcomes,
    turns,
    onUpgrade: (request, duplex, head) => socket.upgrade(request, duplex, head),
  });
  const refuseAndCount = (reply: FastifyReply, refusal: Refusal): FastifyReply => {
    outcomes.refused(refusal.code);
    refuse(reply.hijack().raw, refusal);
    return reply;
  };
  const refuseFailed = (error: FastifyError, reply: FastifyReply): void => {
    const refusal = error instanceof Refused ? error.refusal : refusalOf(error);
    if (refusal.code === 'INTERNAL') {
      outcomes.failed('an answer', error);
      return refuse(reply.hijack().raw, refusal);
    }
    refuseAndCount(reply, refusal);
  };
  const server = createFastify(door, refuseFailed);
  const metrics = createMetrics(view, events, {
    answers: outcomes.answers,
    refusals: outcomes.refusals,
    connections: () => door.connections,
    clients: () => socket.clients,
    dropped: () => socket.dropped,
  });
  server.setNotFoundHandler((_request, reply) =>
    refuseAndCount(reply, { code: 'NOT_FOUND', message: 'There is no such endpoint. The README lists them.' }),
  );
  server.setErrorHandler((error: FastifyError, _request, reply) => refuseFailed(error, reply));
  defineRoutes(server, {
    view,
    changes,
    audits,
    metrics,
    turns,
    history,
    timeline,
    questions,
    jobs,
    faults: simulated,
    page,
    refuse: refuseAndCount,
  });
  try {
    await listen(server, resolved);
  } catch (error) {
    await socket.close();
    throw error;
  }

  history.start();
  let closing: Promise<void> | null = null;
  return {
    url: `${baseUrl(server, resolved)}/status`,
    pageUrl: `${baseUrl(server, resolved)}/`,
    follow(client) {
      changes.follow(client);
      audits.follow(client);
      history.follow(client);
      metrics.follow(client);
      simulated.follow(client);
    },
    wrote: (write) => metrics.wrote(write),
    renew({ token, tls }) {
      gate.setToken(token);
      if (tls) door.setCertificate(tls);
    },
    close(patienceMs = CLOSE_PATIENCE_MS) {
      history.stop();
      closing ??= Promise.all([socket.close(patienceMs), atMost(patienceMs, jobs.close())]).then(() =>
        closeWithin(server, door, patienceMs),
      );
      return closing;
    },
  };
}

function createFastify(
  door: FrontDoor,
  refuseFailed: (error: FastifyError, reply: FastifyReply) => void,
): FastifyInstance {
  return Fastify({
    logger: false,
    forceCloseConnections: 'idle',
    bodyLimit: MAX_BODY_BYTES,
    // A URL that cannot be read is answered before there are routes and hooks.
    frameworkErrors: (error, _request, reply) => refuseFailed(error, reply as unknown as FastifyReply),
    clientErrorHandler: (error, socket) => door.clientFailed(error, socket),
    serverFactory: (answer): Server => door.createServer(answer),
  });
}

async function listen(server: FastifyInstance, { host, port }: ResolvedHttpOptions): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    await server.close();
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? `port ${port} is in use` : messageOf(cause);
    const text =
      code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND'
        ? `--host: ${host} is no address of this machine. Choose another one, such as 127.0.0.1`
        : `--port: ${clauseOf(why)}. Choose another one, or 0 for any free port`;
    throw new TraderError('STATUS_PORT_UNAVAILABLE', text, { cause });
  }
}

function baseUrl(server: FastifyInstance, { host, tls }: ResolvedHttpOptions): string {
  const { port } = server.server.address() as AddressInfo;
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** A client that takes its answer slowly, or does not finish its request, must not hold up the end. */
async function closeWithin(server: FastifyInstance, door: FrontDoor, patienceMs: number): Promise<void> {
  door.close();
  const cancel = setTimer(patienceMs, () => door.destroy());
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
