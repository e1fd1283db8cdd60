// The upgrade request: who may connect. The exchange verifies `<timestamp>GET/trade-api/ws/v2` (no query) and answers a
// refusal with a JSON body; the codes are those that users of the real one report.
import { constants, type KeyObject, verify } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { AUTH_HEADERS, WEBSOCKET_PATH } from '@trader/orderbook-client/wire';
import type { HandshakeRejection } from '../core/tally.ts';

/** How far a handshake's timestamp may be from the exchange's clock, either way: ±10 s was accepted, ±60 s was not. */
const MOST_SKEW_MS = 10_000;

const refusals: Record<HandshakeRejection, { status: number; code: string; message: string; details?: string }> = {
  'unknown-path': { status: 404, code: 'not_found', message: 'not found' },
  'not-an-upgrade': { status: 400, code: 'bad_request', message: 'websocket upgrade expected' },
  'missing-headers': { status: 401, code: 'authentication_error', message: 'authentication headers missing' },
  'unknown-key': { status: 401, code: 'authentication_error', message: 'authentication failed', details: 'NOT_FOUND' },
  'timestamp-expired': { status: 401, code: 'header_timestamp_expired', message: 'header timestamp expired' },
  'bad-signature': { status: 401, code: 'authentication_error', message: 'authentication failed' },
};

/** Why the request is refused, or `undefined` when it may connect. */
export function checkHandshake(
  request: IncomingMessage,
  keys: ReadonlyMap<string, KeyObject>,
  nowMs: number,
): HandshakeRejection | undefined {
  if (!isExchangePath(request)) return 'unknown-path';
  const [keyId, timestamp, signature] = [AUTH_HEADERS.key, AUTH_HEADERS.timestamp, AUTH_HEADERS.signature].map(
    (name) => request.headers[name.toLowerCase()],
  );
  if (typeof keyId !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') {
    return 'missing-headers';
  }
  const key = keys.get(keyId);
  if (!key) return 'unknown-key';
  if (!/^\d{1,15}$/.test(timestamp) || Math.abs(Number(timestamp) - nowMs) > MOST_SKEW_MS) return 'timestamp-expired';
  return isSigned(`${timestamp}GET${WEBSOCKET_PATH}`, signature, key) ? undefined : 'bad-signature';
}

export const isExchangePath = (request: IncomingMessage): boolean => request.url?.split('?')[0] === WEBSOCKET_PATH;

/** The whole HTTP answer. `Date` is the exchange's clock: clients measure their skew by it. */
export function refusalText(rejection: HandshakeRejection, nowMs: number): string {
  const { status, ...error } = refusals[rejection];
  const body = JSON.stringify({ error });
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Date: ${httpDate(nowMs)}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

export const httpDate = (nowMs: number): string => new Date(nowMs).toUTCString();

function isSigned(text: string, signature: string, key: KeyObject): boolean {
  // Buffer.from would let other alphabets and rubbish pass.
  if (signature.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(signature)) return false;
  const bytes = Buffer.from(signature, 'base64');
  if (key.asymmetricKeyType === 'ed25519') return verify(undefined, Buffer.from(text), key, bytes);
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  return verify('sha256', Buffer.from(text), { key, padding, saltLength }, bytes);
}
