// What a bot's author reaches for: waiting, filtering, the top of a book, the grid of its prices.
import { describe, expect, test, vi } from 'vitest';
import type { OrderbookClientError, OrderbookEvent, TopOfBook } from '../src/index.ts';
import { A, B, conversation, delta, snapshot, subscribed, syncedConversation } from './scripted-exchange.ts';

const reason = new Error('enough');

describe('on()', () => {
  test('ends with its signal, and does not begin with one that is aborted', async () => {
    const { client, socket } = await syncedConversation();
    const heard = vi.fn<(event: unknown) => void>();
    const abort = new AbortController();
    client.on('delta', heard, { signal: abort.signal });
    client.on('delta', heard, { signal: AbortSignal.abort() });
    socket.send(delta(3, A, '0.4000', '1.00'));
    abort.abort();
    socket.send(delta(4, A, '0.4000', '1.00'));
    expect(heard).toHaveBeenCalledOnce();
  });
});

describe('events()', () => {
  test('of some types and markets leave out the others, but not what belongs to no market', async () => {
    const { client, socket } = await syncedConversation();
    const stream = client.events({ markets: [B] });
    const deltas = client.events({ types: ['delta', 'status', 'delta'], markets: [A] });
    socket.send(delta(3, A, '0.4000', '1.00'), delta(4, B, '0.4000', '1.00'));
    await client.close();
    const types = async (events: AsyncIterable<OrderbookEvent>): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for await (const event of events) seen.push('market' in event ? [event.type, event.market] : event.type);
      return seen;
    };
    expect(await types(stream)).toEqual([['delta', B], 'stale', 'status']);
    expect(await types(deltas)).toEqual([['delta', A], 'status']);
  });

  test('of a market have the stale events that name it', async () => {
    const { client, socket } = await syncedConversation({ markets: [A, B] });
    const stream = client.events({ types: ['stale'], markets: [B] });
    const none = client.events({ types: ['stale'], markets: ['KXOTHER'] });
    socket.cut();
    await client.close();
    expect((await stream.next()).value).toMatchObject({ type: 'stale', markets: [A, B] });
    expect(await none.next()).toEqual({ done: true, value: undefined });
  });
});

