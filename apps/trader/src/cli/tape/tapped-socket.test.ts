import { createExchange } from '@trader/exchange-simulator';
import { createOrderbookClient } from '@trader/orderbook-client';
import { expect, test } from 'vitest';
import { tappedSocket } from './tapped-socket.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('the tap gets every frame as it came, each connection anew, and nothing after the close', async () => {
  await using exchange = await createExchange({ markets: 2, deltasPerSecond: 0.001 });
  const tapped: string[] = [];
  const { url, credentials, markets } = exchange;
  const openSocket = tappedSocket((bytes) => tapped.push(text(bytes)));
  const client = createOrderbookClient({ url, credentials, markets, openSocket, auditIntervalMs: Infinity });
  client.start();
  await client.whenSynced({ timeoutMs: 30_000 });
  expect(tapped.map((frame) => (JSON.parse(frame) as { type: string }).type)).toEqual([
    'subscribed',
    'orderbook_snapshot',
    'orderbook_snapshot',
  ]);
  expect(client.status().clockSkewMs).not.toBeNull();

  client.reconnect('a new connection');
  await client.whenSynced({ timeoutMs: 30_000 });
  expect(tapped).toHaveLength(6);
  await client.close();
  expect(client.status().counters.frames).toBe(6);
});
