// The signature of a handshake. It is made anew for each one: the exchange refuses a timestamp that is seconds off.
import type { KeyObject } from 'node:crypto';
import { OrderbookClientError } from '../errors.ts';
import { AUTH_HEADERS } from '../wire.ts';

/** Signs for one key id. The key itself can live elsewhere, in an HSM for example. */
export interface Signer {
  readonly keyId: string;
  /** Base64 signature of `text`. */
  sign(text: string): string | Promise<string>;
}

/** Node's own, looked up when a key is there to be read: browsers and bundlers load this file without it. */
function cryptoOfNode() {
  if (typeof process === 'object' && typeof process.getBuiltinModule === 'function') {
    return process.getBuiltinModule('node:crypto');
  }
  throw new OrderbookClientError(
    'KEY_INVALID',
    'Only Node can read a private key here. Give a signer { keyId, sign } instead.',
  );
}

/**
 * A signer for a private key in PEM (PKCS#1 or PKCS#8): RSA-PSS with SHA-256 for an RSA key, Ed25519 for an Ed25519 key.
 *
 * @throws {OrderbookClientError} `KEY_INVALID` if the text is no private key, or of another kind
 */
export function createSigner(keyId: string, privateKeyPem: string): Signer {
  const { constants, sign } = cryptoOfNode();
  const key = readKey(privateKeyPem);
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return key.asymmetricKeyType === 'ed25519'
    ? { keyId, sign: (text) => sign(null, Buffer.from(text), key).toString('base64') }
    : { keyId, sign: (text) => sign('sha256', Buffer.from(text), { key, ...padding }).toString('base64') };
}

function readKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = cryptoOfNode().createPrivateKey(pem);
  } catch {
    // The cause is left out: a parser's message may quote what it could not read.
    throw new OrderbookClientError(
      'KEY_INVALID',
      'The private key is not readable PEM. Give the whole file, PKCS#1 or PKCS#8, without a passphrase.',
    );
  }
  if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'ed25519') {
    throw new OrderbookClientError(
      'KEY_INVALID',
      `The private key is ${key.asymmetricKeyType}; Kalshi takes RSA and Ed25519.`,
    );
  }
  return key;
}

/** Text that goes through an HTTP header unchanged: printable ASCII without a space at either end. */
const isHeaderText = (value: unknown): value is string =>
  typeof value === 'string' && /^[\x20-\x7e]*$/.test(value) && value === value.trim();

/** Whether it can be a key id. */
export const isKeyId = (value: unknown): value is string => isHeaderText(value) && value !== '';

/**
 * The three headers of a signed upgrade request for the path of `url`, which is signed without its query.
 *
 * @throws {OrderbookClientError} `SIGNER_FAILED`; neither key id nor signature is in its message
 */
export async function signHandshake(signer: Signer, url: string, nowMs: number): Promise<Record<string, string>> {
  const timestamp = String(nowMs);
  let keyId: unknown;
  let signature: unknown;
  try {
    keyId = signer.keyId;
    signature = await signer.sign(`${timestamp}GET${new URL(url).pathname}`);
  } catch (cause) {
    throw new OrderbookClientError('SIGNER_FAILED', 'The signer did not sign the handshake.', { cause });
  }
  if (!isKeyId(keyId)) throw unfit('key id', keyId);
  if (!isHeaderText(signature)) throw unfit('signature', signature);
  return {
    [AUTH_HEADERS.key]: keyId,
    [AUTH_HEADERS.timestamp]: timestamp,
    [AUTH_HEADERS.signature]: signature,
  };
}

function unfit(what: string, value: unknown): OrderbookClientError {
  const advice =
    typeof value === 'string'
      ? 'It has characters that no HTTP header takes, such as a line feed: trim it.'
      : 'It is no text.';
  return new OrderbookClientError('SIGNER_FAILED', `The signer's ${what} cannot be sent. ${advice}`);
}
