// `/control/`: what a test or an operator switches on the running exchange. Only programs of this machine may: a web page
// in a browser here could send requests to a port of 127.0.0.1, so that everything a browser marks is refused, and so
// is a `Host` that is not this machine (a name that was made to point here).
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseFaultScript } from '../core/faults/fault-script.ts';
import { ExchangeError } from '../errors.ts';
import type { HttpRoute } from './exchange-server.ts';
import type { FaultControl } from './fault-control.ts';

const CONTROL_PATH = '/control';

export interface ControlServerOptions {
  readonly faults: FaultControl;
  /** Cuts every connection. @returns how many there were */
  readonly dropConnections: () => number;
  /** Further `POST /control/<name>` without a body; what they return is the answer. */
  readonly actions?: Readonly<Record<string, () => object>>;
}

type Reply = { readonly status: number; readonly body: object; readonly allow?: string };

/** A script of some thousand faults. */
const MOST_BODY_BYTES = 1_048_576;

const refused = (status: number, code: string, message: string, more: object = {}): Reply => ({
  status,
  body: { error: { code, message, ...more } },
});

export class ControlServer {
  readonly #options: ControlServerOptions;

  constructor(options: ControlServerOptions) {
    this.#options = options;
  }

  /** @returns false when the request is not for `/control/` */
  readonly route: HttpRoute = (request, response) => {
    if (!request.url?.startsWith(`${CONTROL_PATH}/`)) return false;
    void this.#serve(request, response);
    return true;
  };

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let reply = strangerRefusal(request);
    try {
      reply ??= await this.#replyTo(request);
    } catch (error) {
      // The body broke off: there is nobody to answer.
      if (!ExchangeError.isInstance(error)) return void request.socket.destroy();
      const { message, line, expected } = error;
      reply = refused(400, error.code, message, { line, expected });
    }
    const text = `${JSON.stringify(reply.body, endless)}\n`;
    response.writeHead(reply.status, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
      'X-Content-Type-Options': 'nosniff',
      ...(reply.allow !== undefined && { Allow: reply.allow }),
      // What was not read of a body cannot be told from the next request.
      ...(!request.complete && { Connection: 'close' }),
    });
    response.end(text);
  }

  async #replyTo(request: IncomingMessage): Promise<Reply> {
    const { faults, dropConnections, actions = {} } = this.#options;
    const path = (request.url ?? '').slice(CONTROL_PATH.length + 1).split('?')[0] ?? '';
    const asked = `${request.method} ${path}`;
    const id = /^faults\/([^/]+)$/.exec(path)?.[1];
    if (asked === 'GET faults') return { status: 200, body: { faults: faults.list() } };
    if (asked === 'POST faults') {
      const text = await bodyOf(request);
      if (text === undefined) return refused(413, 'body_too_large', `at most ${MOST_BODY_BYTES} bytes`);
      return { status: 201, body: { ids: faults.addAll(parseFaultScript(text, 'body')) } };
    }
    if (asked === 'DELETE faults') return { status: 200, body: { removed: faults.clear() } };
    if (id !== undefined && request.method === 'DELETE') {
      if (faults.remove(id)) return { status: 200, body: { removed: 1 } };
      return refused(404, 'not_found', `no fault ${JSON.stringify(id)}`);
    }
    if (asked === 'POST drop-connections') return { status: 200, body: { dropped: dropConnections() } };
    const action = Object.hasOwn(actions, path) ? actions[path] : undefined;
    if (action && request.method === 'POST') return { status: 200, body: action() };

    const allow = path === 'faults' ? 'GET, POST, DELETE' : id === undefined ? 'POST' : 'DELETE';
    if (path === 'faults' || id !== undefined || path === 'drop-connections' || action) {
      return { ...refused(405, 'method_not_allowed', `use ${allow}`), allow };
    }
    return refused(404, 'not_found', 'under /control/ are faults, drop-connections and what the README lists');
  }
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
