import { describe, expect, test } from 'vitest';
import type { WireFrame } from '../src/wire.ts';
import { A, B, conversation, delta, snapshot, subscribed, syncedConversation } from './scripted-exchange.ts';

const ended = (code: number, sid?: number): WireFrame => ({
  type: 'error',
  ...(sid !== undefined && { sid }),
  msg: { code, msg: 'over' },
});

describe('a subscription that the exchange ends', () => {
  test.each([10, 17, 25])('by error %i is made anew on the same connection', async (code) => {
    const { socket, of, client, connection } = await syncedConversation();
    socket.send(ended(code, 1));
    expect(of('problem')).toMatchObject([{ error: { code: 'SUBSCRIPTION_LOST', exchangeCode: code }, retryInMs: 0 }]);
    expect(of('gap')).toMatchObject([{ sid: 1, firstSeq: 3, lastSeq: null, cause: 'subscription-lost' }]);
    expect(of('stale')).toMatchObject([{ markets: [A, B], reason: 'resubscribed' }]);
    expect(socket.commands.at(-1)).toMatchObject({ cmd: 'subscribe', params: { market_tickers: [A, B] } });
    const onSid2 = (frame: WireFrame): WireFrame => ({ ...frame, sid: 2 }) as WireFrame;
    // The dead sid can do nothing any more.
    socket.send(snapshot(3, A, [['0.0100', '1.00']]));
    expect(client.book(A)!.synced).toBe(false);
    socket.send(subscribed(2, 2), onSid2(snapshot(1, A, [['0.3000', '1.00']])), onSid2(snapshot(2, B)));
    expect(connection()).toMatchObject({ phase: 'live', epoch: 1, sid: 2, seq: 2, synced: 2 });
    expect(client.book(A)!.levels('yes')).toEqual([[3000, 100]]);
  });

  test('again before its books were back costs the connection', async () => {
    const { socket, of, runtime, dial } = await syncedConversation();
    socket.send(ended(25, 1), subscribed(2, 2));
    const redialled = dial();
    socket.send(ended(25, 2));
    runtime.advance(0);
    await redialled;
    expect(of('problem').map(({ error }) => error.code)).toEqual(['SUBSCRIPTION_LOST', 'SUBSCRIPTION_LOST']);
  });

  test('by an "unsubscribed" that nobody asked for is made anew', async () => {
    const { socket } = await syncedConversation();
    socket.send({ type: 'unsubscribed', id: 77, sid: 1, seq: 3 });
    expect(socket.commands.at(-1)).toMatchObject({ cmd: 'subscribe', params: { market_tickers: [A, B] } });
  });

  test('in silence is found when the exchange lists its subscriptions, and made anew', async () => {
    const { socket, of, client } = await syncedConversation();
    const reached = client.barrier();
    socket.send({ type: 'ok', id: 2, msg: [{ channel: 'trade', sid: 9 }] });
    await reached;
    expect(of('problem')).toMatchObject([{ error: { code: 'SUBSCRIPTION_LOST' } }]);
    expect(socket.commands.at(-1)).toMatchObject({ cmd: 'subscribe' });
  });
});

