// Faults for what the exchange may send since September 2026.
import { ManualRuntime } from '@trader/testkit';
import { describe, expect, it } from 'vitest';
import { createExchange } from '../src/index.ts';
import { TestClient } from './client.ts';

async function start() {
  const runtime = new ManualRuntime();
  const exchange = await createExchange({ markets: 2, replyOrder: 'arrival', runtime });
  const client = await TestClient.connect(exchange, { atMs: runtime.nowMs() });
  return {
    exchange,
    client,
    runtime,
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      await exchange.close();
    },
  };
}

describe('a fault', () => {
  it('negative-figures makes a ticker’s dollar volume and open interest negative, and nothing else', async () => {
    await using world = await start();
    const { exchange, client } = world;
    exchange.control.faults.add({ kind: 'negative-figures', count: 1 });
    const params = { channels: ['orderbook_delta', 'ticker'], market_tickers: exchange.markets };
    client.send({ id: 1, cmd: 'subscribe', params: { ...params, send_initial_snapshot: true } });
    await client.settled();
    const [first, second] = client.of('ticker');
    expect(first?.msg).toMatchObject({ dollar_volume: -1, dollar_open_interest: -1, volume_fp: '0.00' });
    expect(second?.msg).toMatchObject({ dollar_volume: 0, dollar_open_interest: 0 });
    expect(exchange.totals().faults).toEqual({ 'negative-figures': 1 });
  });

  it.each([10, 17, 25] as const)('error %i ends a sid: nothing more comes on it, the others go on', async (code) => {
    await using world = await start();
    const { exchange, client, runtime } = world;
    const params = { channels: ['orderbook_delta', 'trade'], market_tickers: exchange.markets };
    client.send({ id: 1, cmd: 'subscribe', params });
    await client.settled();
    exchange.control.faults.add({ kind: 'error', code, aim: { sid: 1 } });
    await client.settled();
    expect(client.of('error')).toMatchObject([{ sid: 1, seq: 3, msg: { code } }]);
    const before = client.of('orderbook_delta').length;
    runtime.advance(20_000);
    await client.settled();
    expect(client.of('orderbook_delta')).toHaveLength(before);
    expect(client.of('trade').length).toBeGreaterThan(0);
    client.subscribe(2, exchange.markets);
    await client.settled();
    expect(client.frames.find(({ id }) => id === 2)).toMatchObject({ type: 'subscribed', msg: { sid: 3 } });
  });
});
