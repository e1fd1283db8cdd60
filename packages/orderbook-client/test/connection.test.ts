import { ManualRuntime } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { OrderbookClientError } from '../src/index.ts';
import {
  A,
  B,
  conversation,
  delta,
  snapshot,
  snapshotRequests,
  subscribed,
  syncedConversation,
} from './scripted-exchange.ts';

describe('subscribing', () => {
  test('always states the price convention and names markets in chunks without waiting', async () => {
    const { client, dial } = conversation({ marketsPerCommand: 1 });
    const dialled = dial();
    client.start();
    const socket = await dialled;
    socket.listener.opened();
    expect(socket.commands).toEqual([
      { id: 1, cmd: 'subscribe', params: { channels: ['orderbook_delta'], market_tickers: [A], use_yes_price: false } },
      { id: 2, cmd: 'subscribe', params: { channels: ['orderbook_delta'], market_tickers: [B], use_yes_price: false } },
    ]);
  });

  test('takes replies in any order', async () => {
    const { client, connection, dial, of } = conversation({ marketsPerCommand: 1 });
    const dialled = dial();
    client.start();
    const socket = await dialled;
    socket.listener.opened();
    socket.send(subscribed(2), snapshot(1, B), { type: 'ok', id: 1, sid: 1, seq: 2, msg: { market_tickers: [A, B] } });
    expect(client.status().phase).toBe('subscribing');
    socket.send(snapshot(3, A));
    expect(connection()).toMatchObject({ phase: 'live', synced: 2, sid: 1, seq: 3 });
    expect(of('status').map(({ to }) => to)).toEqual(['connecting', 'subscribing', 'live']);
  });

  test('a market that the exchange never answers for does not cost the others their connection', async () => {
    const { client, runtime, dial, sockets } = conversation();
    const dialled = dial();
    client.start();
    const socket = await dialled;
    socket.listener.opened();
    socket.send(subscribed(1), snapshot(1, A));
    for (let seq = 2; seq < 1200; seq++) {
      socket.send(delta(seq, A, '0.4000', '1.00'));
      socket.listener.pong();
      runtime.advance(1000);
    }
    expect(sockets).toHaveLength(1);
    expect(client.status().phase).toBe('live');
    expect(client.book(A)!.synced).toBe(true);
    expect(client.book(B)).toMatchObject({ synced: false, staleReason: 'no-snapshot-yet' });
  });

  test('a market that never had a snapshot costs no connection after a reconnect either', async () => {
    const { client, runtime, dial, sockets } = conversation();
    let dialled = dial();
    client.start();
    const first = await dialled;
    first.listener.opened();
    first.send(subscribed(1), snapshot(1, A));
    dialled = dial();
    first.cut();
    runtime.advance(0);
    const second = await dialled;
    second.listener.opened();
    second.send(subscribed(1), snapshot(1, A));
    for (let seq = 2; seq < 600; seq++) {
      second.send(delta(seq, A, '0.4000', '1.00'));
      second.listener.pong();
      runtime.advance(1000);
    }
    expect(sockets).toHaveLength(2);
    expect(client.book(B)!.staleReason).toBe('no-snapshot-yet');
  });

  test('that is acknowledged and then silent is asked again, and then tried on a new connection', async () => {
    const { client, runtime, dial, of } = conversation();
    const dialled = dial();
    client.start();
    const socket = await dialled;
    socket.listener.opened();
    socket.send(subscribed(1));
    runtime.advance(10_000);
    socket.listener.pong();
    expect(snapshotRequests(socket)).toEqual([[A, B]]);
    expect(socket.open).toBe(true);
    const again = dial();
    for (let waitedMs = 0; waitedMs < 20_000 && socket.open; waitedMs += 1000) {
      socket.listener.pong();
      runtime.advance(1000);
    }
    runtime.advance(0);
    await again;
    expect(of('problem').map(({ error }) => error.code)).toEqual(['NO_ANSWER', 'NO_ANSWER']);
  });

  test('that gets no answer at all is tried on a new connection', async () => {
    const { client, runtime, dial, of } = conversation();
    const dialled = dial();
    client.start();
    const socket = await dialled;
    socket.listener.opened();
    const again = dial();
    runtime.advance(9999);
    expect(of('problem')).toEqual([]);
    runtime.advance(1);
    await again;
    expect(of('problem')).toMatchObject([{ error: { code: 'NO_ANSWER' } }]);
  });
});

