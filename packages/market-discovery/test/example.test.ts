// The example, as it stands in the folder, against an exchange on loopback.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('prints what is open', async () => {
  const server = createServer((_, response) => {
    response.end(JSON.stringify({ markets: [{ ticker: 'KXA-1-B', event_ticker: 'KXA-1', status: 'active' }] }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const example = fileURLToPath(new URL('../examples/print-changes.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@trader/source', example, 'KXA'], {
    env: { ...process.env, KALSHI_REST_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    said += String(chunk);
    if (said.includes('+ KXA-1-B')) break;
  }
  child.kill('SIGKILL');
  server.close();
  expect(said).toBe('markets are open\n+ KXA-1-B (listed)\n');
});
