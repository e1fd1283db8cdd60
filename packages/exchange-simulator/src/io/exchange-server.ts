// The port. In come TCP connections, plain or encrypted; out go upgraded connections, refusals and the answers of the
// routes (REST, control). It numbers the handshakes and ends everything when the exchange closes.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { KeyObject } from 'node:crypto';
import { WebSocketServer } from 'ws';
import type { Peer } from '../core/faults/aim.ts';
import { count, type HandshakeRejection } from '../core/tally.ts';
import { ExchangeError } from '../errors.ts';
import { AUTH_HEADERS } from '@trader/orderbook-client/wire';
import type { ServerCertificate } from './certificate.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import {
  checkHandshake,
  faultRefusal,
  httpDate,
  isExchangePath,
  type Refusal,
  refusalOf,
  refusalText,
} from './handshake.ts';
import type { Audience } from './tape-player.ts';

/** Answers the requests of its paths. @returns false when the request is not for it */
export type HttpRoute = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface ExchangeServerOptions extends Omit<
  ConnectionOptions,
  'webSocket' | 'socket' | 'number' | 'keyId' | 'onChanged' | 'onClosed'
> {
  readonly keys: ReadonlyMap<string, KeyObject>;
  /** One more is answered 429. */
  readonly maxConnectionsPerKey: number;
  /** Whether clients that offer permessage-deflate get it. */
  readonly perMessageDeflate: boolean;
  /** For HTTPS; plain HTTP without. */
  readonly certificate: ServerCertificate | undefined;
  /** Asked in their order for each request that is no upgrade; the first that answers has it. */
  readonly routes?: readonly HttpRoute[];
  /** Subscriptions, unsent bytes or connections have changed. */
  readonly onAudienceChanged: () => void;
}

/** A subscribe to 10,000 markets is half a megabyte. */
const MOST_COMMAND_BYTES = 8_388_608;

/** How long a goodbye may take to leave an encrypted socket. */
const GOODBYE_MS = 500;

/** The listening half of the exchange: handshakes, connections, and the end of them all. */
export class ExchangeServer implements Audience {
  readonly #options: ExchangeServerOptions;
  readonly #http: Server;
  readonly #webSockets: WebSocketServer;
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<Connection>();
  readonly #peers = new WeakMap<IncomingMessage, Peer>();
  #handshakes = 0;

