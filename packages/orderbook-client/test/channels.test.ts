import { describe, expect, test } from 'vitest';
import type { OrderbookClientOptions } from '../src/index.ts';
import { A, B, conversation, snapshot, subscribed } from './scripted-exchange.ts';

const trade = (seq: number, market = A, sid = 2): string =>
  JSON.stringify({
    type: 'trade',
    sid,
    seq,
    msg: {
      trade_id: `t${seq}`,
      market_ticker: market,
      yes_price_dollars: '0.4300',
      no_price_dollars: '0.5700',
      count_fp: '2.50',
      taker_outcome_side: 'yes',
      taker_book_side: 'bid',
      ts: 1_800_000_000,
      ts_ms: 1_800_000_000_123,
    },
  });

async function open(options: Partial<OrderbookClientOptions>) {
  const it = conversation(options);
  const dialled = it.dial();
  it.client.start();
  const socket = await dialled;
  socket.listener.opened();
  return { ...it, socket };
}

const answered = (id: number, channel: string, sid: number): string =>
  JSON.stringify({ type: 'subscribed', id, msg: { channel, sid } });

describe('channels beside the order book', () => {
  test('are subscribed to for the wanted markets, or for all that there is', async () => {
    const { socket } = await open({ channels: { trade: 'markets', ticker: 'all', market_lifecycle_v2: 'all' } });
    expect(socket.commands.map((command) => 'params' in command && command.params)).toEqual([
      { channels: ['orderbook_delta'], market_tickers: [A, B], use_yes_price: false },
      { channels: ['trade'], market_tickers: [A, B] },
      { channels: ['ticker'], send_initial_snapshot: true },
      { channels: ['market_lifecycle_v2'] },
    ]);
  });

  test('come as typed events with exact numbers, and count their own numbers', async () => {
    const { socket, of, connection } = await open({ channels: { trade: 'markets' } });
    socket.send(subscribed(1), answered(2, 'trade', 2), snapshot(1, A), snapshot(2, B), trade(1), trade(2));
    expect(of('trade')).toMatchObject([
      {
        text: trade(1),
        epoch: 1,
        sid: 2,
        seq: 1,
        market: A,
        yesPrice: 4300,
        noPrice: 5700,
        size: 250,
        takerSide: 'yes',
      },
      { seq: 2 },
    ]);
    expect(connection().subscriptions).toEqual([
      { channel: 'orderbook_delta', sid: 1, seq: 2 },
      { channel: 'trade', sid: 2, seq: 2 },
    ]);
    expect(of('gap')).toEqual([]);
  });

  test('name their gaps, which cost no book', async () => {
    const { socket, of, client } = await open({ channels: { trade: 'markets' } });
    socket.send(subscribed(1), answered(2, 'trade', 2), snapshot(1, A), snapshot(2, B), trade(1), trade(4));
    expect(of('gap')).toMatchObject([{ sid: 2, channel: 'trade', firstSeq: 2, lastSeq: 3, cause: 'sequence' }]);
    expect(client.status()).toMatchObject({ phase: 'live', synced: 2 });
    socket.cut();
    expect(of('gap').slice(1)).toMatchObject([
      { sid: 1, channel: 'orderbook_delta', firstSeq: 3, lastSeq: null },
      { sid: 2, channel: 'trade', firstSeq: 5, lastSeq: null },
    ]);
  });

  test('follow the wanted markets, and lose their filter only with their sid', async () => {
    const { socket, client, runtime } = await open({ channels: { trade: 'markets' } });
    socket.send(subscribed(1), answered(2, 'trade', 2), snapshot(1, A), snapshot(2, B));
    client.addMarkets(['KXTEST-26NOV22-C']);
    expect(socket.commands.slice(2)).toMatchObject([
      { params: { sid: 1, action: 'add_markets', market_tickers: ['KXTEST-26NOV22-C'] } },
      { params: { sid: 2, action: 'add_markets', market_tickers: ['KXTEST-26NOV22-C'] } },
    ]);
    runtime.advance(100);
    client.removeMarkets([A, B, 'KXTEST-26NOV22-C']);
    // A trade filter without markets might mean every market.
    expect(socket.commands.at(-1)).toMatchObject({ cmd: 'unsubscribe', params: { sids: [2] } });
    socket.send(JSON.stringify({ type: 'unsubscribed', id: socket.commands.at(-1)!.id, sid: 2, seq: 1 }));
    const before = socket.commands.length;
    runtime.advance(100);
    client.addMarkets([A]);
    expect(socket.commands.slice(before)).toContainEqual(
      expect.objectContaining({ cmd: 'subscribe', params: { channels: ['trade'], market_tickers: [A] } }),
    );
  });

  test('that the exchange refuses are asked for again, slowly, and cost no book', async () => {
    const { socket, client, of, runtime } = await open({ channels: { fill: 'all' } });
    socket.send(subscribed(1), snapshot(1, A), snapshot(2, B));
    socket.send({ type: 'error', id: 2, msg: { code: 9, msg: 'Authentication required' } });
    expect(client.status().phase).toBe('live');
    expect(of('problem')).toMatchObject([{ error: { code: 'COMMAND_REJECTED', exchangeCode: 9 } }]);
    expect(socket.commands).toHaveLength(2);
    let seq = 2;
    for (let elapsedMs = 0; elapsedMs < 600_000; elapsedMs += 1000) {
      socket.send(snapshot(++seq, A));
      socket.listener.pong();
      runtime.advance(1000);
    }
    const asked = socket.commands.filter(({ cmd }) => cmd === 'subscribe').length;
    expect(asked).toBeGreaterThan(10);
    expect(asked).toBeLessThan(60);
    expect(client.status()).toMatchObject({ phase: 'live', epoch: 1 });
  });

  test('that the exchange ends are made anew, and cost no book however often', async () => {
    const { socket, client, of } = await open({ channels: { trade: 'all' } });
    socket.send(subscribed(1), answered(2, 'trade', 2), snapshot(1, A), snapshot(2, B), trade(1));
    socket.send({ type: 'error', sid: 2, msg: { code: 25, msg: 'overflow' } });
    expect(of('gap')).toMatchObject([{ sid: 2, channel: 'trade', firstSeq: 2, lastSeq: null }]);
    expect(socket.commands.at(-1)).toMatchObject({ cmd: 'subscribe', params: { channels: ['trade'] } });
    socket.send(answered(3, 'trade', 3), { type: 'error', sid: 3, msg: { code: 25, msg: 'overflow' } });
    expect(client.status()).toMatchObject({ phase: 'live', synced: 2, epoch: 1 });
    expect(socket.commands).toHaveLength(3);
  });

  test.each([
    [{ trades: 'all' }, /no "trades"/],
    [{ trade: 'some' }, /'markets' or 'all'/],
    [{ market_lifecycle_v2: 'markets' }, /must be 'all'/],
    [{ constructor: 'all' }, /no "constructor"/],
  ])('that do not exist are refused: %j', (channels, message) => {
    expect(() => conversation({ channels: channels as never })).toThrow(message);
  });
});

