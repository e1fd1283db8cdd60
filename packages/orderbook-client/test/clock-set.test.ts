// The wall clock is set in the middle of a conversation: waits and silences are measured on the other one.
import { ManualRuntime } from '@trader/testkit';
import { expect, test } from 'vitest';
import { A, B, delta, snapshotRequests, syncedConversation } from './scripted-exchange.ts';

const HOUR = 3_600_000;
const JUMPS = [-HOUR, HOUR, -87_600 * HOUR, 87_600 * HOUR];

/** Both books synced, after five seconds of deltas; `set` moves the wall clock alone. */
async function busy() {
  const manual = new ManualRuntime();
  let setByMs = 0;
  const { setTimer, random, monotonicMs } = manual;
  const runtime = { setTimer, random, monotonicMs, nowMs: () => manual.nowMs() + setByMs };
  const it = await syncedConversation({ runtime });
  let seq = 2;
  const deltas = (market: string, count: number): void => {
    for (let sent = 0; sent < count; sent++, manual.advance(20)) it.socket.send(delta(++seq, market, '0.4000', '1.00'));
  };
  deltas(A, 250);
  return { ...it, deltas, set: (ms: number) => void (setByMs += ms), advance: (ms: number) => manual.advance(ms) };
}

test.each(JUMPS)('set by %i ms, an unanswered barrier is given up in its time', async (ms) => {
  const it = await busy();
  let outcome = 'waits';
  it.client.barrier().catch((error: { code: string }) => (outcome = error.code));
  it.set(ms);
  const turn = async (forMs: number): Promise<void> => {
    it.advance(forMs);
    it.socket.listener.pong();
    for (let turns = 0; turns < 20; turns++) await Promise.resolve();
  };
  for (let passed = 0; passed < 9; passed++) await turn(1_000);
  expect(outcome).toBe('waits');
  for (let passed = 9; passed < 25; passed++) await turn(1_000);
  expect(outcome).toBe('NO_ANSWER');
});

test.each(JUMPS)('set by %i ms, a barrier waits while frames come', async (ms) => {
  const it = await busy();
  let outcome = 'waits';
  it.client.barrier().catch((error: { code: string }) => (outcome = error.code));
  it.advance(9_000);
  it.socket.listener.pong();
  it.deltas(A, 10);
  it.set(ms);
  it.advance(3_000);
  for (let turns = 0; turns < 20; turns++) await Promise.resolve();
  expect(outcome).toBe('waits');
});

test.each(JUMPS)('set by %i ms, a subscription that goes silent is asked about as soon, then and later', async (ms) => {
  const it = await busy();
  it.set(ms);
  it.deltas(A, 50);
  expect(snapshotRequests(it.socket)).toEqual([]);
  for (let passed = 0; passed < 5; passed++) {
    it.advance(1_000);
    it.socket.listener.pong();
  }
  expect(snapshotRequests(it.socket)).toEqual([[A]]);
});

test.each(JUMPS)('set by %i ms, a market that goes silent among busy ones is asked about as soon', async (ms) => {
  const it = await busy();
  it.set(ms);
  it.deltas(A, 20);
  it.deltas(B, 250);
  expect(snapshotRequests(it.socket)).toEqual([[A]]);
});
