// Kalshi's three signed headers, the same on the upgrade request and on REST: who asks, when, and the signature of
// `<timestamp><METHOD><path>`, the path without its query.
import { constants, type KeyObject, verify } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AUTH_HEADERS } from '@trader/orderbook-client/wire';
import type { SignatureRejection } from '../core/tally.ts';

/** How far a timestamp may be from the exchange's clock, either way: ±10 s was accepted, ±60 s was not. */
const MOST_SKEW_MS = 10_000;

export type SignatureCheck =
  | { readonly keyId: string; readonly rejection?: undefined }
  | { readonly rejection: SignatureRejection };

export interface SignedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
}

/** Whose request it is, or why it is refused. */
export function checkSignature(
  { headers, method, path }: SignedRequest,
  keys: ReadonlyMap<string, KeyObject>,
  nowMs: number,
): SignatureCheck {
  const [keyId, timestamp, signature] = [AUTH_HEADERS.key, AUTH_HEADERS.timestamp, AUTH_HEADERS.signature].map(
    (name) => headers[name.toLowerCase()],
  );
  if (typeof keyId !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') {
    return { rejection: 'missing-headers' };
  }
  const key = keys.get(keyId);
  if (!key) return { rejection: 'unknown-key' };
  if (!/^\d{1,15}$/.test(timestamp) || Math.abs(Number(timestamp) - nowMs) > MOST_SKEW_MS) {
    return { rejection: 'timestamp-expired' };
  }
  return isSigned(`${timestamp}${method}${path}`, signature, key) ? { keyId } : { rejection: 'bad-signature' };
}

function isSigned(text: string, signature: string, key: KeyObject): boolean {
  // Buffer.from would let other alphabets and rubbish pass.
  if (signature.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(signature)) return false;
  const bytes = Buffer.from(signature, 'base64');
  if (key.asymmetricKeyType === 'ed25519') return verify(undefined, Buffer.from(text), key, bytes);
  // Whatever salt the signer took: Node's own default is the longest, Kalshi's examples have the digest's length.
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_AUTO: saltLength } = constants;
  return verify('sha256', Buffer.from(text), { key, padding, saltLength }, bytes);
}
