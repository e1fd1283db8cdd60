// Reading that is paused for long: the books say so, and are verified before they are called synced again.
import { describe, expect, test } from 'vitest';
import { A, B, delta, snapshot, snapshotRequests, syncedConversation } from './scripted-exchange.ts';

const SECOND = 1000;

const listed = (id: number): string =>
  JSON.stringify({ type: 'ok', id, msg: [{ channel: 'orderbook_delta', sid: 1 }] });

async function pausedFor(ms: number) {
  const it = await syncedConversation();
  it.client.pause();
  it.runtime.advance(ms);
  return it;
}

describe('reading that is paused', () => {
  test('for a moment changes nothing', async () => {
    const it = await pausedFor(500);
    it.client.resume();
    expect(it.of('stale')).toEqual([]);
    expect(it.client.status().synced).toBe(2);
    expect(it.socket.commands).toHaveLength(1);
  });

  test('again and again, each time for a moment, is as good as paused for all of that time', async () => {
    const it = await syncedConversation();
    for (let round = 0; round < 100; round++) {
      it.client.pause();
      it.runtime.advance(900);
      it.client.resume();
      it.runtime.advance(10);
    }
    expect(it.of('stale')).toMatchObject([{ markets: [A, B], reason: 'paused' }]);
    expect(it.client.status().synced).toBe(0);
    const question = it.socket.commands.at(-1)!;
    expect(question.cmd).toBe('list_subscriptions');
    it.socket.send(delta(3, A, '0.4000', '1.00'), listed(question.id));
    expect(it.client.status().synced).toBe(2);
    it.runtime.advance(5 * SECOND);
    expect(it.of('stale')).toHaveLength(1);
  });

  test('for a moment is asked about a second later, in time to leave the books as they are', async () => {
    const it = await pausedFor(500);
    it.client.resume();
    it.runtime.advance(SECOND);
    const question = it.socket.commands.at(-1)!;
    expect(question.cmd).toBe('list_subscriptions');
    it.socket.send(listed(question.id));
    it.runtime.advance(5 * SECOND);
    expect(it.of('stale')).toEqual([]);
    expect(it.of('verified')).toEqual([]);
    expect(it.socket.commands.filter(({ cmd }) => cmd === 'list_subscriptions')).toHaveLength(1);
  });

  test('for a moment, with more to be read than a second takes, makes the books stale until it is read', async () => {
    const it = await pausedFor(500);
    it.client.resume();
    it.runtime.advance(2 * SECOND);
    expect(it.of('stale')).toMatchObject([{ markets: [A, B], reason: 'paused' }]);
    it.socket.send(listed(it.socket.commands.at(-1)!.id));
    expect(it.client.status().synced).toBe(2);
  });

  test('for long makes the books stale, once', async () => {
    const it = await pausedFor(60 * SECOND);
    expect(it.of('stale')).toMatchObject([{ markets: [A, B], reason: 'paused' }]);
    expect(it.client.book(A)).toMatchObject({ synced: false, staleReason: 'paused' });
    expect(it.of('problem')).toEqual([]);
  });

  test('is followed by one question; what was waiting is read in order and not lost', async () => {
    const it = await pausedFor(60 * SECOND);
    it.client.resume();
    const question = it.socket.commands.at(-1)!;
    expect(question.cmd).toBe('list_subscriptions');
    it.socket.send(delta(3, A, '0.4000', '1.00'), snapshot(4, B, [['0.1000', '1.00']]));
    expect(it.client.status().synced).toBe(0);
    expect(it.of('delta').at(-1)).toMatchObject({ applied: true });
    let woken = false;
    const synced = it.client.whenSynced().then(() => (woken = true));
    it.socket.send(delta(5, A, '0.4000', '1.00'), listed(question.id));
    await synced;
    expect(woken).toBe(true);
    expect(it.of('verified')).toMatchObject([{ markets: [A, B] }]);
    expect(it.client.book(A)!.sizeAt('yes', 4000)).toBe(1200);
    expect(it.client.book(B)!.levels('yes')).toEqual([[1000, 100]]);
    expect(snapshotRequests(it.socket)).toEqual([]);
  });

  test('with a hole in what was waiting is repaired', async () => {
    const it = await pausedFor(60 * SECOND);
    it.client.resume();
    const question = it.socket.commands.at(-1)!;
    it.socket.send(delta(5, A, '0.4000', '1.00'), listed(question.id));
    expect(it.client.status().synced).toBe(0);
    expect(snapshotRequests(it.socket)).toEqual([[A, B]]);
    it.socket.send(snapshot(6, A), snapshot(7, B));
    expect(it.client.status().synced).toBe(2);
  });

  test('and again before the answer: the answer to the first question proves nothing', async () => {
    const it = await pausedFor(60 * SECOND);
    it.client.resume();
    const first = it.socket.commands.at(-1)!;
    it.client.pause();
    it.runtime.advance(60 * SECOND);
    it.client.resume();
    const second = it.socket.commands.at(-1)!;
    expect(second.id).toBeGreaterThan(first.id);
    it.socket.send(listed(first.id));
    expect(it.client.status().synced).toBe(0);
    it.socket.send(listed(second.id));
    expect(it.client.status().synced).toBe(2);
  });

  test('whose question is not answered costs the connection, counted from the resuming', async () => {
    const it = await pausedFor(3600 * SECOND);
    it.client.resume();
    it.runtime.advance(9 * SECOND);
    expect(it.socket.open).toBe(true);
    for (let waited = 0; waited < 30 && it.socket.open; waited++) {
      it.socket.listener.pong();
      it.runtime.advance(SECOND);
    }
    expect(it.socket.open).toBe(false);
    expect(it.of('problem')[0]!.error.code).toBe('NO_ANSWER');
  });

  test('while a book is being repaired leaves nobody waiting for ever', async () => {
    const it = await syncedConversation();
    it.socket.send(delta(3, A, '0.4000', '-99.00'));
    it.client.pause();
    it.runtime.advance(60 * SECOND);
    expect(it.client.book(A)!.staleReason).toBe('desync');
    it.client.resume();
    const question = it.socket.commands.at(-1)!;
    it.socket.send(snapshot(4, A), listed(question.id));
    expect(it.client.status().synced).toBe(2);
  });
});

test('a cut ends the waiting for an answer', async () => {
  const it = await pausedFor(60 * SECOND);
  const redialled = it.dial();
  it.socket.cut();
  it.runtime.advance(0);
  await redialled;
  it.client.resume();
  expect(it.client.book(A)!.staleReason).toBe('disconnected');
  await it.client.close();
  expect(it.runtime.armedTimers).toBe(0);
});
