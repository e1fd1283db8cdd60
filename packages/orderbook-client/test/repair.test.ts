import { ManualRuntime } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
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
    expect(of('stale')).toMatchObject([{ epoch: 1, markets: [A, B], reason: 'gap' }]);
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

  test('after another one asks for what is not under way, and not for each gap of a burst', async () => {
    const { client, runtime, socket } = await syncedConversation();
    for (let seq = 6; seq < 206; seq += 2) socket.send(delta(seq, A, '0.4000', '1.00'));
    expect(snapshotRequests(socket)).toEqual([[A, B]]);
    runtime.advance(100);
    socket.send(snapshot(205, A), delta(207, A, '0.4000', '1.00'));
    expect(snapshotRequests(socket)).toEqual([[A, B]]);
    runtime.advance(400);
    expect(snapshotRequests(socket)).toEqual([[A, B], [A]]);
    socket.send(snapshot(208, A), snapshot(209, B));
    runtime.advance(1000);
    expect(snapshotRequests(socket)).toHaveLength(2);
    expect(client.status()).toMatchObject({ synced: 2, counters: { gaps: 101, repairs: 1 } });
  });
});

describe('a clock that is set back', () => {
  test('does not keep broken books from being asked for', async () => {
    const manual = new ManualRuntime();
    let setBackMs = 0;
    const { setTimer, random } = manual;
    const runtime = { setTimer, random, nowMs: () => manual.nowMs() - setBackMs };
    const { client, dial } = conversation({ runtime });
    const dialled = dial();
    client.start();
    const socket = await dialled;
    socket.listener.opened();
    socket.send(subscribed(1), snapshot(1, A), snapshot(2, B), delta(6, A, '0.4000', '1.00'));
    socket.send(snapshot(7, A), snapshot(8, B));
    setBackMs = 3_600_000;
    socket.send(delta(12, A, '0.4000', '1.00'));
    manual.advance(500);
    expect(snapshotRequests(socket)).toHaveLength(2);
  });
});

describe('the repair', () => {
  test('goes from get_snapshot to taking the markets out and in, to a new sid, to a new connection', async () => {
    const it = await syncedConversation();
    const { runtime, socket, client, of } = it;
    const steps = () =>
      socket.commands.slice(1).map((command) => {
        return command.cmd === 'update_subscription' ? command.params.action : command.cmd;
      });
    let seq = 6;
    /** Other frames go on coming, so that the exchange is not silent as a whole. */
    const wait = (untilMore: number): void => {
      for (let waitedMs = 0; steps().length < untilMore && socket.open; waitedMs += 1000) {
        if (waitedMs > 60_000) throw new Error(`no further step after ${steps().join(', ')}`);
        socket.send(delta(++seq, B, '0.2000', '1.00'));
        socket.listener.pong();
        runtime.advance(1000);
      }
    };
    socket.send(delta(6, A, '0.4000', '1.00'));
    expect(steps()).toEqual(['get_snapshot']);
    expect(client.repairOf(A)).toEqual({ step: 'snapshot', number: 0, attempts: 1, nextTryInMs: 10_000 });
    wait(2);
    expect(steps()).toEqual(['get_snapshot', 'delete_markets']);
    expect(client.repairOf(A)).toMatchObject({ step: 'out-and-in', number: 1, attempts: 2 });
    socket.send({ type: 'ok', id: 3, sid: 1, seq: ++seq, msg: { market_tickers: [] } });
    expect(steps()).toEqual(['get_snapshot', 'delete_markets', 'add_markets']);
    socket.send({ type: 'ok', id: 4, sid: 1, seq: ++seq, msg: { market_tickers: [A, B] } });
    wait(4);
    expect(socket.commands.at(-1)).toMatchObject({ cmd: 'unsubscribe', params: { sids: [1] } });
    // What still comes of the old sid is in order, is passed on, and changes no book.
    socket.send(snapshot(++seq, A));
    expect(of('snapshot').at(-1)).toMatchObject({ market: A, applied: false });
    socket.send({ type: 'unsubscribed', id: 5, sid: 1, seq: ++seq });
    expect(socket.commands.at(-1)).toMatchObject({ cmd: 'subscribe', params: { market_tickers: [A, B] } });
    socket.send(subscribed(6, 2));
    expect(client.book(A)).toMatchObject({ synced: false });
    expect(client.repairOf(A)).toMatchObject({ step: 'new-sid', number: 2, attempts: 3 });
    const redialled = it.dial();
    for (let waitedMs = 0; socket.open && waitedMs < 60_000; waitedMs += 1000) {
      socket.send('{"type":"something"}');
      socket.listener.pong();
      runtime.advance(1000);
    }
    runtime.advance(0);
    await redialled;
    expect(client.repairOf(A)).toEqual({ step: 'new-connection', number: 3, attempts: 2, nextTryInMs: null });
    expect(of('problem').map(({ error }) => error.code)).toEqual(['NO_ANSWER', 'NO_ANSWER', 'NO_ANSWER']);
    expect(of('gap')).toMatchObject([
      { sid: 1, firstSeq: 3, lastSeq: 5, cause: 'sequence' },
      { sid: 2, firstSeq: 1, lastSeq: null, cause: 'disconnected' },
    ]);
  });

  test('ends on whichever step brings the books back', async () => {
    const { client, runtime, socket, of } = await syncedConversation();
    socket.send(delta(6, A, '0.4000', '1.00'));
    for (let seq = 7; socket.commands.length < 3; seq++) {
      socket.send(delta(seq, B, '0.2000', '1.00'));
      socket.listener.pong();
      runtime.advance(1000);
    }
    const last = of('delta').at(-1)!.seq;
    socket.send({ type: 'ok', id: 3, sid: 1, seq: last + 1, msg: { market_tickers: [] } });
    socket.send({ type: 'ok', id: 4, sid: 1, seq: last + 2, msg: { market_tickers: [A, B] } });
    socket.send(snapshot(last + 3, A, [['0.1000', '1.00']]), snapshot(last + 4, B));
    expect(client.status()).toMatchObject({ phase: 'live', synced: 2, counters: { repairs: 1 } });
    expect(client.book(A)!.levels('yes')).toEqual([[1000, 100]]);
  });

  test('is left out by an exchange that says nothing at all: that costs the connection', async () => {
    const it = await syncedConversation();
    it.socket.send(delta(6, A, '0.4000', '1.00'));
    const redialled = it.dial();
    for (let waitedMs = 0; it.socket.open && waitedMs < 30_000; waitedMs += 1000) {
      it.socket.listener.pong();
      it.runtime.advance(1000);
    }
    it.runtime.advance(0);
    await redialled;
    expect(it.of('problem')).toMatchObject([{ error: { code: 'NO_ANSWER' } }]);
    expect(it.socket.commands).toHaveLength(2);
  });
});