  constructor(options: ExchangeServerOptions) {
    this.#options = options;
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Small frames compress well, because the compressor remembers those before.
      perMessageDeflate: options.perMessageDeflate && { threshold: 0 },
      // A connection answers pings itself: faults may keep it from doing so.
      autoPong: false,
      maxPayload: MOST_COMMAND_BYTES,
    });
    this.#webSockets.on('headers', (headers, request) => headers.push(`Date: ${httpDate(this.#clockMs(request))}`));
    // Signed as it should be, but no WebSocket handshake.
    this.#webSockets.on('wsClientError', (_error, socket, request) => {
      this.#reject(socket as Socket, request, 'not-an-upgrade');
    });
    this.#http = this.#newServer();
    this.#http.on('request', (request, response) => {
      if (options.routes?.some((route) => route(request, response))) return;
      this.#reject(request.socket, request, isExchangePath(request) ? 'not-an-upgrade' : 'unknown-path');
    });
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket as Socket, head));
  }

  /** Keeps the sockets that clients have: over TLS the encrypted one until its handshake is over, then the other. */
  #newServer(): Server {
    const { certificate } = this.#options;
    const handshaking = new Map<number | undefined, Socket>();
    const keep = (socket: Socket): void => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    };
    if (!certificate) return createServer().on('connection', keep);
    const { certificatePem: cert, keyPem: key } = certificate;
    const server = createTlsServer({ cert, key });
    server.on('connection', (socket: Socket) => {
      keep(socket);
      const { remotePort } = socket;
      handshaking.set(remotePort, socket);
      socket.once('close', () => handshaking.delete(remotePort));
    });
    server.on('secureConnection', (socket: Socket) => {
      const encrypted = handshaking.get(socket.remotePort);
      if (encrypted) this.#sockets.delete(encrypted);
      keep(socket);
    });
    return server;
  }

  /** @returns the port */
  async listen(port: number): Promise<number> {
    try {
      this.#http.listen(port, '127.0.0.1');
      await once(this.#http, 'listening');
    } catch (cause) {
      throw listenError(port, cause);
    }
    return (this.#http.address() as AddressInfo).port;
  }

  get openConnections(): number {
    return this.#connections.size;
  }

  get present(): boolean {
    for (const connection of this.#connections) if (connection.following > 0) return true;
    return false;
  }

  /** Of the handshakes of those that are open, the newest last. */
  get connectionNumbers(): readonly number[] {
    return [...this.#connections].map(({ number }) => number);
  }

  /** Over all connections. */
  get following(): number {
    let following = 0;
    for (const connection of this.#connections) following += connection.following;
    return following;
  }

  skipNumbers(channel: string, count: number): void {
    for (const connection of this.#connections) connection.skipNumbers(channel, count);
  }

  /** Ends every connection behind what was sent on it. */
  hangUp(): void {
    for (const connection of this.#connections) connection.hangUp();
  }

  get slow(): boolean {
    for (const connection of this.#connections) if (connection.following > 0 && connection.slow) return true;
    return false;
  }

  endSlowSubscriptions(): void {
    for (const connection of this.#connections) connection.endSlowSubscriptions();
  }

  /** @returns how many there were */
  dropConnections(): number {
    const { size } = this.#connections;
    for (const connection of this.#connections) connection.drop();
    return size;
  }

  /** To be called when faults have changed. */
  applyFaults(): void {
    for (const connection of this.#connections) connection.applyFaults();
  }

  async close(): Promise<void> {
    const closed = once(this.#http, 'close');
    this.#http.close();
    for (const connection of this.#connections) connection.close();
    // What is left is no WebSocket: an idle HTTP connection, or a refusal on its way out.
    const upgraded = new Set([...this.#connections].map((connection) => connection.socket));
    for (const socket of this.#sockets) if (!upgraded.has(socket)) socket.destroy();
    const impatience = setTimeout(() => this.dropConnections(), GOODBYE_MS);
    await closed;
    clearTimeout(impatience);
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { keys, tally, faults, maxConnectionsPerKey, onAudienceChanged } = this.#options;
    // A client that is gone before its handshake is answered is nobody's failure.
    socket.on('error', () => undefined);
    const number = ++this.#handshakes;
    const keyId = keyIdOf(request);
    this.#peers.set(request, { connection: number, key: keyId });
    const fault = isExchangePath(request) ? faults.handshake({ connection: number, key: keyId }) : undefined;
    if (fault?.kind === 'never-upgrade') return;
    if (fault?.kind === 'refuse') return this.#refuse(socket, request, faultRefusal(fault));
    const rejection = checkHandshake(request, keys, this.#clockMs(request));
    if (rejection) return this.#reject(socket, request, rejection);
    if (this.#connectionsOf(keyId) >= maxConnectionsPerKey) {
      return this.#reject(socket, request, 'too-many-connections');
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      tally.connections++;
      const connection = new Connection({
        ...this.#options,
        webSocket,
        socket,
        number,
        keyId,
        onChanged: onAudienceChanged,
        onClosed: (closed) => {
          this.#connections.delete(closed);
          onAudienceChanged();
        },
      });
      this.#connections.add(connection);
      if (fault?.code !== undefined) webSocket.close(fault.code);
      else if (fault) connection.drop();
    });
  }

  #connectionsOf(keyId: string): number {
    let open = 0;
    for (const connection of this.#connections) open += Number(connection.keyId === keyId);
    return open;
  }

  /** The exchange's clock as this client is shown it. */
  #clockMs(request: IncomingMessage): number {
    const { runtime, faults } = this.#options;
    return runtime.nowMs() + faults.skewMs(this.#peers.get(request) ?? { connection: 0, key: undefined });
  }

  #reject(socket: Socket, request: IncomingMessage, rejection: HandshakeRejection): void {
    count(this.#options.tally.handshakesRejected, rejection);
    this.#refuse(socket, request, refusalOf(rejection));
  }

  #refuse(socket: Socket, request: IncomingMessage, refusal: Refusal): void {
    socket.end(refusalText(refusal, this.#clockMs(request)));
  }
}

const keyIdOf = (request: IncomingMessage): string => String(request.headers[AUTH_HEADERS.key.toLowerCase()]);

function listenError(port: number, cause: unknown): ExchangeError {
  const code = (cause as NodeJS.ErrnoException).code;
  return code === 'EADDRINUSE'
    ? new ExchangeError('PORT_IN_USE', `Port ${port} of 127.0.0.1 is in use. Choose another, or 0 for any free one.`, {
        cause,
      })
    : new ExchangeError('LISTEN_FAILED', `Cannot listen on port ${port} of 127.0.0.1 (${code}). Choose another port.`, {
        cause,
      });
}
