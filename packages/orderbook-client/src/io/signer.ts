// The signature of a handshake. It is made anew for each one: the exchange refuses a timestamp that is seconds off.
import { constants, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { OrderbookClientError } from '../errors.ts';
import { AUTH_HEADERS } from '../wire.ts';

/** Signs for one key id. The key itself can live elsewhere, in an HSM for example. */
export interface Signer {
  readonly keyId: string;
  /** Base64 signature of `text`. */
  sign(text: string): string | Promise<string>;
}

/**
 * A signer for a private key in PEM (PKCS#1 or PKCS#8): RSA-PSS with SHA-256 for an RSA key, Ed25519 for an Ed25519 key.
 *
 * @throws {OrderbookClientError} `KEY_INVALID` if the text is no private key, or of another kind
 */
export function createSigner(keyId: string, privateKeyPem: string): Signer {
  const key = readKey(privateKeyPem);
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return key.asymmetricKeyType === 'ed25519'
    ? { keyId, sign: (text) => sign(null, Buffer.from(text), key).toString('base64') }
    : { keyId, sign: (text) => sign('sha256', Buffer.from(text), { key, ...padding }).toString('base64') };
}

function readKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
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

/** The three headers of a signed upgrade request for the path of `url`, which is signed without its query. */
export async function signHandshake(signer: Signer, url: string, nowMs: number): Promise<Record<string, string>> {
  const timestamp = String(nowMs);
  return {
    [AUTH_HEADERS.key]: signer.keyId,
    [AUTH_HEADERS.timestamp]: timestamp,
    [AUTH_HEADERS.signature]: await signer.sign(`${timestamp}GET${new URL(url).pathname}`),
  };
}
