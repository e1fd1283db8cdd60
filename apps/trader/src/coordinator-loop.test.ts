import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CoordinatorLoop } from './coordinator-loop.ts';
import type { CoordinatorEffect } from './core/coordinator.ts';

const NOW_MS = 1_800_000_000_000;

beforeEach(() => void vi.useFakeTimers({ now: NOW_MS }));
afterEach(() => void vi.useRealTimers());

const loopThat = (perform: (effect: CoordinatorEffect, loop: CoordinatorLoop) => void): CoordinatorLoop => {
  const loop: CoordinatorLoop = new CoordinatorLoop({
    limits: { storeOpeningMs: 1_000 },
    counters: () => null,
    perform: (effect) => perform(effect, loop),
  });
  return loop;
};

test('what an effect tells waits until all effects of its own input are done', () => {
  const order: string[] = [];
  const loop = loopThat((effect, it) => {
    order.push(effect.type === 'announce' ? effect.transition.to : effect.type);
    // Told before `open-store`, which is the effect behind the first transition.
    if (order.length === 1) it.take({ type: 'stop-requested', reason: 'at once', atMs: NOW_MS });
  });
  loop.take({ type: 'started', atMs: NOW_MS });
  expect(order).toEqual(['initializing', 'open-store', 'shutdown', 'shut-down']);
  loop.end();
});

test('a time limit that passes is looked at, until the end', () => {
  const overdue: string[] = [];
  const loop = loopThat((effect) => effect.type === 'overdue' && overdue.push(effect.wait.name));
  loop.take({ type: 'started', atMs: NOW_MS });
  vi.advanceTimersByTime(2_500);
  expect(overdue).toEqual(['store-opening', 'store-opening']);
  loop.end();
  vi.advanceTimersByTime(60_000);
  expect(overdue).toHaveLength(2);
});