describe('waitFor()', () => {
  test('resolves with the first event that fits', async () => {
    const { client, socket } = await syncedConversation();
    const waiting = client.waitFor((event) => event.type === 'delta' && event.seq === 4);
    socket.send(delta(3, A, '0.4000', '1.00'), delta(4, A, '0.4000', '2.00'), delta(5, A, '0.4000', '3.00'));
    expect(await waiting).toMatchObject({ type: 'delta', seq: 4 });
  });

  test('ends with its time, its signal, the close and what the predicate throws, and leaves nothing behind', async () => {
    const { client, runtime, socket } = await syncedConversation();
    const timers = runtime.armedTimers;
    const late = client.waitFor(() => false, { timeoutMs: 50 });
    runtime.advance(50);
    await expect(late).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
    const abort = new AbortController();
    const aborted = client.waitFor(() => false, { signal: abort.signal, timeoutMs: 50 });
    abort.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await expect(client.waitFor(() => true, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const thrown = client.waitFor(() => {
      throw reason;
    });
    socket.send(delta(3, A, '0.4000', '1.00'));
    await expect(thrown).rejects.toBe(reason);
    const asynchronous = client.waitFor((async () => Promise.resolve(false)) as never);
    socket.send(delta(4, A, '0.4000', '1.00'));
    await expect(asynchronous).rejects.toThrow('must answer at once');
    expect(client.status().listenerFailures).toBe(0);
    expect(runtime.armedTimers).toBe(timers);
    const closed = client.waitFor(() => false);
    await client.close();
    await expect(closed).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(client.waitFor(() => true)).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

describe('whenSynced(markets)', () => {
  test('waits for these books alone', async () => {
    const { client, dial } = conversation();
    client.start();
    const socket = await dial();
    socket.listener.opened();
    const one = client.whenSynced([A]);
    const both = client.whenSynced([A, B], {});
    socket.send(subscribed(1), snapshot(1, A));
    expect(await one).toBeUndefined();
    await client.whenSynced([A]);
    await client.whenSynced([]);
    socket.send(snapshot(2, B));
    await both;
  });

  test('is refused for a market that is not wanted, and ends when it no longer is', async () => {
    const { client } = conversation();
    await expect(client.whenSynced(['KXOTHER'])).rejects.toMatchObject({ code: 'NOT_WANTED' });
    await expect(client.whenSynced('KXOTHER' as never)).rejects.toThrow('must be a list');
    const waiting = client.whenSynced([A]);
    client.removeMarkets([A]);
    await expect(waiting).rejects.toThrow(A);
    await client.close();
  });

  test('does not look at all of thousands of books at each event', async () => {
    const markets = Array.from({ length: 3000 }, (_, index) => `KX-${index}`);
    const { client, dial } = conversation({ markets, marketsPerCommand: 5000 });
    client.start();
    const socket = await dial();
    socket.listener.opened();
    socket.send(subscribed(1));
    const looks = vi.spyOn(client, 'book');
    const waiting = client.whenSynced(markets);
    for (const [index, market] of markets.entries()) socket.send(snapshot(index + 1, market));
    expect(await waiting).toBeUndefined();
    expect(looks.mock.calls.length).toBeLessThan(10 * markets.length);
    await client.close();
  });

  test('waits until all of them are right at the same time', async () => {
    const { client, dial } = conversation();
    client.start();
    const socket = await dial();
    socket.listener.opened();
    let over = false;
    const waiting = client.whenSynced([A, B]).then(() => (over = true));
    socket.send(subscribed(1), snapshot(1, A), delta(2, A, '0.4000', '-1.00'), snapshot(3, B));
    await new Promise((resolve) => setImmediate(resolve));
    expect([over, client.book(A)?.synced, client.book(B)?.synced]).toEqual([false, false, true]);
    socket.send(snapshot(4, A));
    expect(await waiting).toBe(true);
    await client.close();
  });

  test('resolves when the last book that is missing is removed', async () => {
    const { client, dial } = conversation();
    client.start();
    const socket = await dial();
    socket.listener.opened();
    socket.send(subscribed(1), snapshot(1, A));
    const waiting = client.whenSynced();
    client.removeMarkets([B]);
    expect(await waiting).toBeUndefined();
    await client.close();
  });
});

describe('watchTop()', () => {
  const top = (value: unknown): unknown => {
    const { bidPrice, bidSize, askPrice, askSize, synced } = value as TopOfBook;
    return [bidPrice, bidSize, askPrice, askSize, synced];
  };

  test('tells what the top is, and what it becomes, and nothing of deeper levels', async () => {
    const { client, socket } = await syncedConversation();
    const tops = client.watchTop(A);
    expect(top((await tops.next()).value)).toEqual([4000, 1000, 4500, 500, true]);
    const next = tops.next();
    socket.send(delta(3, A, '0.3000', '1.00'), delta(4, A, '0.4100', '2.00'));
    expect(top((await next).value)).toEqual([4100, 200, 4500, 500, true]);
  });

  test('gives a slow reader the latest alone, and nothing if it is as before', async () => {
    const { client, socket } = await syncedConversation();
    const tops = client.watchTop(A);
    await tops.next();
    for (let seq = 3; seq < 1000; seq++) socket.send(delta(seq, A, '0.4000', '1.00'));
    expect(top((await tops.next()).value)).toEqual([4000, 100_700, 4500, 500, true]);
    socket.send(delta(1000, A, '0.4100', '1.00'), delta(1001, A, '0.4100', '-1.00'));
    let more = false;
    const waiting = tops.next().then(({ value }) => {
      more = true;
      return value;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(more).toBe(false);
    socket.send(delta(1002, A, '0.5500', '-5.00', 'no'));
    expect(top(await waiting)).toEqual([4000, 100_700, null, 0, true]);
  });

  test('says when the book is not to be traded on, and when it is again', async () => {
    const { client, socket } = await syncedConversation();
    const tops = client.watchTop(A);
    await tops.next();
    socket.send(delta(4, A, '0.4000', '1.00'));
    expect((await tops.next()).value).toMatchObject({ synced: false, staleReason: 'gap', bidPrice: 4000 });
    socket.send(snapshot(5, A, [['0.4000', '10.00']], [['0.5500', '5.00']]));
    expect((await tops.next()).value).toMatchObject({ synced: true, staleReason: null });
  });

  test('tells nothing of a book before it is right', async () => {
    const { client, dial } = conversation();
    client.start();
    const first = client.watchTop(A).next();
    const socket = await dial();
    socket.listener.opened();
    socket.send(subscribed(1), snapshot(1, A));
    expect((await first).value).toMatchObject({ market: A, synced: true, bidPrice: null, askPrice: null });
  });

  test('ends with the loop, the signal, the market and the client', async () => {
    const { client } = await syncedConversation();
    for await (const { market } of client.watchTop(A)) {
      expect(market).toBe(A);
      break;
    }
    const abort = new AbortController();
    const aborted = client.watchTop(A, { signal: abort.signal });
    await aborted.next();
    const waiting = aborted.next();
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(await aborted.next()).toEqual({ done: true, value: undefined });
    await expect(client.watchTop(A, { signal: abort.signal }).next()).rejects.toBe(reason);

    const ofB = client.watchTop(B);
    await ofB.next();
    const gone = ofB.next();
    client.removeMarkets([B]);
    expect(await gone).toEqual({ done: true, value: undefined });
    const ofA = client.watchTop(A);
    await ofA.next();
    const end = ofA.next();
    await client.close();
    expect((await end).value).toMatchObject({ synced: false, staleReason: 'disconnected' });
    expect(await ofA.next()).toEqual({ done: true, value: undefined });
  });

  test('of a closed client is over', async () => {
    const { client } = await syncedConversation();
    await client.close();
    expect(await client.watchTop(A).next()).toEqual({ done: true, value: undefined });
  });

  test('is refused for a market that is not wanted', async () => {
    const { client } = await syncedConversation();
    expect(() => client.watchTop('KXOTHER')).toThrow(expect.objectContaining({ code: 'NOT_WANTED' }));
  });
});

describe('a book', () => {
  test('has a spread and twice its mid, as whole numbers', async () => {
    const { client, socket } = await syncedConversation();
    const book = client.book(A)!;
    expect([book.spread(), book.midTimesTwo('yes'), book.midTimesTwo('no')]).toEqual([500, 8500, 11_500]);
    socket.send(delta(3, A, '0.4050', '1.00'));
    expect([book.spread(), book.midTimesTwo('yes')]).toEqual([450, 8550]);
    expect([book.copy().spread(), book.copy().midTimesTwo('no')]).toEqual([450, 11_450]);
    socket.send(delta(4, A, '0.5500', '-5.00', 'no'));
    expect([book.spread(), book.midTimesTwo('yes'), client.book(B)!.spread()]).toEqual([NaN, NaN, NaN]);
  });

  const RANGES = [
    { start: 0, end: 1000, step: 10 },
    { start: 1000, end: 10_000, step: 100 },
  ];

  test('knows its grid from the caller, and no grid before', async () => {
    const { client } = await syncedConversation();
    const book = client.book(A)!;
    expect([book.tickSize, book.priceRanges]).toEqual([null, null]);
    client.setPriceRanges(A, RANGES);
    expect([book.tickSize, book.priceRanges]).toEqual([10, RANGES]);
    expect([book.copy().tickSize, book.copy().priceRanges]).toEqual([10, RANGES]);
    expect(() => client.setPriceRanges('KXOTHER', RANGES)).toThrow(expect.objectContaining({ code: 'NOT_WANTED' }));
    for (const wrong of [null, [], {}, [null], [{ start: 0, end: 1, step: 0 }], [{ start: '0', end: 1, step: 1 }]]) {
      expect(() => client.setPriceRanges(A, wrong as never)).toThrow(TypeError);
    }
    expect(book.tickSize).toBe(10);
  });

  const lifecycle = (market: string, change: string, step: string) =>
    JSON.stringify({
      type: 'market_lifecycle_v2',
      sid: 2,
      msg: {
        market_ticker: market,
        event_type: change,
        price_level_structure: 'some',
        price_ranges: [{ start: '0.0000', end: '1.0000', step }],
      },
    });

  test('knows its grid from lifecycle events, also one that a listener adds when it is made', async () => {
    const { client, socket } = await syncedConversation({ channels: { market_lifecycle_v2: 'all' } });
    socket.send(JSON.stringify({ type: 'subscribed', id: 2, msg: { channel: 'market_lifecycle_v2', sid: 2 } }));
    const atEvent: unknown[] = [];
    client.on('market-lifecycle', ({ market, change }) => {
      atEvent.push(client.book(market)?.tickSize);
      if (change === 'created') client.addMarkets([market]);
    });
    socket.send(lifecycle(A, 'price_level_structure_updated', '0.0100'), lifecycle('KXNEW', 'created', '0.0010'));
    expect(atEvent).toEqual([100, undefined]);
    await Promise.resolve();
    expect([client.book(A)?.tickSize, client.book('KXNEW')?.tickSize]).toEqual([100, 10]);
  });
});

describe('reconnect()', () => {
  test('redials at once: from an open connection, from a dial that hangs, and while it waits', async () => {
    const { client, socket, dial, runtime, of } = await syncedConversation();
    const redial = async (): Promise<{ cut(): void }> => {
      runtime.advance(1000);
      const next = dial();
      client.reconnect();
      return next;
    };
    await redial();
    expect(socket.open).toBe(false);
    expect(of('problem')[0]!.error).toMatchObject({ code: 'DISCONNECTED' } satisfies Partial<OrderbookClientError>);
    const hanging = await redial();
    hanging.cut();
    expect(client.status().phase).toBe('waiting');
    await redial();
    expect(client.status().phase).toBe('connecting');
    await client.close();
    client.reconnect();
    expect(client.status().phase).toBe('closed');
    expect(runtime.armedTimers).toBe(0);
  });

  test.each(['problem', 'status'] as const)(
    'that every %s asks for dials once a second, not without end',
    async (type) => {
      const { client, sockets, runtime, socket, dial } = await syncedConversation();
      client.on(type, () => client.reconnect());
      const next = dial();
      socket.cut();
      await next;
      for (let turn = 0; turn < 100; turn++) {
        sockets.at(-1)!.cut();
        for (let wait = 0; wait < 20; wait++) await Promise.resolve();
        runtime.advance(10);
      }
      // The first, the one asked for, the usual tries within the second, and the next one asked for.
      expect(sockets.length).toBeLessThan(9);
      await client.close();
    },
  );

  test('does nothing before the start', () => {
    const { client, of } = conversation();
    client.reconnect();
    expect([client.status().phase, of('status')]).toEqual(['idle', []]);
  });

  test('may be called by a listener', async () => {
    const { client, socket, dial } = await syncedConversation();
    client.on('delta', () => client.reconnect('from within'));
    const next = dial();
    socket.send(delta(3, A, '0.4000', '1.00'));
    await next;
    expect(client.status().phase).toBe('connecting');
    await client.close();
  });
});
