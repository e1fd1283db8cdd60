import { describe, expect, test } from 'vitest';
import type { WireFrame } from '../src/wire.ts';
import { A, B, delta, snapshot, snapshotRequests, syncedConversation } from './scripted-exchange.ts';

const audited = () => syncedConversation({ auditIntervalMs: 10_000 });
const bookOfA = (seq: number, size = '10.00'): WireFrame => snapshot(seq, A, [['0.4000', size]], [['0.5500', '5.00']]);

/** Lets time pass until the next question is out; pings are answered. */
function untilAsked({ runtime, socket }: Awaited<ReturnType<typeof audited>>): void {
  const before = snapshotRequests(socket).length;
  for (let waitedMs = 0; snapshotRequests(socket).length === before; waitedMs += 500) {
    if (waitedMs > 60_000) throw new Error('nothing was asked');
    runtime.advance(500);
    socket.listener.pong();
  }
}

describe('an audit', () => {
  test('asks for one book after the other, round and round', async () => {
    const it = await audited();
    let seq = 2;
    for (let i = 0; i < 4; i++) {
      untilAsked(it);
      const [market] = snapshotRequests(it.socket).at(-1)!;
      it.socket.send(market === A ? bookOfA(++seq) : snapshot(++seq, B));
    }
    expect(snapshotRequests(it.socket)).toEqual([[A], [B], [A], [B]]);
  });

  test('that finds the book equal is counted and changes nothing', async () => {
    const it = await audited();
    untilAsked(it);
    it.socket.send(delta(3, A, '0.4000', '1.00'), bookOfA(4, '11.00'));
    expect(it.client.status().counters).toMatchObject({ audited: 1, desyncs: 0 });
    expect(it.of('audited')).toMatchObject([{ market: A, differences: 0, atMs: it.runtime.nowMs() }]);
    expect(it.of('problem')).toEqual([]);
    expect(it.connection()).toMatchObject({ phase: 'live', pendingCommands: 0 });
  });

  test('that finds it wrong reports the difference and takes the exchange’s book', async () => {
    const it = await audited();
    untilAsked(it);
    it.socket.send(snapshot(3, A, [['0.4000', '9.00']]));
    expect(it.of('problem')).toMatchObject([{ error: { code: 'BOOK_DESYNCED', market: A } }]);
    expect(it.of('audited')).toMatchObject([{ market: A, differences: 2 }]);
    expect(it.of('problem')[0]!.error.message).toMatch(/2 levels .*yes 0\.4000: 10\.00 here, 9\.00 there/);
    expect(it.client.book(A)!.levels('yes')).toEqual([[4000, 900]]);
    expect(it.client.book(A)!.synced).toBe(true);
    expect(it.client.status().counters).toMatchObject({ audited: 0, desyncs: 1 });
  });

  test('is not answered by the empty snapshot of a market that closes', async () => {
    const it = await audited();
    untilAsked(it);
    it.socket.send(snapshot(3, A));
    expect(it.of('problem')).toEqual([]);
    expect(it.client.status().counters.audited).toBe(0);
    it.socket.send({ ...snapshot(4, A), id: 2 } as WireFrame);
    expect(it.client.status().counters).toMatchObject({ audited: 1, desyncs: 0 });
  });

  test('is not answered by the answer to another command', async () => {
    const it = await audited();
    untilAsked(it);
    it.socket.send({ ...snapshot(3, A, [['0.1000', '1.00']]), id: 77 } as WireFrame);
    expect(it.client.status().counters).toMatchObject({ audited: 0, desyncs: 0 });
  });

  test('without an answer makes the book stale and asks again, and then costs the connection', async () => {
    const it = await audited();
    untilAsked(it);
    for (let waitedMs = 0; waitedMs < 11_000; waitedMs += 1000) {
      it.runtime.advance(1000);
      it.socket.listener.pong();
    }
    expect(it.client.book(A)).toMatchObject({ synced: false, staleReason: 'unanswered' });
    expect(it.client.book(B)!.synced).toBe(true);
    const redialled = it.dial();
    for (let waitedMs = 0; it.socket.open && waitedMs < 120_000; waitedMs += 1000) {
      it.runtime.advance(1000);
      it.socket.listener.pong();
    }
    it.runtime.advance(0);
    await redialled;
    expect(it.of('problem').at(-1)!.error.code).toBe('NO_ANSWER');
  });

  test('is given up with the connection and starts again on the next one', async () => {
    const it = await audited();
    untilAsked(it);
    const redialled = it.dial();
    it.socket.cut();
    it.runtime.advance(0);
    await redialled;
    it.runtime.advance(9000);
    expect(it.of('problem').map(({ error }) => error.code)).toEqual(['DISCONNECTED']);
    await it.client.close();
    expect(it.runtime.armedTimers).toBe(0);
  });

  test('does not run while reading is paused', async () => {
    const it = await audited();
    it.client.pause();
    it.runtime.advance(120_000);
    expect(snapshotRequests(it.socket)).toEqual([]);
    it.client.resume();
    it.socket.send({ type: 'ok', id: it.socket.commands.at(-1)!.id, msg: [{ channel: 'orderbook_delta', sid: 1 }] });
    untilAsked(it);
  });

  test('of a market that is removed meanwhile is over', async () => {
    const it = await audited();
    untilAsked(it);
    it.client.removeMarkets([A]);
    for (let waitedMs = 0; waitedMs < 9000; waitedMs += 1000) {
      it.runtime.advance(1000);
      it.socket.listener.pong();
    }
    it.socket.send({ type: 'ok', id: 3, sid: 1, seq: 3, msg: { market_tickers: [B] } });
    expect(it.of('problem')).toEqual([]);
  });
});

test('two markets that are silent for six hours, with live pings and answered audits, change no status', async () => {
  const it = await audited();
  const { runtime, socket, client, events } = it;
  const statuses = it.of('status').length;
  let seq = 2;
  let answered = 0;
  for (let elapsedMs = 0; elapsedMs < 6 * 60 * 60 * 1000; elapsedMs += 1000) {
    runtime.advance(1000);
    socket.listener.pong();
    for (const [market] of snapshotRequests(socket).slice(answered)) {
      answered++;
      socket.send(market === A ? bookOfA(++seq) : snapshot(++seq, B));
    }
  }
  expect(it.of('status')).toHaveLength(statuses);
  expect(events.filter(({ type }) => type === 'problem' || type === 'gap')).toEqual([]);
  expect(client.status().counters.audited).toBe(answered);
  expect(answered).toBeGreaterThan(1500);
  expect(client.status()).toMatchObject({ phase: 'live', epoch: 1, synced: 2 });
});
