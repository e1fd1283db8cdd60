// A token and a certificate that change while the server runs: whoever comes next needs and gets the new ones, and what is open
// stays open.
import { once } from 'node:events';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { selfSigned } from '@trader/testkit';
import { expect, test } from 'vitest';
import { get, SocketReader } from './http-trader.ts';
import { happening, serveView } from './http-view.ts';

const [OLD, NEW] = ['the-token-of-before', 'the-token-of-today'] as const;
const asking = (token: string) => ({ authorization: `Bearer ${token}` });

test('a new token', async () => {
  await using served = await serveView({}, { token: OLD });
  const { base, server, events } = served;
  await using reader = new SocketReader(base, '/ws', [], { headers: asking(OLD) });
  await reader.next('hello');

  server.renew({ token: NEW, tls: null });
  expect((await get(`${base}/status`, asking(OLD))).status).toBe(401);
  expect((await get(`${base}/status`, asking(NEW))).status).toBe(200);
  const late = new SocketReader(base, '/ws', [], { headers: asking(OLD) });
  expect(await late.refused()).toEqual({ status: 401, code: 'TOKEN_REQUIRED' });
  events.add(happening('after the change'));
  await reader.next('health', ({ reason }) => reason === 'after the change');

  server.renew({ token: null, tls: null });
  expect((await get(`${base}/status`)).status).toBe(200);
});

test('a new certificate', async () => {
  const pairs = [selfSigned(), selfSigned()] as const;
  await using served = await serveView({}, pairs[0]);
  const { port } = new URL(served.base);
  const open = async (): Promise<TLSSocket> => {
    const socket = connectTls({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return socket;
  };
  const shown = (socket: TLSSocket) => socket.getPeerCertificate().fingerprint256;
  const [first, second] = pairs.map(({ cert }) => new X509Certificate(cert).fingerprint256);

  const before = await open();
  expect(shown(before)).toBe(first);
  served.server.renew({ token: null, tls: pairs[1] });
  const after = await open();
  expect(shown(after)).toBe(second);
  before.write('GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  const [answer] = (await once(before, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
  for (const socket of [before, after]) socket.destroy();
});
