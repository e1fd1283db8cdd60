// One WebSocket and nothing else: what happens to it becomes a call, and every end becomes exactly one `closed`.
import type { Agent, IncomingMessage } from 'node:http';
import type { SecureContextOptions } from 'node:tls';
import { WebSocket, type RawData } from 'ws';
import { refusal } from '../core/feed/handshake-refusal.ts';
import { OrderbookClientError } from '../errors.ts';
import { objectWith, quote } from '../option-checks.ts';
import { printable } from '../printable.ts';
import { longTimers } from './guarded-runtime.ts';
import { systemRuntime } from './runtime.ts';

export interface SocketListener {
  /** The exchange's own clock, ms since the epoch, from its answer to the handshake: before `opened`, or before `closed`. */
  serverTime(atMs: number): void;
  opened(): void;
  /** One message, as bytes: UTF-8 text if the exchange keeps to the protocol. */
  frame(bytes: Uint8Array): void;
  ping(): void;
  pong(): void;
  /** The last call of a socket's life. */
  closed(error: OrderbookClientError): void;
}

/** The client's side of a socket. After `drop` or `close` no listener is called any more. */
export interface Socket {
  send(text: string): void;
  ping(): void;
  /** Stops and resumes reading; while stopped the exchange's data waits in the network's buffers. */
  pause(): void;
  resume(): void;
  /** Ends it at once, without a word. */
  drop(): void;
  /** Ends it with a closing handshake, given `timeoutMs`, then at once. Resolves when the socket is gone. */
  close(timeoutMs: number): Promise<void>;
}

/** Opens a socket: {@link openWebSocket}, or one of your own. */
export type OpenSocket = (url: string, headers: Readonly<Record<string, string>>, listener: SocketListener) => Socket;

/** No frame of the exchange comes near this; a larger one closes the socket. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;
/** How much of a refusal's body is read for its error code. */
const MAX_BODY_BYTES = 4096;

export interface WebSocketOptions {
  /**
   * The way out, an agent of a proxy for example (`https-proxy-agent`, `socks-proxy-agent`).
   *
   * @default straight; with NODE_USE_ENV_PROXY through HTTPS_PROXY
   */
  readonly agent?: Agent;
  /** Certificates that are trusted instead of those that Node knows, as PEM. @default those of Node */
  readonly ca?: SecureContextOptions['ca'];
  /**
   * Asks the exchange to compress. For links that are thin or paid by the byte: of 278 bytes a frame 37 were left in the
   * benchmark (`bench/compression.ts`), and each took 16 to 35 times the processor time.
   *
   * @default false
   */
  readonly perMessageDeflate?: boolean;
}

/**
 * Makes an {@link OpenSocket} of the client's own kind, for the option `openSocket`.
 *
 * @throws {TypeError} for an option that is unknown or of another type
 */
export function createWebSocketOpener(options: WebSocketOptions = {}): OpenSocket {
  const given = objectWith('createWebSocketOpener', options, ['agent', 'ca', 'perMessageDeflate']);
  for (const [name, type] of [
    ['agent', 'object'],
    ['perMessageDeflate', 'boolean'],
  ] as const) {
    const value = given[name];
    if (value !== undefined && (typeof value !== type || value === null))
      throw new TypeError(`${name} must be ${type === 'object' ? 'an agent' : 'true or false'}, not ${quote(value)}`);
  }
  const opener: OpenSocket = (url, headers, listener) => open(url, headers, listener, options);
  ownOpeners.add(opener);
  return opener;
}

/** Those of this file. What they make says nothing before it is there, and gives each frame as bytes. */
const ownOpeners = new WeakSet<OpenSocket>();

export const isOwnOpener = (openSocket: OpenSocket): boolean => ownOpeners.has(openSocket);

/** The client's own. Wrap it, for example, to see each frame as it came. */
export const openWebSocket: OpenSocket = createWebSocketOpener();

