import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { KeyObject } from 'node:crypto';
import { WebSocketServer } from 'ws';
import { count, type HandshakeRejection } from '../core/tally.ts';
import { ExchangeError } from '../errors.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { checkHandshake, httpDate, isExchangePath, refusalText } from './handshake.ts';
import type { Audience } from './tape-player.ts';

export interface ExchangeServerOptions extends Omit<
  ConnectionOptions,
  'webSocket' | 'socket' | 'onChanged' | 'onClosed'
> {
  readonly keys: ReadonlyMap<string, KeyObject>;
  /** Subscriptions, unsent bytes or connections have changed. */
  readonly onAudienceChanged: () => void;
}

/** A subscribe to 10,000 markets is half a megabyte. */
const MOST_COMMAND_BYTES = 8_388_608;

/** The listening half of the exchange: handshakes, connections, and the end of them all. */
export class ExchangeServer implements Audience {
  readonly #options: ExchangeServerOptions;
  readonly #http: Server;
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MOST_COMMAND_BYTES,
  });
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<Connection>();

  constructor(options: ExchangeServerOptions) {
    this.#options = options;
    this.#webSockets.on('headers', (headers) => headers.push(`Date: ${httpDate(options.runtime.nowMs())}`));
    // Signed as it should be, but no WebSocket handshake.
    this.#webSockets.on('wsClientError', (_error, socket) => this.#refuse(socket as Socket, 'not-an-upgrade'));
    this.#http = createServer();
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#http.on('request', (request) => {
      this.#refuse(request.socket, isExchangePath(request) ? 'not-an-upgrade' : 'unknown-path');
    });
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket as Socket, head));
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

  get slow(): boolean {
    for (const connection of this.#connections) if (connection.following > 0 && connection.slow) return true;
    return false;
  }

  shed(): void {
    for (const connection of this.#connections) connection.shed();
  }

  dropConnections(): void {
    for (const connection of this.#connections) connection.drop();
  }

  async close(): Promise<void> {
    const closed = once(this.#http, 'close');
    this.#http.close();
    for (const connection of this.#connections) connection.close();
    // What is left is no WebSocket: an idle HTTP connection, or a refusal on its way out.
    const upgraded = new Set([...this.#connections].map((connection) => connection.socket));
    for (const socket of this.#sockets) if (!upgraded.has(socket)) socket.destroy();
    await closed;
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { keys, runtime, tally, onAudienceChanged } = this.#options;
    // A client that is gone before its handshake is answered is nobody's failure.
    socket.on('error', () => undefined);
    const rejection = checkHandshake(request, keys, runtime.nowMs());
    if (rejection) return this.#refuse(socket, rejection);
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      tally.connections++;
      const connection = new Connection({
        ...this.#options,
        webSocket,
        socket,
        onChanged: onAudienceChanged,
        onClosed: (closed) => {
          this.#connections.delete(closed);
          onAudienceChanged();
        },
      });
      this.#connections.add(connection);
    });
  }

  #refuse(socket: Socket, rejection: HandshakeRejection): void {
    count(this.#options.tally.handshakesRejected, rejection);
    socket.end(refusalText(rejection, this.#options.runtime.nowMs()));
  }
}

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