describe('a lost connection', () => {
  test('makes every book stale at once, names the open-ended hole, and redials immediately', async () => {
    const { client, runtime, socket, of, dial } = await syncedConversation();
    runtime.advance(10_000);
    const redialled = dial();
    socket.cut();
    expect(client.book(A)).toMatchObject({ synced: false, staleReason: 'disconnected' });
    expect(of('gap')).toMatchObject([
      { epoch: 1, sid: 1, firstSeq: 3, lastSeq: null, toAtMs: null, cause: 'disconnected' },
    ]);
    expect(of('problem').at(-1)).toMatchObject({ error: { code: 'DISCONNECTED' }, retryInMs: 0 });
    runtime.advance(0);
    await redialled;
  });

  test('starts a new epoch whose numbers begin again and whose snapshots replace the old books', async () => {
    const { client, connection, runtime, socket, of, dial } = await syncedConversation();
    const redialled = dial();
    socket.cut();
    runtime.advance(0);
    const next = await redialled;
    next.listener.opened();
    next.send(subscribed(1), snapshot(1, A, [['0.1000', '1.00']]), snapshot(2, B));
    expect(connection()).toMatchObject({ epoch: 2, phase: 'live', seq: 2 });
    expect(client.book(A)!.levels('yes')).toEqual([[1000, 100]]);
    expect(client.book(A)!.levels('no')).toEqual([]);
    expect(of('gap')).toHaveLength(1);
  });

  test('can say nothing any more: late frames, pongs and closes of the old socket change nothing', async () => {
    const { client, runtime, socket, events, dial } = await syncedConversation();
    const redialled = dial();
    socket.cut();
    runtime.advance(0);
    const next = await redialled;
    next.listener.opened();
    const seen = events.length;
    socket.send(delta(3, A, '0.4000', '1.00'), snapshot(4, A), subscribed(1));
    socket.listener.pong();
    socket.listener.closed(new OrderbookClientError('DISCONNECTED', 'again'));
    expect(events).toHaveLength(seen);
    expect(client.status()).toMatchObject({ epoch: 2, phase: 'subscribing', synced: 0 });
  });
});

describe('reconnect', () => {
  test('gives up a connection that is fine and makes a new one, with a named hole', async () => {
    const { client, runtime, socket, of, dial } = await syncedConversation();
    const redialled = dial();
    client.reconnect('the recording starts anew');
    expect(socket.open).toBe(false);
    expect(of('gap')).toMatchObject([{ epoch: 1, firstSeq: 3, lastSeq: null, cause: 'disconnected' }]);
    runtime.advance(0);
    await redialled;
    client.reconnect('again');
    expect(of('gap')).toHaveLength(1);
  });

  test('does nothing while nothing is connected', async () => {
    const { client, sockets, events } = conversation();
    client.reconnect('before the start');
    await client.close();
    client.reconnect('after the end');
    expect(sockets).toEqual([]);
    expect(events.map(({ type }) => type)).toEqual(['status']);
  });
});

