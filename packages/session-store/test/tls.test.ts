// TLS to a server as its URL asks for it: what is checked of the server, and by whom.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { selfSigned, temporaryFolder } from '@trader/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openReader } from '../src/index.ts';
import { newDatabase } from './databases.ts';

const sslRequest = 80_877_103;

/** Speaks TLS before a server that does not, with a certificate for 127.0.0.1. */
async function startTlsFront(farPort: number, { cert, key }: { cert: string; key: string }) {
  const sockets = new Set<Socket>();
  let encrypted = 0;
  let clientCertificates = 0;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const connectThrough = (near: Socket, first: Buffer | null) => {
    const far = connect(farPort, '127.0.0.1');
    keep(far);
    if (first) far.write(first);
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
  };
  const server = createServer((near) => {
    keep(near);
    near.once('data', (first: Buffer) => {
      if (first.readInt32BE(4) !== sslRequest) return connectThrough(near, first);
      near.write('S');
      const secure = new TLSSocket(near, { isServer: true, cert, key, requestCert: true, rejectUnauthorized: false });
      keep(secure);
      secure.once('secure', () => {
        encrypted++;
        if (secure.getPeerX509Certificate()) clientCertificates++;
        connectThrough(secure, null);
      });
      return undefined;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    encrypted: () => encrypted,
    clientCertificates: () => clientCertificates,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

const folder = temporaryFolder('tls-');
const path = (name: string) => join(folder.path, name);
let front: Awaited<ReturnType<typeof startTlsFront>>;
let database: URL;

beforeAll(async () => {
  const [own, other] = [selfSigned(), selfSigned()];
  writeFileSync(path('ca.pem'), own.cert);
  writeFileSync(path('other.pem'), other.cert);
  writeFileSync(path('other.key'), other.key);
  database = new URL(await newDatabase());
  front = await startTlsFront(Number(database.port), own);
});
afterAll(() => {
  front?.close();
  folder.remove();
});

/** `FOLDER` in the parameters is that of the certificates. */
const urlOf = (parameters: string, host = '127.0.0.1', port = front.port) =>
  `postgres://postgres@${host}:${port}${database.pathname}?${parameters.replaceAll('FOLDER', folder.path)}`;

const readOver = async (url: string) => {
  const before = front.encrypted();
  await using reader = await openReader({ url });
  await reader.sessions();
  return front.encrypted() > before;
};

describe('a server that speaks TLS', () => {
  test.each([
    ['sslmode=disable', false],
    ['', false],
    ['sslmode=allow', true],
    ['sslmode=prefer', true],
    ['sslmode=require', true],
    ['ssl=true', true],
    ['sslmode=require&sslrootcert=FOLDER/ca.pem', true],
    ['sslmode=verify-ca&sslrootcert=FOLDER/ca.pem', true],
    ['sslmode=verify-full&sslrootcert=FOLDER/ca.pem', true],
    ['sslmode=require&ssl_min_protocol_version=TLSv1.3', true],
  ])('is read with %s, encrypted: %s', async (parameters, encrypted) => {
    expect(await readOver(urlOf(parameters))).toBe(encrypted);
  });

  test('is checked by the name in its certificate with verify-full, and not with verify-ca', async () => {
    const root = 'sslrootcert=FOLDER/ca.pem';
    expect(await readOver(urlOf(`sslmode=verify-ca&${root}`, 'localhost'))).toBe(true);
    const named = readOver(urlOf(`sslmode=verify-full&${root}`, 'localhost'));
    await expect(named).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
    await expect(named).rejects.toThrow(/sslmode asks to be checked/);
  });

  test.each([
    'sslmode=verify-full',
    'sslmode=verify-ca',
    'sslrootcert=system',
    'sslmode=verify-full&sslrootcert=FOLDER/other.pem',
    'sslmode=require&sslrootcert=FOLDER/other.pem',
  ])('is refused with %s, whose authority is another', async (parameters) => {
    await expect(readOver(urlOf(parameters))).rejects.toMatchObject({ code: 'DATABASE_REFUSED', retryable: true });
  });

  test('is given the certificate of the client', async () => {
    const before = front.clientCertificates();
    const own = 'sslcert=FOLDER/other.pem&sslkey=FOLDER/other.key';
    expect(await readOver(urlOf(`sslmode=require&${own}`))).toBe(true);
    expect(front.clientCertificates()).toBeGreaterThan(before);
  });

  test.each([
    ['sslmode=verify-full&sslrootcert=FOLDER/nowhere.pem', /file of sslrootcert cannot be read: it is not there/],
    ['sslmode=require&sslcert=FOLDER/other.pem', /sslcert and sslkey go together/],
    ['sslmode=prefer&sslcert=FOLDER/other.pem&sslkey=FOLDER/other.key', /sslcert needs sslmode=require/],
  ])('is not asked with %s, which is said', async (parameters, message) => {
    await expect(readOver(urlOf(parameters))).rejects.toMatchObject({ code: 'DATABASE_REFUSED', retryable: false });
    await expect(readOver(urlOf(parameters))).rejects.toThrow(message);
  });
});

describe('a server without TLS', () => {
  const plain = (parameters: string) => urlOf(parameters, '127.0.0.1', Number(database.port));

  test.each(['sslmode=disable', 'sslmode=allow', 'sslmode=prefer'])('is read with %s', async (parameters) => {
    expect(await readOver(plain(parameters))).toBe(false);
  });

  test.each(['sslmode=require', 'sslmode=verify-full'])('is not read with %s', async (parameters) => {
    await expect(readOver(plain(parameters))).rejects.toMatchObject({ retryable: true });
  });
});