describe('a refused command', () => {
  test('is reported by the name of the error and costs no book', async () => {
    const { socket, of, client } = await syncedConversation();
    client.addMarkets(['KXTEST-26NOV22-C']);
    socket.send({ type: 'error', id: 2, msg: { code: 26, msg: 'Subscription market limit exceeded' } });
    expect(of('problem')).toMatchObject([{ error: { code: 'COMMAND_REJECTED', exchangeCode: 26 } }]);
    expect(of('problem')[0]!.error.message).toContain('marketLimitExceeded');
    expect(client.status().phase).toBe('live');
  });

  test('because of one unknown market is tried in halves, until the others are there', async () => {
    const markets = Array.from({ length: 8 }, (_, i) => `KXMANY-${i}`);
    const { client, dial, runtime } = conversation({ markets, commandsPerSecond: 1000 });
    const dialled = dial();
    client.start();
    const socket = await dialled;
    socket.listener.opened();
    const bad = 'KXMANY-5';
    let seq = 0;
    const confirmed: string[] = [];
    for (const command of socket.commands) {
      if (command.cmd !== 'subscribe' && command.cmd !== 'update_subscription') continue;
      const asked = command.params.market_tickers ?? [];
      if (asked.includes(bad)) {
        socket.send({ type: 'error', id: command.id, msg: { code: 16, msg: 'Market not found' } });
        continue;
      }
      confirmed.push(...asked);
      if (seq === 0) socket.send(subscribed(command.id));
      else socket.send({ type: 'ok', id: command.id, sid: 1, seq: ++seq, msg: { market_tickers: [...confirmed] } });
      for (const market of asked) socket.send(snapshot(++seq, market));
    }
    expect(client.status()).toMatchObject({ synced: 7, counters: { gaps: 0 } });
    expect(client.book(bad)!.synced).toBe(false);
    // The one to blame is asked for again, at the deadline and alone.
    const before = socket.commands.length;
    for (let waitedMs = 0; socket.commands.length === before && waitedMs < 60_000; waitedMs += 1000) {
      socket.send(delta(++seq, markets[0]!, '0.4000', '1.00'));
      socket.listener.pong();
      runtime.advance(1000);
    }
    expect(socket.commands.slice(before)).toMatchObject([{ params: { market_tickers: [bad] } }]);
  });

  test('whose error names the market is tried without it at once', async () => {
    const { client, socket } = await syncedConversation();
    client.addMarkets(['KXTEST-26NOV22-C', 'KXTEST-26NOV22-D']);
    socket.send(
      JSON.stringify({ type: 'error', id: 2, msg: { code: 16, msg: 'no', market_ticker: 'KXTEST-26NOV22-C' } }),
    );
    expect(socket.commands.at(-1)).toMatchObject({ params: { market_tickers: ['KXTEST-26NOV22-D'] } });
    expect(socket.commands).toHaveLength(3);
  });
});

describe('commands', () => {
  test('leave at the pace that was chosen, in order, and all of them', async () => {
    const markets = Array.from({ length: 50 }, (_, i) => `KXMANY-${i}`);
    const { client, dial, runtime } = conversation({ markets, marketsPerCommand: 1, commandsPerSecond: 100 });
    const dialled = dial();
    client.start();
    const socket = await dialled;
    socket.listener.opened();
    expect(socket.commands).toHaveLength(10);
    runtime.advance(100);
    expect(socket.commands).toHaveLength(20);
    runtime.advance(300);
    expect(socket.commands.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    runtime.advance(1000);
    expect(socket.commands).toHaveLength(50);
  });

  test('of a lost connection are not sent on the next one', async () => {
    const markets = Array.from({ length: 50 }, (_, i) => `KXMANY-${i}`);
    const { client, dial, runtime } = conversation({ markets, marketsPerCommand: 1, commandsPerSecond: 100 });
    const dialled = dial();
    client.start();
    const first = await dialled;
    first.listener.opened();
    const redialled = dial();
    first.cut();
    runtime.advance(0);
    const second = await redialled;
    second.listener.opened();
    runtime.advance(1000);
    expect(first.commands).toHaveLength(10);
    expect(second.commands.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });

  test('late answers to them still count: the list they bring is what the exchange has', async () => {
    const { client, socket, runtime } = await syncedConversation();
    client.addMarkets(['KXTEST-26NOV22-C']);
    runtime.advance(11_000);
    socket.listener.pong();
    socket.send({ type: 'ok', id: 2, sid: 1, seq: 3, msg: { market_tickers: [A, B, 'KXTEST-26NOV22-C'] } });
    const before = socket.commands.length;
    socket.send(delta(4, A, '0.4000', '1.00'));
    expect(socket.commands).toHaveLength(before);
  });
});
