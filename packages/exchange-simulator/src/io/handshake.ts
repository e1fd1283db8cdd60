// The upgrade request: who may connect. The exchange verifies `<timestamp>GET/trade-api/ws/v2` (no query) and answers a
// refusal with a JSON body; the codes are those that users of the real one report.
import type { KeyObject } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { WEBSOCKET_PATH } from '@trader/orderbook-client/wire';
import type { FaultOf, RefusalStatus } from '../core/faults/fault.ts';
import type { HandshakeRejection } from '../core/tally.ts';
import { checkSignature } from './signature.ts';

type Refused = { status: number; code: string; message: string; details?: string };

const refusals: Record<Exclude<HandshakeRejection, 'too-many-connections'>, Refused> = {
  'unknown-path': { status: 404, code: 'not_found', message: 'not found' },
  'not-an-upgrade': { status: 400, code: 'bad_request', message: 'websocket upgrade expected' },
  'missing-headers': { status: 401, code: 'authentication_error', message: 'authentication headers missing' },
  'unknown-key': { status: 401, code: 'authentication_error', message: 'authentication failed', details: 'NOT_FOUND' },
  'timestamp-expired': { status: 401, code: 'header_timestamp_expired', message: 'header timestamp expired' },
  'bad-signature': { status: 401, code: 'authentication_error', message: 'authentication failed' },
};

/** The body of a 429 is a text, as on the real exchange. */
const TOO_MANY_REQUESTS = 'too many requests';

/** Why the request is refused, or `undefined` when it may connect. */
export function checkHandshake(
  request: IncomingMessage,
  keys: ReadonlyMap<string, KeyObject>,
  nowMs: number,
): HandshakeRejection | undefined {
  if (!isExchangePath(request)) return 'unknown-path';
  return checkSignature({ headers: request.headers, method: 'GET', path: WEBSOCKET_PATH }, keys, nowMs).rejection;
}

export const isExchangePath = (request: IncomingMessage): boolean => request.url?.split('?')[0] === WEBSOCKET_PATH;

export interface Refusal {
  readonly status: number;
  readonly body: object;
  readonly retryAfterSeconds?: number;
}

/** Status and body of a refusal. */
export function refusalOf(rejection: HandshakeRejection): Refusal {
  if (rejection === 'too-many-connections') return { status: 429, body: { error: TOO_MANY_REQUESTS } };
  const { status, code, details, message } = refusals[rejection];
  return { status, body: { error: { code, ...(details !== undefined && { details }), message } } };
}

/** The refusal that a fault asks for. */
export function faultRefusal({ status, cause, retryAfter }: FaultOf<'refuse'>): Refusal {
  const retry = retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter };
  if (status === 401) return { ...refusalOf(cause ?? 'bad-signature'), ...retry };
  return { status, body: { error: faultErrors[status] }, ...retry };
}

const faultErrors: Record<Exclude<RefusalStatus, 401>, string | object> = {
  403: { code: 'forbidden', message: 'forbidden' },
  429: TOO_MANY_REQUESTS,
  500: { code: 'internal_server_error', message: 'internal server error' },
  503: { code: 'service_unavailable', message: 'service unavailable' },
};

/** The whole HTTP answer. `Date` is the exchange's clock: clients measure their skew by it. */
export function refusalText({ status, body: fields, retryAfterSeconds }: Refusal, nowMs: number): string {
  const body = JSON.stringify(fields);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Date: ${httpDate(nowMs)}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(retryAfterSeconds === undefined ? [] : [`Retry-After: ${retryAfterSeconds}`]),
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

export const httpDate = (nowMs: number): string => new Date(nowMs).toUTCString();
