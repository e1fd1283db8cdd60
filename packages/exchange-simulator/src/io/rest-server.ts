// REST on HTTP: who asks, the headers, the bytes. What is answered is decided in `core/rest`.
import type { KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AUTH_HEADERS } from '@trader/orderbook-client/wire';
import { RateLimits } from '../core/rest/rate-limits.ts';
import { answerRest, findRoute, type RestReply } from '../core/rest/rest-api.ts';
import { RestRefusal } from '../core/rest/refusal.ts';
import type { RestView, Route } from '../core/rest/routes.ts';
import { count, type Tally } from '../core/tally.ts';
import type { Runtime } from './runtime.ts';
import type { HttpRoute } from './exchange-server.ts';
import { httpDate, refusalOf } from './handshake.ts';
import { checkSignature } from './signature.ts';

export const REST_PATH = '/trade-api/v2';

export interface RestServerOptions extends Omit<RestView, 'limits'> {
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly runtime: Runtime;
  readonly tally: Tally;
  readonly readTokensPerSecond: number;
  readonly orderbookAccess: 'signed' | 'open';
  /** From a request's arrival to its answer. */
  readonly replyLatencyMs: number;
}

export class RestServer {
  readonly #options: RestServerOptions;
  readonly #view: RestView;

  constructor(options: RestServerOptions) {
    this.#options = options;
    this.#view = { ...options, limits: new RateLimits(options.readTokensPerSecond) };
  }

  /** @returns false when the request is not for REST */
  readonly route: HttpRoute = (request, response) => {
    if (!request.url?.startsWith(`${REST_PATH}/`)) return false;
    const { runtime, replyLatencyMs } = this.#options;
    if (replyLatencyMs === 0) this.#answer(request, response);
    else
      response.once(
        'close',
        runtime.setTimer(replyLatencyMs, () => this.#answer(request, response)),
      );
    return true;
  };

  #answer(request: IncomingMessage, response: ServerResponse): void {
    // Nothing that is offered takes a body; what comes is read, so that the connection can be used again.
    request.resume();
    const { status, body } = this.#replyTo(request);
    const { tally } = this.#options;
    count(tally.restReplies, status);
    const text = JSON.stringify(body);
    response.sendDate = false;
    response.writeHead(status, {
      Date: httpDate(this.#nowMs),
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
    });
    response.end(text);
  }

  #replyTo(request: IncomingMessage): RestReply {
    const { method = 'GET', url = '' } = request;
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const name = decoded(path.slice(REST_PATH.length));
    const route = findRoute(method, name);
    if (route instanceof RestRefusal) return route;
    const caller = this.#callerOf(request, route, { method, path });
    if (typeof caller !== 'string') return caller;
    return answerRest(this.#view, route, {
      path: name,
      query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
      account: caller,
      nowMs: this.#nowMs,
      monotonicMs: this.#options.runtime.monotonicMs(),
    });
  }

  /** The key's id, empty without a signature where none is needed, or the refusal. */
  #callerOf({ headers }: IncomingMessage, { access }: Route, signed: { method: string; path: string }) {
    const { keys, orderbookAccess } = this.#options;
    const needed = access === 'orderbook' ? orderbookAccess : access;
    const given = Object.values(AUTH_HEADERS).some((name) => headers[name.toLowerCase()] !== undefined);
    if (needed === 'open' && !given) return '';
    const check = checkSignature({ headers, ...signed }, keys, this.#nowMs);
    return check.rejection === undefined ? check.keyId : refusalOf(check.rejection);
  }

  get #nowMs(): number {
    const { runtime, state } = this.#options;
    return runtime.nowMs() + state.clockOffsetMs;
  }
}

/** A path that cannot be decoded is no path of ours. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}
