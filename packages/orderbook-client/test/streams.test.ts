import { describe, expect, test, vi } from 'vitest';
import type { OrderbookEvent } from '../src/index.ts';
import { A, conversation, delta, snapshot, syncedConversation } from './scripted-exchange.ts';

describe('events()', () => {
  test('gives what listeners get, in order, until the client is closed', async () => {
    const { client, socket, events } = await syncedConversation();
    const stream = client.events();
    const seen = events.length;
    socket.send(delta(3, A, '0.4000', '1.00'), delta(5, A, '0.4000', '1.00'), snapshot(6, A));
    await client.close();
    const read: OrderbookEvent[] = [];
    for await (const event of stream) read.push(event);
    expect(read).toEqual(events.slice(seen));
    expect(read.map(({ type }) => type)).toEqual(['delta', 'gap', 'stale', 'delta', 'snapshot', 'stale', 'status']);
  });

  test('wakes a reader that waits', async () => {
    const { client, socket } = await syncedConversation();
    const waiting = client.events().next();
    socket.send(delta(3, A, '0.4000', '1.00'));
    expect((await waiting).value).toMatchObject({ type: 'delta', seq: 3 });
  });

  test('that are not read fast enough end with an error, after what was queued', async () => {
    const { client, socket } = await syncedConversation();
    const stream = client.events({ maxQueued: 2 });
    for (let seq = 3; seq < 8; seq++) socket.send(delta(seq, A, '0.4000', '1.00'));
    expect((await stream.next()).value).toMatchObject({ seq: 3 });
    expect((await stream.next()).value).toMatchObject({ seq: 4 });
    await expect(stream.next()).rejects.toMatchObject({ code: 'QUEUE_OVERFLOW' });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test('with overflow: pause stop the reading of the socket, and lose nothing', async () => {
    const { client, socket } = await syncedConversation();
    const stream = client.events({ maxQueued: 4, overflow: 'pause' });
    for (let seq = 3; seq < 9; seq++) socket.send(delta(seq, A, '0.4000', '1.00'));
    expect(socket.reading).toBe(false);
    const seqs: unknown[] = [];
    for (let i = 0; i < 6; i++) seqs.push(((await stream.next()).value as { seq: number }).seq);
    expect(seqs).toEqual([3, 4, 5, 6, 7, 8]);
    expect(socket.reading).toBe(true);
  });

  test('leaving the loop ends it and lets the socket be read again', async () => {
    const { client, socket } = await syncedConversation();
    const stream = client.events({ maxQueued: 1, overflow: 'pause' });
    socket.send(delta(3, A, '0.4000', '1.00'), delta(4, A, '0.4000', '1.00'));
    expect(socket.reading).toBe(false);
    for await (const event of stream) {
      expect(event).toMatchObject({ seq: 3 });
      break;
    }
    expect(socket.reading).toBe(true);
    socket.send(delta(5, A, '0.4000', '1.00'));
    expect(socket.reading).toBe(true);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test('two pauses need two resumes: the caller’s own one holds', async () => {
    const { client, socket } = await syncedConversation();
    const stream = client.events({ maxQueued: 1, overflow: 'pause' });
    socket.send(delta(3, A, '0.4000', '1.00'));
    client.pause();
    await stream.next();
    expect(socket.reading).toBe(false);
    client.resume();
    expect(socket.reading).toBe(true);
  });

  test('end with the reason of their signal, before and while they are read', async () => {
    const { client } = await syncedConversation();
    const reason = new Error('enough');
    await expect(client.events({ signal: AbortSignal.abort(reason) }).next()).rejects.toBe(reason);
    const abort = new AbortController();
    const waiting = client.events({ signal: abort.signal }).next();
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  test('of a closed client are none', async () => {
    const { client } = await syncedConversation();
    await client.close();
    expect(await client.events().next()).toEqual({ done: true, value: undefined });
  });
});

describe('whenSynced', () => {
  test('resolves at once when every wanted book is synced, and otherwise with the last snapshot', async () => {
    const { client, socket } = await syncedConversation();
    await client.whenSynced();
    socket.send(delta(9, A, '0.4000', '1.00'));
    let synced = false;
    const waiting = client.whenSynced().then(() => (synced = true));
    socket.send(snapshot(10, A));
    await Promise.resolve();
    expect(synced).toBe(false);
    socket.send(snapshot(11, 'KXTEST-26NOV22-B'));
    await waiting;
  });

  test('rejects at its time limit, by its signal and with the close, and leaves no timer', async () => {
    const { client, runtime } = conversation();
    const late = client.whenSynced({ timeoutMs: 500 });
    runtime.advance(500);
    await expect(late).rejects.toMatchObject({ code: 'NOT_SYNCED' });
    const abort = new AbortController();
    const aborted = client.whenSynced({ signal: abort.signal, timeoutMs: 500 });
    abort.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    const closed = client.whenSynced();
    await client.close();
    await expect(closed).rejects.toMatchObject({ code: 'CLOSED' });
    expect(runtime.armedTimers).toBe(0);
  });
});

test('an event costs the same however many wait: no list is moved', async () => {
  const { client, socket } = await syncedConversation();
  const stream = client.events({ maxQueued: 100_000 });
  const count = 20_000;
  for (let seq = 3; seq < 3 + count; seq++) socket.send(delta(seq, A, '0.4000', '1.00'));
  const moves = vi.spyOn(Array.prototype, 'shift');
  let read = 0;
  for await (const event of stream) {
    expect(event.type).toBe('delta');
    if (++read === count) break;
  }
  expect(moves.mock.instances.filter((list) => (list as unknown[]).length > 100)).toEqual([]);
  moves.mockRestore();
});
