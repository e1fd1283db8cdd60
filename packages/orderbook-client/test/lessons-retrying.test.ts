// Lessons 6, 7 and 11: when to try again, how often, and that there is always a next time.
import { ManualRuntime, seededRandom } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { retryDelayMs } from '../src/core/state/backoff.ts';
import { OrderbookClientError } from '../src/index.ts';
import { A, B, conversation, snapshot, subscribed } from './scripted-exchange.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe('lesson 6: a backoff that does what it says', () => {
  test('at the cap a thousand clients come back spread over the whole of it', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let seed = 1; seed <= 1000; seed++) {
      const delayMs = retryDelayMs({ baseMs: 500, maxMs: 30_000 }, 40, seededRandom(seed)());
      tenths[Math.min(9, Math.floor(delayMs / 3000))]!++;
    }
    // 100 in each are to be expected; the seeds are fixed, so the counts are too.
    for (const count of tenths) expect(count).toBeGreaterThan(60);
  });

  /** Every draw is one half, so that a delay shows its bound. */
  const halfwayRandom = (): ManualRuntime => Object.defineProperty(new ManualRuntime(), 'random', { value: () => 0.5 });

  test('an exchange that flaps gets no immediate redials: a connection must have lasted to count as one', async () => {
    const runtime = halfwayRandom();
    const { client, dial, of } = conversation({ runtime });
    const delays = () => of('problem').map(({ retryInMs }) => retryInMs!);
    client.start();
    let next = dial();
    for (let i = 0; i < 9; i++) {
      const socket = await next;
      socket.listener.opened();
      socket.send(subscribed(1), snapshot(1, A), snapshot(2, B));
      expect(client.status().phase).toBe('live');
      runtime.advance(9 * SECOND);
      next = dial();
      socket.cut();
      runtime.advance(delays().at(-1)!);
    }
    expect(delays()).toEqual([0, 250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
    const stable = await next;
    stable.listener.opened();
    stable.send(subscribed(1), snapshot(1, A), snapshot(2, B));
    runtime.advance(10 * SECOND);
    stable.cut();
    expect(delays().at(-1)).toBe(0);
  });

  test('a Retry-After is a least wait, with the jitter on top of it', async () => {
    const runtime = halfwayRandom();
    const { client, dial, of } = conversation({ runtime });
    const delays = () => of('problem').map(({ retryInMs }) => retryInMs!);
    client.start();
    let next = dial();
    for (const retryAfterMs of [0, 7000, 7000, 7000]) {
      const socket = await next;
      next = dial();
      socket.listener.closed(new OrderbookClientError('RATE_LIMITED', 'no', { httpStatus: 429, retryAfterMs }));
      runtime.advance(delays().at(-1)!);
    }
    await next;
    expect(delays()).toEqual([250, 7250, 7500, 8000]);
  });
});

describe('lesson 7: neither giving up for ever nor hanging for ever', () => {
  const refusals = [
    'CONNECT_FAILED',
    'EXCHANGE_UNAVAILABLE',
    'RATE_LIMITED',
    'ACCESS_DENIED',
    'HANDSHAKE_REJECTED',
  ] as const;

  test('a week of outages of every kind is followed by a feed that is live at once', async () => {
    const it = conversation({ backoff: { baseMs: 500, maxMs: 2 * MINUTE } });
    const random = seededRandom(7);
    let retryInMs = 0;
    it.client.on('problem', (problem) => void (retryInMs = problem.retryInMs ?? 0));
    it.client.start();
    let next = it.dial();
    while (it.runtime.monotonicMs() < 7 * 24 * HOUR && it.sockets.length < 50_000) {
      const socket = await next;
      next = it.dial();
      const kind = Math.floor(random() * 8);
      if (kind < 5) socket.listener.closed(new OrderbookClientError(refusals[kind]!, 'away'));
      if (kind === 6) socket.listener.opened();
      if (kind === 7) {
        socket.listener.opened();
        socket.send(subscribed(1), '<html>maintenance</html>', snapshot(1, A));
      }
      // Whoever says nothing more runs into a deadline; then comes the wait for the next try.
      for (let waitedMs = 0; socket.open && waitedMs < HOUR; waitedMs += 4 * SECOND) it.runtime.advance(4 * SECOND);
      it.runtime.advance(retryInMs);
    }
    const socket = await next;
    socket.listener.opened();
    socket.send(subscribed(1), snapshot(1, A), snapshot(2, B));
    expect(it.client.status()).toMatchObject({ phase: 'live', synced: 2 });
    expect(it.sockets.filter(({ open }) => open)).toHaveLength(1);
    expect(it.sockets.length).toBeGreaterThan(5000);
  });

  test('a key that is refused for an hour raises an alarm each time, slowly, and then works', async () => {
    const it = conversation();
    it.client.start();
    let next = it.dial();
    while (it.runtime.monotonicMs() < HOUR && it.sockets.length < 1000) {
      const socket = await next;
      next = it.dial();
      socket.listener.closed(new OrderbookClientError('AUTH_REJECTED', 'no', { httpStatus: 401 }));
      const { retryInMs } = it.of('problem').at(-1)!;
      expect(retryInMs).toBeGreaterThanOrEqual(30 * SECOND);
      expect(retryInMs).toBeLessThanOrEqual(MINUTE);
      it.runtime.advance(retryInMs!);
    }
    expect(new Set(it.of('problem').map(({ error }) => error.code))).toEqual(new Set(['AUTH_REJECTED']));
    const socket = await next;
    expect(it.of('problem')).toHaveLength(it.sockets.length - 1);
    socket.listener.opened();
    socket.send(subscribed(1), snapshot(1, A), snapshot(2, B));
    expect(it.client.status().phase).toBe('live');
  });
});

describe('lesson 11: an exchange that accepts and closes is not hammered', () => {
  test('not even if every book comes before it closes', async () => {
    const it = conversation();
    const dialledAtMs: number[] = [];
    it.client.start();
    let next = it.dial();
    while (it.runtime.monotonicMs() < HOUR && dialledAtMs.length < 1000) {
      const socket = await next;
      next = it.dial();
      dialledAtMs.push(it.runtime.monotonicMs());
      socket.listener.opened();
      socket.send(subscribed(1), snapshot(1, A), snapshot(2, B));
      socket.cut();
      it.runtime.advance(it.of('problem').at(-1)!.retryInMs!);
    }
    // Full jitter draws short delays too; on average it is half of the 30 s.
    expect(dialledAtMs.length).toBeLessThan(360);
    const inAnyMinute = dialledAtMs
      .slice(10)
      .map((atMs, i, all) => all.slice(i).filter((later) => later < atMs + MINUTE).length);
    expect(Math.max(...inAnyMinute)).toBeLessThan(20);
  });
});