function open(
  url: string,
  headers: Readonly<Record<string, string>>,
  listener: SocketListener,
  { agent, ca, perMessageDeflate = false }: WebSocketOptions,
): Socket {
  const socket = new WebSocket(url, {
    headers,
    ...(agent ? { agent } : new URL(url).protocol === 'wss:' && throughProxy(ca)),
    ...(ca !== undefined && { ca }),
    // Compression costs more than it saves on any link that is not thin: decoding drops to a few percent of its speed.
    perMessageDeflate,
    maxPayload: MAX_FRAME_BYTES,
    // One broken message must not cost the connection: the decoder finds it, and it is counted.
    skipUTF8Validation: true,
  });
  let failure: OrderbookClientError | undefined;
  let wasOpen = false;
  let dropped = false;
  // The other side may echo what it was sent.
  const { username, password } = new URL(url);
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  const secrets = [...Object.values(headers), password, ...(password === '' ? [] : [basic])];

  const tellTime = ({ headers: { date } }: IncomingMessage): void => {
    const atMs = Date.parse(date ?? '');
    if (!dropped && !Number.isNaN(atMs)) listener.serverTime(atMs);
  };
  const refuse = async (response: IncomingMessage): Promise<void> => {
    tellTime(response);
    failure = await refusalOf(response, secrets);
    socket.terminate();
  };

  socket.on('upgrade', tellTime);
  socket.on('open', () => {
    wasOpen = true;
    if (!dropped) listener.opened();
  });
  socket.on('message', (data: RawData) => dropped || listener.frame(bytesOf(data)));
  socket.on('ping', () => dropped || listener.ping());
  socket.on('pong', () => dropped || listener.pong());
  socket.on('unexpected-response', (_request, response) => {
    void refuse(response);
  });
  socket.on('error', (cause) => {
    const [code, what] = wasOpen ? (['DISCONNECTED', 'broke'] as const) : (['CONNECT_FAILED', 'failed'] as const);
    failure ??= new OrderbookClientError(
      code,
      `The connection ${what}: ${printable(cause.message, secrets).replace(/\.$/, '')}.`,
      {
        cause,
      },
    );
  });
  socket.on('close', (closeCode, bytes) => {
    if (dropped) return;
    dropped = true;
    const closeReason = printable(bytes.toString(), secrets);
    const said = closeReason === '' ? '' : `: ${closeReason}`;
    const text = `The socket was closed with code ${closeCode}${said.replace(/\.$/, '')}.`;
    listener.closed(
      failure ??
        new OrderbookClientError('DISCONNECTED', text, { closeCode, ...(closeReason !== '' && { closeReason }) }),
    );
  });

  return {
    send: (text) => socket.send(text),
    ping: () => socket.ping(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    drop: () => {
      dropped = true;
      socket.terminate();
    },
    close: async (timeoutMs) => {
      dropped = true;
      if (socket.readyState === WebSocket.CLOSED) return;
      const gone = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
      if (socket.readyState === WebSocket.OPEN) {
        socket.resume();
        socket.close(1000);
        const cancel = longTimers(systemRuntime)(timeoutMs, () => socket.terminate());
        await gone;
        cancel();
      } else {
        socket.terminate();
        await gone;
      }
    },
  };
}

/**
 * The way out that Node's own requests take: with NODE_USE_ENV_PROXY through HTTPS_PROXY, but for the hosts of NO_PROXY. ws goes
 * straight unless it is given an agent.
 */
function throughProxy(ca: WebSocketOptions['ca']): { readonly agent?: Agent } {
  // Looked up here, so that browsers and bundlers load this file without it.
  const https = process.getBuiltinModule('node:https');
  const { proxyEnv } = https.globalAgent.options;
  return proxyEnv === undefined ? {} : { agent: new https.Agent({ proxyEnv, ...(ca !== undefined && { ca }) }) };
}

/** Why the exchange answered the upgrade with something else than 101. */
async function refusalOf(response: IncomingMessage, secrets: readonly string[]): Promise<OrderbookClientError> {
  const found = errorCodeOf(await bodyOf(response));
  const exchangeCode = found === undefined ? undefined : printable(found, secrets);
  const retryAfterMs = retryAfterOf(response);
  return refusal(response.statusCode ?? 0, {
    ...(exchangeCode !== undefined && { exchangeCode }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** `Retry-After` in seconds or as a date, as ms from now. */
function retryAfterOf({ headers }: IncomingMessage): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  // A date is on the exchange's clock, so it is compared with the answer's own.
  const delayMs = Date.parse(value) - Date.parse(headers.date ?? '');
  return delayMs >= 0 ? delayMs : undefined;
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  let body = '';
  try {
    for await (const chunk of response) {
      body += String(chunk);
      if (body.length > MAX_BODY_BYTES) break;
    }
  } catch {
    // A body that breaks off has no code to read; the status is what counts.
  }
  return body;
}

/** `{"error": {"code": "…"}}`, or the plain string that a 429 has. */
function errorCodeOf(body: string): string | undefined {
  try {
    const { error } = JSON.parse(body) as { error?: string | { code?: unknown } };
    if (typeof error === 'string') return error;
    return typeof error?.code === 'string' ? error.code : undefined;
  } catch {
    return undefined;
  }
}

function bytesOf(data: RawData): Uint8Array {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : new Uint8Array(data);
}
