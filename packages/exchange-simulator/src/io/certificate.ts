// An authority of this exchange's own and the server's certificate that it signs, for 127.0.0.1 and localhost. Two keys on
// P-256 take a few ms; the certificates are written here, field by field as RFC 5280 has them, because the libraries that
// write them take a third of a second to load. What is written: version 3, ECDSA with SHA-256, valid for a year.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface ServerCertificate {
  /** What clients have to trust. */
  readonly authorityPem: string;
  /** The server's certificate and its key. */
  readonly certificatePem: string;
  readonly keyPem: string;
}

export function makeCertificate(nowMs: number): ServerCertificate {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { name: 'Kalshi simulator', key: authority.privateKey, publicKey: authority.publicKey, nowMs };
  const authorityExtensions = [
    extension('2.5.29.19', sequence(boolean(true)), { critical: true }),
    // May sign certificates.
    extension('2.5.29.15', tlv(0x03, Buffer.from([2, 0b0000_0100])), { critical: true }),
  ];
  const serverExtensions = [
    // For servers.
    extension('2.5.29.37', sequence(identifier('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', sequence(tlv(0x87, Buffer.from([127, 0, 0, 1])), tlv(0x82, Buffer.from('localhost')))),
    extension('2.5.29.35', sequence(tlv(0x80, keyIdOf(authority.publicKey)))),
  ];
  return {
    authorityPem: certificate('Kalshi simulator', authority.publicKey, authorityExtensions, issuer),
    certificatePem: certificate('127.0.0.1', server.publicKey, serverExtensions, issuer),
    keyPem: server.privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}

const DAY_MS = 86_400_000;

interface Issuer {
  readonly name: string;
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
  readonly nowMs: number;
}

function certificate(name: string, publicKey: KeyObject, extensions: readonly Buffer[], issuer: Issuer): string {
  const algorithm = sequence(identifier('1.2.840.10045.4.3.2'));
  const keyId = extension('2.5.29.14', tlv(0x04, keyIdOf(publicKey)));
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    // 127 bits, so that the number is positive.
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    nameOf(issuer.name),
    sequence(time(issuer.nowMs - DAY_MS), time(issuer.nowMs + 365 * DAY_MS)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions, keyId)),
  );
  const signature = sign('sha256', body, issuer.key);
  const whole = sequence(body, algorithm, bits(signature)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${whole.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
}

const keyIdOf = (publicKey: KeyObject): Buffer =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);

/** Tag, length, value. */
function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const head =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), value]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, ...parts);
const integer = (bytes: Buffer): Buffer => tlv(0x02, bytes);
const boolean = (value: boolean): Buffer => tlv(0x01, Buffer.from([value ? 0xff : 0]));
const bits = (bytes: Buffer): Buffer => tlv(0x03, Buffer.from([0]), bytes);

const nameOf = (name: string): Buffer =>
  sequence(tlv(0x31, sequence(identifier('2.5.4.3'), tlv(0x0c, Buffer.from(name)))));

function extension(id: string, value: Buffer, { critical = false } = {}): Buffer {
  return sequence(identifier(id), ...(critical ? [boolean(true)] : []), tlv(0x04, value));
}

/** Years up to 2049 have two digits. */
function time(atMs: number): Buffer {
  const digits = `${new Date(atMs).toISOString().replaceAll(/\D/g, '').slice(0, 14)}Z`;
  return digits < '2050' ? tlv(0x17, Buffer.from(digits.slice(2))) : tlv(0x18, Buffer.from(digits));
}

function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [40 * first + second, ...rest].flatMap((arc) => {
    const septets = [arc & 127];
    for (let left = arc >> 7; left > 0; left >>= 7) septets.unshift((left & 127) | 128);
    return septets;
  });
  return tlv(0x06, Buffer.from(bytes));
}
