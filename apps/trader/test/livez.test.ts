// The image's health check, against servers that answer in each way that a trader can.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { selfSigned, temporaryFolder } from '@trader/testkit';
import { afterEach, describe, expect, test } from 'vitest';

const program = fileURLToPath(new URL('../../../ops/container/livez.mjs', import.meta.url));
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function portOf(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return String((server.address() as AddressInfo).port);
}

async function check(environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [program], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}

const answering =
  (status: number): RequestListener =>
  ({ url }, response) =>
    response.writeHead(url === '/livez' ? status : 404).end('{}');

describe('livez.mjs', () => {
  test('ends with 0 when /livez says 200', async () => {
    const port = await portOf(createServer(answering(200)));
    expect(await check({ TRADER_PORT: port })).toEqual({ code: 0, stderr: '' });
  });

  test('ends with 1 when it says 503', async () => {
    const port = await portOf(createServer(answering(503)));
    expect(await check({ TRADER_PORT: port })).toMatchObject({ code: 1 });
  });

  test('ends with 1 when nobody listens, and says so', async () => {
    const server = createServer();
    const port = await portOf(server);
    await new Promise((resolve) => server.close(resolve));
    const { code, stderr } = await check({ TRADER_PORT: port });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('ECONNREFUSED') });
  });

  test("asks at the trader's own port where a platform has put an address in place of it", async () => {
    const { code, stderr } = await check({ TRADER_PORT: 'tcp://10.0.0.1:7070' });
    // Whether somebody is there or not.
    expect(code === 0 ? '' : stderr).toMatch(/^$|127\.0\.0\.1:7070|answer/);
  });

  test('speaks TLS where the trader does, whatever name is on the certificate', async () => {
    const folder = temporaryFolder();
    const { cert, key } = selfSigned();
    const certFile = join(folder.path, 'server.crt');
    writeFileSync(certFile, cert);
    const port = await portOf(createTlsServer({ cert, key }, answering(200)));
    expect(await check({ TRADER_PORT: port, TRADER_TLS_CERT_FILE: certFile })).toEqual({ code: 0, stderr: '' });
    folder.remove();
  });
});