describe('numbers that start again on a sid', () => {
  test('somewhere in the past are no echo of a frame either', async () => {
    const it = await syncedConversation();
    for (let seq = 3; seq < 20; seq++) it.socket.send(delta(seq, A, '0.4000', '1.00'));
    it.socket.send(delta(5, A, '0.4000', '1.00'), delta(6, A, '0.4000', '1.00'));
    expect(it.socket.open).toBe(true);
    it.socket.send(delta(7, A, '0.4000', '1.00'));
    expect(it.of('problem')).toMatchObject([{ error: { code: 'SEQUENCE_RESET' } }]);
  });

  test('cost the connection, because no count of them can be trusted', async () => {
    const it = await syncedConversation();
    for (let seq = 3; seq < 20; seq++) it.socket.send(delta(seq, A, '0.4000', '1.00'));
    const redialled = it.dial();
    it.socket.send(snapshot(1, A));
    expect(it.of('problem')).toMatchObject([{ error: { code: 'SEQUENCE_RESET' } }]);
    expect(it.client.book(A)!.synced).toBe(false);
    it.runtime.advance(0);
    await redialled;
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
  test('is kept as text, named as a hole, and the book that it is about is asked for again', async () => {
    const { client, socket, of } = await syncedConversation();
    const broken =
      '{"type":"orderbook_delta","sid":1,"seq":3,"msg":{"market_ticker":"KXTEST-26NOV22-A","price_cents":40,"count":5,"side":"yes"}}';
    socket.send(broken, delta(4, A, '0.4000', '1.00'));
    expect(of('unrecognized')).toMatchObject([{ seq: 3, text: broken, reason: expect.stringContaining('price') }]);
    expect(of('gap')).toMatchObject([{ firstSeq: 3, lastSeq: 3, cause: 'violation', market: A }]);
    expect(client.book(A)!.synced).toBe(false);
    expect(client.book(B)!.synced).toBe(true);
    expect(snapshotRequests(socket)).toEqual([[A]]);
  });

  test('and does not say which book it is about costs all of them', async () => {
    const { client, socket, of } = await syncedConversation();
    socket.send('{"type":"orderbook_delta","sid":1,"seq":3,"msg":{}}');
    expect(of('gap')).toMatchObject([{ firstSeq: 3, lastSeq: 3, cause: 'violation', market: null }]);
    expect(client.status().synced).toBe(0);
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
    expect(of('unrecognized')).toMatchObject([{ frameType: 'something_new', seq: 3, reason: null }]);
    expect(client.status().counters.unrecognized).toBe(1);
    expect(client.book(A)!.synced).toBe(true);
    expect(of('gap')).toEqual([]);
  });
});

describe('what is under way for a book', () => {
  test('is nothing while it is synced, or not wanted', async () => {
    const { client } = await syncedConversation();
    expect([client.repairOf(A), client.repairOf('KXOTHER')]).toEqual([null, null]);
  });

  test('is its subscription at first, and nothing before the start', async () => {
    const it = conversation();
    expect(it.client.repairOf(A)).toBeNull();
    const dialled = it.dial();
    it.client.start();
    expect(it.client.repairOf(A)).toEqual({ step: 'new-connection', number: 3, attempts: 1, nextTryInMs: null });
    (await dialled).listener.opened();
    expect(it.client.repairOf(A)).toMatchObject({ step: 'subscribe', number: null, attempts: 1 });
    expect(it.client.repairOf(A)!.nextTryInMs).toBeGreaterThan(0);
  });

  test('is a new connection once that is lost, and when it is tried counts down', async () => {
    const { client, runtime, socket, of, dial } = await syncedConversation();
    // The first try after a loss is made at once, the second waits.
    const redialled = dial();
    socket.cut();
    runtime.advance(0);
    (await redialled).cut();
    const { retryInMs } = of('problem').at(-1)!;
    expect(client.repairOf(A)).toEqual({ step: 'new-connection', number: 3, attempts: 2, nextTryInMs: retryInMs });
    expect(retryInMs).toBeGreaterThan(0);
    runtime.advance(Math.floor(retryInMs! / 2));
    expect(client.repairOf(A)!.nextTryInMs).toBe(retryInMs! - Math.floor(retryInMs! / 2));
  });
});
