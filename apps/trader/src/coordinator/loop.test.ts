import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CoordinatorLoop, inWallTime, type CoordinatorLoopOptions } from './loop.ts';
import type { CoordinatorEffect } from './step.ts';
import { WallTimes } from '../runtime/wall-times.ts';

const NOW_MS = 1_800_000_000_000;

beforeEach(() => void vi.useFakeTimers({ now: NOW_MS }));
afterEach(() => void vi.useRealTimers());

const loopThat = (
  perform: (effect: CoordinatorEffect, loop: CoordinatorLoop) => void,
  onFailure: CoordinatorLoopOptions['onFailure'] = (what, error) => expect.fail(`${what}: ${String(error)}`),
): CoordinatorLoop => {
  const loop: CoordinatorLoop = new CoordinatorLoop({
    limits: { storeOpeningMs: 1_000 },
    perform: (effect) => perform(effect, loop),
    onFailure,
  });
  return loop;
};

test('what an effect tells waits until all effects of its own input are done', () => {
  const order: string[] = [];
  const loop = loopThat((effect, it) => {
    order.push(effect.type === 'announce' ? effect.transition.to : effect.type);
    // Told before `open-store`, which is the effect behind the first transition.
    if (order.length === 1) it.take({ type: 'stop-requested', reason: 'at once' });
  });
  loop.take({ type: 'started' });
  expect(order).toEqual(['initializing', 'open-store', 'shutdown', 'shut-down']);
  loop.end();
});

test('a time limit that passes is looked at, until the end', () => {
  const overdue: string[] = [];
  const loop = loopThat((effect) => effect.type === 'overdue' && overdue.push(effect.wait.name));
  loop.take({ type: 'started' });
  vi.advanceTimersByTime(2_500);
  expect(overdue).toEqual(['store-opening', 'store-opening']);
  loop.end();
  vi.advanceTimersByTime(60_000);
  expect(overdue).toHaveLength(2);
});

test('an effect that cannot be performed is told, and keeps neither the other effects nor the next input from their turn', () => {
  const performed: string[] = [];
  const failed: string[] = [];
  const loop = loopThat(
    (effect) => {
      if (effect.type === 'announce') throw new Error('no room');
      performed.push(effect.type);
    },
    (what, error) => failed.push(`${what}: ${String(error)}`),
  );
  loop.take({ type: 'started' });
  expect([performed, failed]).toEqual([['open-store'], ['announce: Error: no room']]);
  // The clock was set all the same.
  vi.advanceTimersByTime(1_500);
  expect(performed).toEqual(['open-store', 'overdue', 'open-store']);
  loop.end();
});

test('people are told times of their own clock', () => {
  const loop = loopThat(() => undefined);
  loop.take({ type: 'started' });
  vi.advanceTimersByTime(400);
  const { sinceMs, wait } = inWallTime(loop.state, new WallTimes());
  expect([sinceMs, wait]).toEqual([NOW_MS, expect.objectContaining({ sinceMs: NOW_MS, untilMs: NOW_MS + 1_000 })]);
  loop.end();
});
