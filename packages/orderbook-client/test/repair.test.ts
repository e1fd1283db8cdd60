import { describe, expect, test } from 'vitest';
import { A, B, delta, snapshot, snapshotRequests, syncedConversation } from './scripted-exchange.ts';

describe('sequence numbers', () => {
  test('count per sid over all markets, so interleaved markets are no gap', async () => {
    const { client, socket, of } = await syncedConversation();
    socket.send(delta(3, A, '0.4000', '1.00'), delta(4, B, '0.3000', '2.00'), delta(5, A, '0.4000', '1.00'));
    expect(of('gap')).toEqual([]);
    expect(client.book(A)!.sizeAt('yes', 4000)).toBe(1200);
  });

  test('are used up by "ok" frames too', async () => {
    const { socket, of } = await syncedConversation();
    socket.send({ type: 'ok', id: 99, sid: 1, seq: 3, msg: { market_tickers: [A, B] } }, delta(4, A, '0.4000', '1.00'));
    expect(of('gap')).toEqual([]);
    expect(of('control').at(-1)).toMatchObject({ frameType: 'ok', seq: 3 });
  });

  test('that were seen before change nothing', async () => {
    const { client, socket, of } = await syncedConversation();
    socket.send(delta(3, A, '0.4000', '1.00'), delta(3, A, '0.4000', '1.00'), snapshot(2, A));
    expect(client.book(A)!.sizeAt('yes', 4000)).toBe(1100);
    expect(client.status().counters).toMatchObject({ duplicates: 2, deltas: 1 });
    expect(of('delta')).toHaveLength(1);
  });
});

describe('a gap', () => {
  test('is named with its numbers and makes every book of the sid stale', async () => {
    const { client, socket, of } = await syncedConversation();
    socket.send(delta(6, A, '0.4000', '1.00'));
    expect(of('gap')).toMatchObject([{ epoch: 1, sid: 1, firstSeq: 3, lastSeq: 5, cause: 'sequence' }]);
    expect(client.book(A)).toMatchObject({ synced: false, staleReason: 'gap' });
    expect(client.book(B)).toMatchObject({ synced: false, staleReason: 'gap' });
  });

  test('keeps a book stale, and its deltas unapplied, until that market has a new snapshot', async () => {
    const { client, socket, of } = await syncedConversation();
    socket.send(delta(6, A, '0.4000', '1.00'), delta(7, A, '0.4100', '3.00'));
    expect(of('delta').map(({ applied }) => applied)).toEqual([false, false]);
    expect(client.book(A)!.sizeAt('yes', 4100)).toBe(0);

    socket.send(snapshot(8, A, [['0.2000', '7.00']]), delta(9, A, '0.2000', '-1.00'), delta(10, B, '0.2000', '1.00'));
    expect(client.book(A)!.synced).toBe(true);
    expect(client.book(A)!.levels('yes')).toEqual([[2000, 600]]);
    expect(client.book(B)!.synced).toBe(false);
  });

  test('asks at once for every stale book, in chunks', async () => {
    const { socket } = await syncedConversation({ marketsPerCommand: 1 });
    socket.send(delta(6, A, '0.4000', '1.00'));
    expect(snapshotRequests(socket)).toEqual([[A], [B]]);
  });

  test('seen on a snapshot still costs the other markets their books', async () => {
    const { client, socket } = await syncedConversation();
    socket.send(snapshot(5, A, [['0.2000', '7.00']]));
    expect(client.book(A)!.synced).toBe(true);
    expect(client.book(B)!.synced).toBe(false);
    expect(snapshotRequests(socket)).toEqual([[B]]);
  });

  test('without an answer is asked for again, and then costs the connection', async () => {
    const { runtime, socket, sockets, of, dial } = await syncedConversation();
    socket.send(delta(6, A, '0.4000', '1.00'));
    for (let seq = 7; snapshotRequests(socket).length < 3; seq++) {
      socket.send(delta(seq, A, '0.4000', '1.00'));
      socket.listener.pong();
      runtime.advance(1000);
    }
    const redialled = dial();
    for (let seq = 100; socket.open; seq++) {
      socket.send(delta(seq, A, '0.4000', '1.00'));
      socket.listener.pong();
      runtime.advance(1000);
    }
    runtime.advance(0);
    await redialled;
    expect(sockets).toHaveLength(2);
    expect(of('problem').at(-1)!.error.code).toBe('NO_ANSWER');
  });
});

describe('a book that breaks an invariant', () => {
  test.each([
    ['a level below zero', delta(3, A, '0.4000', '-10.01')],
    ['crossed sides', delta(3, A, '0.4500', '1.00')],
  ])('by %s is stale, reported and asked for, and its neighbour is not', async (_name, breach) => {
    const { client, socket, of } = await syncedConversation();
    socket.send(breach);
    expect(client.book(A)).toMatchObject({ synced: false, staleReason: 'desync' });
    expect(client.book(B)!.synced).toBe(true);
    expect(of('problem')).toMatchObject([{ error: { code: 'BOOK_DESYNCED', market: A } }]);
    expect(snapshotRequests(socket)).toEqual([[A]]);
  });
});

describe('an unasked empty snapshot, as at the close of a market', () => {
  test('empties the book and is no gap', async () => {
    const { client, socket, of } = await syncedConversation();
    socket.send(snapshot(3, A));
    expect(client.book(A)).toMatchObject({ synced: true });
    expect(client.book(A)!.levels('yes')).toEqual([]);
    expect(of('gap')).toEqual([]);
  });
});

describe('a frame that cannot be read', () => {
  test('is kept as text, named as a hole, and every book of its sid is asked for again', async () => {
    const { client, socket, of } = await syncedConversation();
    const broken =
      '{"type":"orderbook_delta","sid":1,"seq":3,"msg":{"market_ticker":"KXTEST-26NOV22-A","price_cents":40,"count":5,"side":"yes"}}';
    socket.send(broken, delta(4, A, '0.4000', '1.00'));
    expect(of('control').at(-1)).toMatchObject({ seq: 3, text: broken });
    expect(of('gap')).toMatchObject([{ firstSeq: 3, lastSeq: 3, cause: 'violation' }]);
    expect(client.book(A)!.synced).toBe(false);
    expect(snapshotRequests(socket)).toEqual([[A, B]]);
  });

  test('and has no number shows as a gap when the next one comes', async () => {
    const { socket, of } = await syncedConversation();
    socket.send('{"type":"orderbook_del', delta(4, A, '0.4000', '1.00'));
    expect(of('problem')[0]!.error.code).toBe('PROTOCOL_VIOLATION');
    expect(of('gap')).toMatchObject([{ firstSeq: 3, lastSeq: 3, cause: 'sequence' }]);
  });

  test('but is of an unknown type is passed on and disturbs nothing', async () => {
    const { client, socket, of } = await syncedConversation();
    socket.send('{"type":"something_new","sid":1,"seq":3,"msg":{}}', delta(4, A, '0.4000', '1.00'));
    expect(of('control').at(-1)).toMatchObject({ frameType: 'something_new', seq: 3 });
    expect(client.status().counters.unrecognized).toBe(1);
    expect(client.book(A)!.synced).toBe(true);
    expect(of('gap')).toEqual([]);
  });
});
