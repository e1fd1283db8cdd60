// A silence that the past does not explain is asked about: the answer tells dead from quiet.
import { describe, expect, test } from 'vitest';
import { A, B, delta, snapshot, snapshotRequests, syncedConversation } from './scripted-exchange.ts';

type Conversation = Awaited<ReturnType<typeof syncedConversation>>;

/** Lets time pass second by second with live pings, answering what is asked; returns how much was asked. */
function pass(
  { runtime, socket }: Conversation,
  ms: number,
  answer: (market: string) => void = () => undefined,
): number {
  const before = snapshotRequests(socket).length;
  let answered = before;
  for (let elapsedMs = 0; elapsedMs < ms; elapsedMs += 1000) {
    runtime.advance(1000);
    socket.listener.pong();
    for (const [market] of snapshotRequests(socket).slice(answered)) {
      answered++;
      answer(market!);
    }
  }
  return snapshotRequests(socket).length - before;
}

describe('a subscription that goes silent', () => {
  test('after it was busy is asked about within seconds, also with audits off', async () => {
    const it = await syncedConversation();
    let seq = 2;
    for (; seq < 300; it.runtime.advance(20)) it.socket.send(delta(++seq, A, '0.4000', '1.00'));
    expect(snapshotRequests(it.socket)).toEqual([]);
    expect(pass(it, 4000)).toBe(1);
    expect(snapshotRequests(it.socket)).toEqual([[A]]);
  });

  test('and is dead loses its connection, while its pings are fine', async () => {
    const it = await syncedConversation();
    let seq = 2;
    for (; seq < 300; it.runtime.advance(20)) it.socket.send(delta(++seq, A, '0.4000', '1.00'));
    const redialled = it.dial();
    pass(it, 40_000);
    it.runtime.advance(0);
    await redialled;
    expect(it.of('problem')[0]!.error.code).toBe('NO_ANSWER');
  });

  test('for six hours and answers is asked ever more rarely, and changes no status', async () => {
    const it = await syncedConversation();
    let seq = 2;
    const asked = pass(it, 6 * 60 * 60 * 1000, (market) => {
      it.socket.send(
        market === A ? snapshot(++seq, A, [['0.4000', '10.00']], [['0.5500', '5.00']]) : snapshot(++seq, B),
      );
    });
    expect(asked).toBeGreaterThan(3);
    expect(asked).toBeLessThan(100);
    expect(it.of('problem')).toEqual([]);
    expect(it.client.status()).toMatchObject({ phase: 'live', epoch: 1, synced: 2, counters: { audited: asked } });
  });
});

test('a market that goes silent among busy ones is asked about, and the busy ones are not', async () => {
  const it = await syncedConversation();
  let seq = 2;
  for (; seq < 300; it.runtime.advance(20)) {
    it.socket.send(delta(++seq, A, '0.4000', '1.00'), delta(++seq, B, '0.3000', '1.00'));
  }
  for (let elapsedMs = 0; elapsedMs < 5000; elapsedMs += 20) {
    it.socket.send(delta(++seq, B, '0.3000', '1.00'));
    it.runtime.advance(20);
  }
  expect(snapshotRequests(it.socket)).toEqual([[A]]);
});

test('pings and acknowledgements are no data: they do not keep a dead subscription alive', async () => {
  const it = await syncedConversation();
  let seq = 2;
  for (; seq < 300; it.runtime.advance(20)) it.socket.send(delta(++seq, A, '0.4000', '1.00'));
  const redialled = it.dial();
  for (let elapsedMs = 0; elapsedMs < 60_000 && it.socket.open; elapsedMs += 100) {
    it.runtime.advance(100);
    it.socket.listener.ping();
    it.socket.listener.pong();
  }
  it.runtime.advance(0);
  await redialled;
  expect(it.client.status().counters.serverPings).toBeGreaterThan(100);
});
