// The key that an exchange makes for itself.
import { generateKeyPair, generateKeyPairSync, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';

/** A key as Kalshi hands it out: an id, and the private half in PEM (PKCS#8). */
export interface ExchangeCredentials {
  readonly keyId: string;
  readonly privateKeyPem: string;
  /** `rsa`: 2048 bits, signs with PSS and SHA-256, the salt as long as the digest. `ed25519`: signs plainly. */
  readonly keyType: 'ed25519' | 'rsa';
}

/** An RSA key takes two primes to find, 20 to 500 ms off the event loop; an Ed25519 key takes less than one. */
export async function makeCredentials(keyType: ExchangeCredentials['keyType']): Promise<ExchangeCredentials> {
  const { privateKey } =
    keyType === 'rsa'
      ? await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ed25519');
  return { keyId: randomUUID(), privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }), keyType };
}