describe('retrying', () => {
  test('waits ever longer, never beyond the cap, and never ends', async () => {
    const { client, runtime, sockets, of, dial } = conversation();
    client.start();
    const day = 24 * 60 * 60 * 1000;
    let next = dial();
    while (runtime.monotonicMs() < day) {
      const socket = await next;
      next = dial();
      socket.cut();
      runtime.advance(of('problem').at(-1)!.retryInMs!);
    }
    const delays = of('problem').map(({ retryInMs }) => retryInMs!);
    expect(delays[0]).toBe(0);
    expect(Math.max(...delays)).toBeLessThanOrEqual(30_000);
    const atTheCap = delays.slice(20);
    expect(Math.min(...atTheCap)).toBeLessThan(3000);
    expect(Math.max(...atTheCap)).toBeGreaterThan(27_000);

    const socket = await next;
    socket.listener.opened();
    socket.send(subscribed(1), snapshot(1, A), snapshot(2, B));
    expect(client.status().phase).toBe('live');
    expect(sockets.filter(({ open }) => open)).toHaveLength(1);
  });

  test('does not spin against an exchange that accepts and closes', async () => {
    const { client, runtime, sockets, dial, of } = conversation();
    client.start();
    let next = dial();
    while (runtime.monotonicMs() < 10 * 60_000) {
      const socket = await next;
      next = dial();
      socket.listener.opened();
      socket.cut();
      runtime.advance(of('problem').at(-1)!.retryInMs!);
    }
    expect(sockets.length).toBeLessThan(70);
  });

  test('is slow after a rejected key', async () => {
    const { client, of, dial } = conversation();
    const dialled = dial();
    client.start();
    const socket = await dialled;
    socket.listener.closed(new OrderbookClientError('AUTH_REJECTED', 'no', { httpStatus: 401 }));
    expect(of('problem').at(-1)!.retryInMs).toBeGreaterThanOrEqual(30_000);
  });

  test('follows a socket that never opens', async () => {
    const { client, runtime, of, dial, sockets } = conversation();
    const dialled = dial();
    client.start();
    await dialled;
    const again = dial();
    runtime.advance(10_000);
    await again;
    expect(of('problem')).toMatchObject([{ error: { code: 'CONNECT_TIMEOUT' } }]);
    expect(sockets[0]!.open).toBe(false);
  });

  test('follows a signer that fails, which is named', async () => {
    const failing = { keyId: 'key', sign: () => Promise.reject(new Error('the HSM is away')) };
    const { client, of, runtime } = conversation({ credentials: failing });
    const problem = new Promise((resolve) => void client.on('problem', resolve));
    client.start();
    await problem;
    expect(of('problem')[0]!.error.code).toBe('SIGNER_FAILED');
    expect(runtime.armedTimers).toBe(1);
    await client.close();
  });
});

describe('dead or quiet', () => {
  test('a ping without a pong ends the connection', async () => {
    const { runtime, of, socket } = await syncedConversation();
    runtime.advance(19_999);
    expect(of('problem')).toEqual([]);
    runtime.advance(1);
    expect(of('problem')).toMatchObject([{ error: { code: 'PONG_TIMEOUT' } }]);
    expect(socket.open).toBe(false);
  });

  test('a deadline that fires late, as after a blocked event loop, lets the socket be read first', async () => {
    const manual = new ManualRuntime();
    let stalledMs = 0;
    const { setTimer, random } = manual;
    const runtime = { setTimer, random, nowMs: () => manual.nowMs() + stalledMs };
    const { client, of, dial } = conversation({ runtime });
    const dialled = dial();
    client.start();
    const socket = await dialled;
    socket.listener.opened();
    socket.send(subscribed(1), snapshot(1, A), snapshot(2, B));
    manual.advance(19_999);
    stalledMs = 30_000;
    manual.advance(1);
    expect(socket.open).toBe(true);
    socket.listener.pong();
    manual.advance(1000);
    expect(socket.open).toBe(true);
    expect(of('problem').map(({ error }) => error.code)).not.toContain('PONG_TIMEOUT');
  });

  test('while reading is paused a missing pong proves nothing', async () => {
    const { client, runtime, of, socket } = await syncedConversation();
    client.pause();
    expect(socket.reading).toBe(false);
    runtime.advance(60_000);
    expect(of('problem')).toEqual([]);
    client.resume();
    expect(socket.reading).toBe(true);
    socket.send({ type: 'ok', id: socket.commands.at(-1)!.id, msg: [{ channel: 'orderbook_delta', sid: 1 }] });
    runtime.advance(20_000);
    expect(of('problem')).toMatchObject([{ error: { code: 'PONG_TIMEOUT' } }]);
  });
});