describe('several connections', () => {
  test('spread the markets, and count as one: live when all are, one phase, all epochs different', async () => {
    const { client, sockets, of } = conversation({ connections: 2, channels: { market_lifecycle_v2: 'all' } });
    client.start();
    for (let turn = 0; turn < 100 && sockets.length < 2; turn++) await Promise.resolve();
    for (const socket of sockets) socket.listener.opened();
    expect(sockets.map(({ commands }) => commands.map((command) => 'params' in command && command.params))).toEqual([
      [
        { channels: ['orderbook_delta'], market_tickers: [A], use_yes_price: false },
        { channels: ['market_lifecycle_v2'] },
      ],
      [{ channels: ['orderbook_delta'], market_tickers: [B], use_yes_price: false }],
    ]);
    sockets[0]!.send(subscribed(1), snapshot(1, A));
    expect(client.status()).toMatchObject({ phase: 'subscribing', wanted: 2, synced: 1 });
    sockets[1]!.send(subscribed(1), snapshot(1, B));
    expect(client.status()).toMatchObject({ phase: 'live', synced: 2, epoch: 2 });
    expect(client.status().connections.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(of('snapshot').map(({ epoch, market }) => [epoch, market])).toEqual([
      [1, A],
      [2, B],
    ]);
    expect(of('status').map(({ to }) => to)).toEqual(['connecting', 'subscribing', 'live']);
    await client.whenSynced();

    client.addMarkets(['KXTEST-26NOV22-C', 'KXTEST-26NOV22-D', A]);
    expect(client.status().connections.map(({ wanted }) => wanted)).toEqual([2, 2]);
    expect([...client.books()].map(({ market }) => market)).toHaveLength(4);
    client.removeMarkets(['KXTEST-26NOV22-D']);
    expect(client.book('KXTEST-26NOV22-D')).toBeUndefined();

    sockets[1]!.cut();
    expect(client.book(A)!.synced).toBe(true);
    expect(client.book(B)!.synced).toBe(false);
    expect(client.status().phase).toBe('waiting');
    await client.close();
    expect(client.status().phase).toBe('closed');
  });

  test('a barrier waits for each of them, and a pause holds each of them', async () => {
    const { client, sockets } = conversation({ connections: 2 });
    client.start();
    for (let turn = 0; turn < 100 && sockets.length < 2; turn++) await Promise.resolve();
    for (const socket of sockets) socket.listener.opened();
    let reached = false;
    const barrier = client.barrier().then(() => (reached = true));
    sockets[0]!.send({ type: 'ok', id: sockets[0]!.commands.at(-1)!.id, msg: [] });
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(reached).toBe(false);
    sockets[1]!.send({ type: 'ok', id: sockets[1]!.commands.at(-1)!.id, msg: [] });
    await barrier;
    client.pause();
    expect(sockets.map(({ reading }) => reading)).toEqual([false, false]);
    client.resume();
    expect(sockets.map(({ reading }) => reading)).toEqual([true, true]);
  });
});
