import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createHealthTracker } from './index.ts';
import { systemRuntime } from './runtime.ts';

const native = () => vi.spyOn(globalThis, 'setTimeout');
let timeouts: ReturnType<typeof native>;
beforeEach(() => {
  vi.useFakeTimers();
  timeouts = native();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const given = (): unknown[] => timeouts.mock.calls.map(([, delayMs]) => delayMs);

test.each([
  [-1, 0],
  [-Infinity, 0],
  [0, 0],
  [12, 12],
  [2 ** 31, 2 ** 31 - 1],
  [Infinity, 2 ** 31 - 1],
])('a delay of %d ms reaches the platform as %d', (delayMs, expected) => {
  systemRuntime.setTimer(delayMs, () => undefined)();
  expect(given()).toEqual([expected]);
});

test('a tracker whose loop was blocked beyond a deadline sets no negative timer', () => {
  let nowMs = 0;
  // Time that passes between two readings, as when a machine sleeps.
  const runtime = { ...systemRuntime, monotonicMs: () => (nowMs += 500) };
  using tracker = createHealthTracker({
    components: { feed: { critical: true, unhealthyAfterMs: 60 } },
    autoTick: true,
    runtime,
  });
  tracker.observe('feed', { status: 'healthy', reason: 'live' });
  tracker.observe('feed', { status: 'unhealthy', reason: 'gone' });
  for (const delayMs of given()) expect(delayMs).toBeGreaterThanOrEqual(0);
});
