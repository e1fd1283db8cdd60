import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Wait } from './core/coordinator-state.ts';
import { WakeTimer } from './wake-timer.ts';

const NOW_MS = 1_800_000_000_000;
const wait = (untilMs: number, owner: Wait['owner'] = 'feed'): Wait => ({
  name: 'feed',
  owner,
  sinceMs: NOW_MS,
  untilMs,
  overdue: 0,
});

beforeEach(() => void vi.useFakeTimers({ now: NOW_MS }));
afterEach(() => void vi.useRealTimers());

function timer() {
  const rung: number[] = [];
  return { rung, timer: new WakeTimer((atMs) => void rung.push(atMs)) };
}

describe('the alarm clock', () => {
  test('rings once, when the time is up', () => {
    const { rung, timer: clock } = timer();
    clock.set(wait(NOW_MS + 1_000));
    vi.advanceTimersByTime(999);
    expect(rung).toEqual([]);
    vi.advanceTimersByTime(10_000);
    expect(rung).toEqual([NOW_MS + 1_000]);
  });

  test('is set anew by each wait, and by none to nothing', () => {
    const { rung, timer: clock } = timer();
    clock.set(wait(NOW_MS + 1_000));
    clock.set(wait(NOW_MS + 2_000));
    vi.advanceTimersByTime(1_500);
    clock.set(null);
    vi.advanceTimersByTime(10_000);
    expect(rung).toEqual([]);
  });

  test('does not take a wall clock that was set back for time that is left', () => {
    const { rung, timer: clock } = timer();
    clock.set(wait(NOW_MS + 1_000));
    vi.setSystemTime(NOW_MS - 3_600_000);
    vi.advanceTimersByTime(1_000);
    expect(rung).toEqual([NOW_MS + 1_000]);
  });

  test('spreads what is tried again by up to a quarter, as many traders may wait for one database', () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const { rung, timer: clock } = timer();
    clock.set(wait(NOW_MS + 1_000, 'coordinator'));
    vi.advanceTimersByTime(1_249);
    expect(rung).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(rung).toHaveLength(1);
    vi.restoreAllMocks();
  });

  test('is silent for good once it is stopped', () => {
    const { rung, timer: clock } = timer();
    clock.set(wait(NOW_MS + 1_000));
    clock.stop();
    clock.set(wait(NOW_MS + 1_000));
    vi.advanceTimersByTime(10_000);
    expect(rung).toEqual([]);
  });
});
