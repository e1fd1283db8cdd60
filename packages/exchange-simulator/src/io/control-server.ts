// `/control/`: what a test or an operator switches on the running exchange. Only programs of this machine may: a web page
// in a browser here could send requests to a port of 127.0.0.1, so that everything a browser marks is refused, and so
// is a `Host` that is not this machine (a name that was made to point here).
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ExchangeError } from '../errors.ts';
import { type ControlReply, controlRoutes, type ControlTarget, refused } from './control-routes.ts';
import type { HttpRoute } from './exchange-server.ts';

const CONTROL_PATH = '/control/';

/** A script of some thousand faults. */
const MOST_BODY_BYTES = 1_048_576;

type Reply = ControlReply & { readonly allow?: string };

export interface ControlServerOptions {
  /** Asked at each request: what is controlled is made after its server. */
  readonly target: () => ControlTarget;
  readonly close: () => void;
}

export class ControlServer {
  readonly #options: ControlServerOptions;

  constructor(options: ControlServerOptions) {
    this.#options = options;
  }

  /** @returns false when the request is not for `/control/` */
  readonly route: HttpRoute = (request, response) => {
    if (!request.url?.startsWith(CONTROL_PATH)) return false;
    void this.#serve(request, response);
    return true;
  };

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let reply = strangerRefusal(request);
    try {
      reply ??= await this.#replyTo(request);
    } catch (error) {
      const wrong = refusalOf(error);
      // The body broke off: there is nobody to answer.
      if (!wrong) return void request.socket.destroy();
      reply = wrong;
    }
    // A closing exchange ends what is open; this answer goes out first.
    if (reply.closes) response.once('close', () => this.#options.close());
    const text = `${JSON.stringify(reply.body, endless)}\n`;
    response.writeHead(reply.status, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
      'X-Content-Type-Options': 'nosniff',
      ...(reply.allow !== undefined && { Allow: reply.allow }),
      // What was not read of a body cannot be told from the next request.
      ...((!request.complete || reply.closes) && { Connection: 'close' }),
    });
    response.end(text);
  }

  async #replyTo(request: IncomingMessage): Promise<Reply> {
    const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://control');
    const path = pathname.slice(CONTROL_PATH.length);
    const fitting = controlRoutes.flatMap((route) => {
      const name = nameIn(route.path, path);
      return name === undefined ? [] : [{ ...route, name }];
    });
    const route = fitting.find(({ method }) => method === request.method);
    if (!route && fitting.length > 0) {
      const allow = fitting.map(({ method }) => method).join(', ');
      return { ...refused(405, 'method_not_allowed', `use ${allow}`), allow };
    }
    if (!route) return refused(404, 'not_found', 'GET /control/ lists what there is');
    const body = await bodyOf(request);
    if (body === undefined) return refused(413, 'body_too_large', `at most ${MOST_BODY_BYTES} bytes`);
    return route.answer(this.#options.target(), { name: route.name, query, body });
  }
}

/** What stands in the place of `*`; empty for a route without one; `undefined` when the path is another's. */
function nameIn(pattern: string, path: string): string | undefined {
  const [before = '', after] = pattern.split('*');
  if (after === undefined) return pattern === path ? '' : undefined;
  const isIts = path.startsWith(before) && path.endsWith(after) && path.length > before.length + after.length;
  const name = path.slice(before.length, path.length - after.length);
  return isIts && !name.includes('/') ? name : undefined;
}

/** `undefined` for a failure that is not the caller's. */
function refusalOf(error: unknown): Reply | undefined {
  if (ExchangeError.isInstance(error)) {
    const { code, message, line, expected } = error;
    return refused(400, code, message, { line, expected });
  }
  const isWrongValue = error instanceof TypeError || error instanceof RangeError;
  return isWrongValue ? refused(400, 'bad_request', error.message) : undefined;
}

/** JSON has no number for a time without an end; a script may have the text. */
const endless = (_: string, value: unknown): unknown => (value === Infinity ? 'Infinity' : value);

function strangerRefusal(request: IncomingMessage): Reply | undefined {
  const { origin, host = '', 'sec-fetch-site': site } = request.headers;
  const { remoteAddress = '', localPort } = request.socket;
  if (!/^(::ffff:)?127\.|^::1$/.test(remoteAddress)) return refused(403, 'forbidden', 'this machine only');
  if (origin !== undefined || (site !== undefined && site !== 'none')) {
    return refused(403, 'forbidden', 'not from a web page');
  }
  if (![`127.0.0.1:${localPort}`, `localhost:${localPort}`, `[::1]:${localPort}`].includes(host.toLowerCase())) {
    return refused(403, 'forbidden', 'the Host header must be 127.0.0.1 or localhost with the port');
  }
  return undefined;
}

/** @returns `undefined` when it is too large; what is left of it is read and thrown away, so that the answer arrives */
function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_BODY_BYTES) resolve(undefined);
      else chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks).toString()));
    request.once('error', reject);
  });
}
