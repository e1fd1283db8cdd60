// What the real exchange limits, each a switch with a documented default.
import { ManualRuntime } from '@trader/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createExchange, type Exchange, type ExchangeOptions } from '../src/index.ts';
import { signedHeaders, TestClient } from './client.ts';

let exchange: Exchange;
let runtime: ManualRuntime;
afterEach(() => exchange.close());

async function start(options: ExchangeOptions = {}): Promise<void> {
  runtime = new ManualRuntime();
  exchange = await createExchange({ markets: 5, replyOrder: 'arrival', runtime, ...options });
}
const connect = () => TestClient.connect(exchange, { atMs: runtime.nowMs() });

const refusal = () =>
  new Promise<{ status: number | undefined; body: unknown }>((resolve, reject) => {
    const socket = new WebSocket(exchange.url, { headers: signedHeaders(exchange, { atMs: runtime.nowMs() }) });
    socket.on('error', () => undefined);
    socket.on('open', () => reject(new Error('the handshake was accepted')));
    socket.on('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) as unknown }));
    });
  });

describe('connections of a key', () => {
  it('are refused with a 429 above the limit, and accepted again when one has ended', async () => {
    await start({ maxConnectionsPerKey: 2 });
    await using _first = await connect();
    const second = await connect();
    expect(await refusal()).toEqual({ status: 429, body: { error: 'too many requests' } });
    expect(exchange.totals()).toMatchObject({
      connections: 2,
      handshakesRejected: { 'too-many-connections': 1 },
    });
    await second[Symbol.asyncDispose]();
    await expect.poll(() => exchange.totals().openConnections).toBe(1);
    await using _third = await connect();
    expect(exchange.totals().connections).toBe(3);
  });
});

describe('markets of a subscription', () => {
  it('above the limit are error 26, and nothing of the command is done', async () => {
    await start({ maxMarketsPerSubscription: 2 });
    await using client = await connect();
    const [a = '', b = '', c = ''] = exchange.markets;
    client.subscribe(1, [a, b, c]);
    client.subscribe(2, [a]);
    client.update(3, 'add_markets', [b, c]);
    client.subscribe(4, [b, c]);
    client.update(5, 'add_markets', [b]);
    client.update(6, 'add_markets', [a, b]);
    client.update(7, 'add_markets', [c]);
    client.update(8, 'delete_markets', [a]);
    client.update(9, 'add_markets', [c]);
    await client.settled();
    const answers = client.frames.filter(({ id }) => id !== undefined);
    expect(answers.map(({ id, type, msg }) => [id, type, msg.code ?? msg.market_tickers])).toEqual([
      [1, 'error', 26],
      [2, 'subscribed', undefined],
      [3, 'error', 26],
      [4, 'error', 26],
      [5, 'ok', [a, b]],
      [6, 'ok', [a, b]],
      [7, 'error', 26],
      [8, 'ok', [b]],
      [9, 'ok', [b, c]],
    ]);
    expect(client.of('error')[0]).toEqual({
      type: 'error',
      id: 1,
      msg: { code: 26, msg: 'Subscription market limit exceeded' },
    });
    expect(client.of('orderbook_snapshot').map(({ msg }) => msg.market_ticker)).toEqual([a, b, c]);
  });

  it('may be as many as one likes of a channel that is told everything', async () => {
    await start({ maxMarketsPerSubscription: 1 });
    await using client = await connect();
    client.send({ id: 1, cmd: 'subscribe', params: { channels: ['trade', 'market_lifecycle_v2'] } });
    await client.settled();
    expect(client.of('error')).toEqual([]);
  });
});

describe('commands of a connection', () => {
  it('above the limit of a second are error 27 with their id; time brings them back', async () => {
    await start({ commandsPerSecond: 2 });
    await using client = await connect();
    await using other = await connect();
    const ask = (id: number) => client.send({ id, cmd: 'list_subscriptions' });
    for (const id of [1, 2, 3, 4]) ask(id);
    await client.ping('answered');
    await client.ping('answered');
    const types = () => client.frames.map(({ id, type, msg }) => [id, type, msg.code]);
    expect(types()).toEqual([
      [1, 'ok', undefined],
      [2, 'ok', undefined],
      [3, 'error', 27],
      [4, 'error', 27],
    ]);
    await other.settled();
    runtime.advance(500);
    for (const id of [5, 6]) ask(id);
    await client.until(() => client.frames.length === 6);
    expect(types().slice(4)).toEqual([
      [5, 'ok', undefined],
      [6, 'error', 27],
    ]);
    expect(exchange.totals().errorsSent).toEqual({ 27: 3 });
  });
});

describe('permessage-deflate', () => {
  const openSocket = async (): Promise<{ socket: WebSocket; texts: string[] }> => {
    const headers = signedHeaders(exchange, { atMs: runtime.nowMs() });
    const socket = new WebSocket(exchange.url, { headers, perMessageDeflate: true });
    const texts: string[] = [];
    socket.on('message', (data: Buffer) => texts.push(data.toString()));
    await new Promise((resolve) => socket.once('open', resolve));
    return { socket, texts };
  };

  it('is for those who offer it, when the option is on, and changes no frame', async () => {
    await start({ perMessageDeflate: true });
    await using plain = await connect();
    const { socket, texts } = await openSocket();
    expect(socket.extensions).toContain('permessage-deflate');
    const command = {
      id: 1,
      cmd: 'subscribe',
      params: { channels: ['orderbook_delta'], market_tickers: exchange.markets },
    };
    plain.send(command);
    socket.send(JSON.stringify(command));
    await plain.settled();
    await expect.poll(() => texts.length).toBe(6);
    runtime.advance(5_000);
    await plain.settled();
    await expect.poll(() => texts.length).toBe(plain.texts.length);
    expect(texts).toEqual(plain.texts);
    expect(texts.length).toBeGreaterThan(20);
    socket.terminate();
  });

  it('is off by default', async () => {
    await start();
    const { socket } = await openSocket();
    expect(socket.extensions).toBe('');
    socket.terminate();
  });
});
