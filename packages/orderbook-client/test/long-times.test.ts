import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { OrderbookClientOptions } from '../src/index.ts';
import { OrderbookClientError } from '../src/index.ts';
import { systemRuntime } from '../src/io/runtime.ts';
import { conversation, delta, A, snapshot, subscribed, B } from './scripted-exchange.ts';

/** 30 days: more than a timer takes at once. */
const LONG_MS = 30 * 24 * 60 * 60_000;

/** What Node's timers do: a delay that they do not take is a millisecond. */
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const overflowing = {
  ...systemRuntime,
  random: () => 0.5,
  monotonicMs: () => Date.now(),
  setTimer: (delayMs: number, fire: () => void) => {
    const timer = setTimeout(fire, delayMs > 2 ** 31 - 1 || Number.isNaN(delayMs) ? 1 : delayMs);
    return () => clearTimeout(timer);
  },
};

async function opened(options: Partial<OrderbookClientOptions>) {
  const it = conversation({ runtime: overflowing, ...options });
  it.client.start();
  const socket = await it.dial();
  return { ...it, socket };
}

describe.each([LONG_MS, 2 ** 31, Number.MAX_SAFE_INTEGER, Infinity])('a time of %d ms', (ms) => {
  test.each(['authRetryMs', 'connectTimeoutMs', 'stableAfterMs'] as const)('as %s is waited for', async (name) => {
    const { client, socket, sockets, of } = await opened({ [name]: ms });
    if (name === 'authRetryMs') socket.listener.closed(new OrderbookClientError('AUTH_REJECTED', 'no'));
    await vi.advanceTimersByTimeAsync(name === 'authRetryMs' ? 3_600_000 : 5_000);
    expect(sockets).toHaveLength(1);
    expect(of('problem')).toHaveLength(name === 'authRetryMs' ? 1 : 0);
    await client.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each(['pingIntervalMs', 'pongTimeoutMs', 'answerTimeoutMs', 'auditIntervalMs'] as const)(
    'as %s is waited for',
    async (name) => {
      // Nobody answers a ping here, so that those with a time limit are far apart.
      const { client, socket, of } = await opened({ pingIntervalMs: 3_600_000, [name]: ms });
      socket.listener.opened();
      socket.send(subscribed(1), snapshot(1, A), snapshot(2, B), delta(9, A, '0.40', '1'));
      await vi.advanceTimersByTimeAsync(5_000);
      expect(of('problem')).toEqual([]);
      expect(socket.pings).toBe(0);
      expect(socket.commands.length).toBeLessThan(4);
      await client.close();
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  test('as both bounds of the backoff is waited for', async () => {
    const { client, socket, sockets } = await opened({ backoff: { baseMs: ms, maxMs: ms } });
    socket.cut();
    await vi.advanceTimersByTimeAsync(10);
    expect(sockets).toHaveLength(2);
    sockets[1]!.cut();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sockets).toHaveLength(2);
    await client.close();
  });

  test('as the limit of a wait is waited for', async () => {
    const { client } = await opened({});
    let over = false;
    const wait = client.whenSynced({ timeoutMs: ms }).catch(() => (over = true));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(over).toBe(false);
    await client.close();
    await wait;
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('a time that is longer than a timer takes ends when it is over', async () => {
  const { client, socket, sockets } = await opened({ authRetryMs: LONG_MS });
  socket.listener.closed(new OrderbookClientError('AUTH_REJECTED', 'no'));
  await vi.advanceTimersByTimeAsync(LONG_MS - 1000);
  expect(sockets).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(LONG_MS + 2000);
  expect(sockets.length).toBeGreaterThan(1);
  await client.close();
  expect(vi.getTimerCount()).toBe(0);
});

test.each([Number.NaN, -1, -Infinity, 0.5])('a time of %d ms is refused', (ms) => {
  expect(() => conversation({ pingIntervalMs: ms })).toThrow(RangeError);
  expect(() => conversation({ backoff: { baseMs: ms, maxMs: 10 } })).toThrow(RangeError);
});