describe('barrier', () => {
  test('resolves with the answer to its own question', async () => {
    const { client, socket } = await syncedConversation();
    const reached = client.barrier();
    expect(socket.commands.at(-1)).toEqual({ id: 2, cmd: 'list_subscriptions' });
    socket.send({ type: 'ok', id: 2, msg: [{ channel: 'orderbook_delta', sid: 1 }] });
    await reached;
  });

  test('without an answer is refused once nothing has come for a while, and not while frames still come', async () => {
    const { client, runtime, socket } = await syncedConversation();
    const reached = client.barrier();
    let refusal: unknown;
    reached.catch((error: unknown) => (refusal = error));
    for (let seq = 3; seq < 40; seq++) {
      socket.send(delta(seq, A, '0.4000', '1.00'));
      socket.listener.pong();
      runtime.advance(1000);
    }
    await Promise.resolve();
    expect(refusal).toBeUndefined();
    for (let waitedMs = 0; waitedMs < 20_000; waitedMs += 1000) {
      socket.listener.pong();
      runtime.advance(1000);
    }
    await expect(reached).rejects.toMatchObject({ code: 'NO_ANSWER' });
  });

  test('is refused when the connection ends, when there is none, and after the close', async () => {
    const { client, socket } = await syncedConversation();
    const cut = client.barrier();
    socket.cut();
    await expect(cut).rejects.toMatchObject({ code: 'DISCONNECTED' });
    await expect(client.barrier()).rejects.toMatchObject({ code: 'DISCONNECTED' });
    await client.close();
    await expect(client.barrier()).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

describe('close', () => {
  const moments = ['before start', 'while connecting', 'while subscribing', 'live', 'while waiting'] as const;
  test.each(moments)('%s leaves no socket and no timer', async (moment) => {
    const { client, runtime, sockets, dial } = conversation();
    if (moment !== 'before start') {
      const dialled = dial();
      client.start();
      const socket = await dialled;
      if (moment !== 'while connecting') socket.listener.opened();
      if (moment === 'live') socket.send(subscribed(1), snapshot(1, A), snapshot(2, B));
      if (moment === 'while waiting') socket.cut();
    }
    expect(client.close()).toBe(client.close());
    await client.close();
    expect(runtime.armedTimers).toBe(0);
    expect(sockets.filter(({ open }) => open)).toEqual([]);
    expect(client.status().phase).toBe('closed');
  });

  test('names no hole: nothing was missed until then', async () => {
    const { client, of } = await syncedConversation();
    await client.close();
    expect(of('gap')).toEqual([]);
  });
});

describe('listeners', () => {
  test('that throw are reported and stop neither the others nor the feed', async () => {
    const { client, socket, of } = await syncedConversation();
    const thrown = new Error('listener');
    client.on('delta', () => {
      throw thrown;
    });
    const off = client.on('delta', () => undefined);
    off();
    off();
    socket.send(delta(3, A, '0.4000', '1.00'), delta(4, A, '0.4000', '1.00'));
    expect(of('delta')).toHaveLength(2);
    expect(of('problem').map(({ error }) => [error.code, error.cause])).toEqual([
      ['LISTENER_FAILED', thrown],
      ['LISTENER_FAILED', thrown],
    ]);
  });

  test('of problems that throw are counted, and not told of it for ever', async () => {
    const { client, socket } = await syncedConversation();
    client.on('problem', () => {
      throw new Error('again');
    });
    client.on('delta', () => {
      throw new Error('first');
    });
    socket.send(delta(3, A, '0.4000', '1.00'));
    expect(client.status()).toMatchObject({ listenerFailures: 2, counters: { deltas: 1 } });
  });

  test('that close the client in the middle of a frame get a clean end', async () => {
    const { client, runtime, socket, sockets } = await syncedConversation();
    client.on('delta', () => void client.close());
    socket.send(delta(3, A, '0.4000', '1.00'), delta(4, A, '0.4000', '1.00'));
    await client.close();
    expect(client.status().counters.deltas).toBe(1);
    expect(runtime.armedTimers).toBe(0);
    expect(sockets.every(({ open }) => !open)).toBe(true);
  });
});
