// A network that lets nothing out but through a proxy, and an exchange whose certificate an authority of one's own has signed.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { createExchange, type Exchange } from '@trader/exchange-simulator';
import { selfSigned, temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Program } from './program.ts';

const PASSWORD = 'hunter2-hunter2';

let exchange: Exchange;
let folder: TemporaryFolder;
/** The exchange, with TLS in front of it. */
let front: NetServer;
let proxy: Server;
const tunnels: string[] = [];
/** Connections that the exchange has got, through the proxy or not. */
let connections = 0;
const authorizations = new Set<string | undefined>();
let isOpen = true;
const open = new Set<Socket>();

const portOf = (server: NetServer): number => (server.address() as AddressInfo).port;

function joined(one: Socket, other: Socket): void {
  for (const socket of [one, other]) {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => [one, other].forEach((each) => each.destroy()));
  }
  one.pipe(other).pipe(one);
}

function tunnel({ url, headers }: IncomingMessage, client: Socket): void {
  tunnels.push(url ?? '');
  authorizations.add(headers['proxy-authorization']);
  if (!isOpen) {
    client.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  const server = connect(Number(url!.split(':').at(-1)), '127.0.0.1', () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    joined(client, server);
  });
  server.on('error', () => client.destroy());
}

beforeAll(async () => {
  folder = temporaryFolder('trader-proxy-');
  exchange = await createExchange({ markets: 1 });
  const { cert, key } = selfSigned();
  writeFileSync(join(folder.path, 'ca.pem'), cert);
  writeFileSync(join(folder.path, 'key.pem'), exchange.credentials.privateKeyPem);
  const port = Number(new URL(exchange.restUrl).port);
  front = createTlsServer({ cert, key }, (client) => {
    connections++;
    joined(client, connect(port, '127.0.0.1'));
  });
  proxy = createHttpServer().on('connect', tunnel);
  for (const server of [front, proxy]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
});
afterAll(async () => {
  for (const socket of open) socket.destroy();
  for (const server of [front, proxy]) server.close();
  await exchange.close();
  folder.remove();
});
beforeEach(() => {
  tunnels.length = 0;
  connections = 0;
  authorizations.clear();
  isOpen = true;
});

/** What doctor finds of the exchange, in the environment of a company. */
async function diagnose(environment: NodeJS.ProcessEnv) {
  const args = ['doctor', '--json', '--port', '0', '--database', 'data', '--key-file', 'key.pem', '--markets', 'KXA'];
  const { pathname } = new URL(exchange.url);
  args.push('--key-id', exchange.credentials.keyId, '--ws-url', `wss://127.0.0.1:${portOf(front)}${pathname}`);
  await using run = new Program(args, {
    cwd: folder.path,
    env: {
      NODE_EXTRA_CA_CERTS: join(folder.path, 'ca.pem'),
      NODE_USE_ENV_PROXY: '1',
      HTTPS_PROXY: `http://me:${PASSWORD}@127.0.0.1:${portOf(proxy)}`,
      https_proxy: undefined,
      NO_PROXY: undefined,
      no_proxy: undefined,
      ...environment,
    },
  });
  await run.exited;
  const { findings } = JSON.parse(run.stdout) as { findings: { check: string; outcome: string; detail: string }[] };
  const of = (check: string) => findings.find((finding) => finding.check === check)!;
  const outcomes = Object.fromEntries(['rest', 'credentials', 'socket'].map((check) => [check, of(check).outcome]));
  return { outcomes, said: run.stdout + run.stderr, of };
}

const allWell = { rest: 'ok', credentials: 'ok', socket: 'ok' };

describe('with NODE_USE_ENV_PROXY', () => {
  test('REST and the socket both go through HTTPS_PROXY, with its user', async () => {
    const { outcomes, said } = await diagnose({});
    expect(outcomes, said).toEqual(allWell);
    expect(connections).toBeGreaterThanOrEqual(2);
    expect(tunnels).toEqual(Array.from({ length: connections }, () => `127.0.0.1:${portOf(front)}`));
    expect([...authorizations]).toEqual([`Basic ${btoa(`me:${PASSWORD}`)}`]);
  });

  test('neither does where NO_PROXY has the host', async () => {
    const { outcomes, said } = await diagnose({ NO_PROXY: '127.0.0.1' });
    expect(outcomes, said).toEqual(allWell);
    expect(tunnels).toEqual([]);
  });

  test('a proxy that refuses fails both, and its password is not said', async () => {
    isOpen = false;
    const { outcomes, said, of } = await diagnose({});
    expect(outcomes).toEqual({ rest: 'fail', credentials: 'skipped', socket: 'fail' });
    expect(of('socket').detail).toMatch(/proxy|tunnel|407/i);
    expect(said).not.toContain(PASSWORD);
  });
});

test('without NODE_USE_ENV_PROXY both go straight', async () => {
  const { outcomes, said } = await diagnose({ NODE_USE_ENV_PROXY: '' });
  expect(outcomes, said).toEqual(allWell);
  expect(tunnels).toEqual([]);
});

test('without NODE_EXTRA_CA_CERTS the certificate is refused, and doctor says what to set', async () => {
  const { of } = await diagnose({ NODE_EXTRA_CA_CERTS: '', NODE_USE_ENV_PROXY: '' });
  for (const check of ['rest', 'socket']) {
    expect(of(check)).toMatchObject({ outcome: 'fail', fix: expect.stringContaining('NODE_EXTRA_CA_CERTS') });
  }
});
