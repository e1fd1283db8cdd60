// Everything that reaches the port comes through here: the gate first, before anything of it is read, then limits, then
// whoever answers. Nothing that is thrown on the way leaves by another door than an answer or a closed connection.
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { hasBody, refuseContent } from './changing.ts';
import { Connections } from './connections.ts';
import type { Gate } from './auth.ts';
import type { ResolvedHttpOptions } from '../config/http-options.ts';
import type { Outcomes } from './outcomes.ts';
import { refuse, refuseOnSocket } from './refuse.ts';
import type { Refusal } from './refusal.ts';
import type { Turns } from './turns.ts';

/** Longer than a proxy in front keeps a connection that it may use again. */
const KEEP_ALIVE_MS = 75_000;
/** Of all headers together, in bytes; a browser sends the cookies of every other server on the same host. */
const MAX_HEADER_BYTES = 16_384;

/** Takes over a connection that asks to speak WebSocket. */
type UpgradeListener = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

export type FrontDoorParts = {
  readonly gate: Gate;
  readonly outcomes: Outcomes;
  readonly turns: Turns;
  readonly onUpgrade: UpgradeListener;
};

export class FrontDoor {
  readonly #options: ResolvedHttpOptions;
  readonly #parts: FrontDoorParts;
  readonly #connections: Connections;
  #tlsServer: TlsServer | null = null;
  #isClosing = false;

  constructor(options: ResolvedHttpOptions, parts: FrontDoorParts) {
    this.#options = options;
    this.#parts = parts;
    this.#connections = new Connections(options, parts.outcomes);
  }

  /** @param answer gets what is let in */
  createServer(answer: RequestListener): Server {
    const { tls, requestTimeoutMs } = this.#options;
    const { outcomes } = this.#parts;
    const limits = {
      headersTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      // Without it Node looks every 30 s, and what is late lives that much longer.
      connectionsCheckingInterval: Math.ceil(requestTimeoutMs / 10),
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Node's own answer would have another form than ours.
      requireHostHeader: false,
      // What asks for another protocol, as Java's client does for HTTP/2, is to be answered in this one.
      shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
    };
    this.#tlsServer = tls && createTlsServer({ ...limits, ...tls, handshakeTimeout: requestTimeoutMs });
    // An HTTPS server is an HTTP server in all that is asked of it; the types say otherwise.
    const server = (this.#tlsServer as unknown as Server | null) ?? createServer(limits);
    const onRequest = (request: IncomingMessage, response: ServerResponse): void =>
      outcomes.guard(
        'a request',
        () => this.#takeRequest(request, response, answer),
        () => request.socket.destroy(),
      );
    // Nobody is asked to send the rest: a request has no body here.
    for (const event of ['request', 'checkContinue', 'checkExpectation'] as const) server.on(event, onRequest);
    // Whoever says that no more will come still gets the answers to what came.
    Object.assign(server, { httpAllowHalfOpen: true });
    server.on('upgrade', (request, socket, head) =>
      outcomes.guard(
        'an upgrade',
        () => this.#takeUpgrade(request, socket as Socket, head),
        () => socket.destroy(),
      ),
    );
    server.on('connection', (socket) => outcomes.guard('a connection', () => this.#connections.add(socket)));
    server.on('listening', () =>
      server.on('error', (error: NodeJS.ErrnoException) => outcomes.failed('accepting a connection', error)),
    );
    return server;
  }

  /** Handshakes from now on get it. */
  setCertificate(tls: NonNullable<ResolvedHttpOptions['tls']>): void {
    this.#tlsServer?.setSecureContext(tls);
  }

  /** What is no HTTP, came too late, or broke off. */
  clientFailed({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
    const { outcomes } = this.#parts;
    const handle = (): void => {
      const refusal = BROKEN[code] ?? (code.startsWith('HPE_') ? UNREADABLE : null);
      if (refusal) outcomes.refused(refusal.code);
      else if (/^ERR_(SSL|TLS)_/.test(code)) outcomes.refused('TLS_FAILED');
      // An answer that is under way would be taken for this one's.
      if (refusal && !this.#connections.isBusy(socket)) refuseOnSocket(socket, refusal);
      else socket.destroy();
    };
    outcomes.guard('a broken request', handle, () => socket.destroy());
  }

  /** That are open, without those that speak WebSocket. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Lets nobody in any more; what is under way goes on. */
  close(): void {
    this.#isClosing = true;
  }

  /** Cuts every connection. */
  destroy(): void {
    this.#connections.destroy();
  }

  #takeRequest(request: IncomingMessage, response: ServerResponse, answer: RequestListener): void {
    const { gate, outcomes } = this.#parts;
    // It was cut, and Node reads on through what came in the same piece.
    if (request.socket.destroyed) return;
    response.once('finish', () => outcomes.answered(response.statusCode));
    this.#connections.answer(request.socket, response, () =>
      outcomes.guard(
        'a request',
        () => {
          response.setHeader('cache-control', 'no-store');
          response.setHeader('x-content-type-options', 'nosniff');
          // What is left of it is not read.
          if (hasBody(request) || this.#isClosing) response.shouldKeepAlive = false;
          const refusal =
            gate.refuse(request) ?? refuseContent(request, this.#options) ?? (this.#isClosing ? CLOSING : null);
          if (!refusal) return answer(request, response);
          outcomes.refused(refusal.code);
          refuse(response, refusal);
        },
        () => response.destroy(),
      ),
    );
  }

  #takeUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { gate, outcomes, turns, onUpgrade } = this.#parts;
    // Until somebody has it, nobody else listens for what can go wrong with the socket.
    socket.on('error', () => socket.destroy());
    const refusal = gate.refuse(request) ?? refuseContent(request, this.#options);
    // What follows would be taken for a part of the answer that is under way.
    const isBusy = this.#connections.isBusy(request.socket);
    if (refusal || isBusy) outcomes.refused(refusal?.code ?? 'TOO_MANY_PIPELINED');
    if (isBusy) return void socket.destroy();
    if (refusal) return refuseOnSocket(socket, refusal);
    void turns.take().then(() =>
      outcomes.guard(
        'an upgrade',
        () => (this.#connections.release(request.socket) ? onUpgrade(request, socket, head) : socket.destroy()),
        () => socket.destroy(),
      ),
    );
  }
}

const UNREADABLE: Refusal = { code: 'REQUEST_INVALID', message: 'This is no HTTP request that can be read.' };

const CLOSING: Refusal = { code: 'SHUTTING_DOWN', message: 'The trader stops.' };

const TOO_LARGE: Refusal = {
  code: 'HEADERS_TOO_LARGE',
  message: `Headers may have ${MAX_HEADER_BYTES} bytes together.`,
};

/** What Node calls it when a request cannot be read to its end. */
const BROKEN: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: TOO_LARGE,
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'REQUEST_TIMEOUT', message: 'The request did not come to its end in time.' },
};
