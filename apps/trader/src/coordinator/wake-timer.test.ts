import { ManualRuntime } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import type { Wait } from './state.ts';
import { WakeTimer } from './wake-timer.ts';

const wait = (untilMs: number, owner: Wait['owner'] = 'feed'): Wait => ({
  name: 'feed',
  owner,
  sinceMs: 0,
  untilMs,
  overdue: 0,
});

function timer(random = 0) {
  const runtime = new ManualRuntime();
  let rung = 0;
  const clock = new WakeTimer(Object.assign(runtime, { random: () => random }), () => void rung++);
  return { clock, runtime, advance: (ms: number) => runtime.advance(ms), rung: () => rung };
}

describe('the alarm clock', () => {
  test('rings once, when the time is up', () => {
    const { clock, advance, rung } = timer();
    clock.set(wait(1_000));
    advance(999);
    expect(rung()).toBe(0);
    advance(10_000);
    expect(rung()).toBe(1);
  });

  test('is set anew by each wait, and by none to nothing', () => {
    const { clock, runtime, advance, rung } = timer();
    clock.set(wait(1_000));
    clock.set(wait(2_000));
    expect(runtime.armedTimers).toBe(1);
    advance(1_500);
    clock.set(null);
    advance(10_000);
    expect(rung()).toBe(0);
  });

  test('rings soon for a time that is past', () => {
    const { clock, advance, rung } = timer();
    advance(5_000);
    clock.set(wait(1_000));
    advance(0);
    expect(rung()).toBe(1);
  });

  test('spreads what is tried again by up to a quarter, as many traders may wait for one database', () => {
    const { clock, advance, rung } = timer(1);
    clock.set(wait(1_000, 'coordinator'));
    advance(1_249);
    expect(rung()).toBe(0);
    advance(1);
    expect(rung()).toBe(1);
  });

  test('is silent for good once it is stopped', () => {
    const { clock, runtime, rung } = timer();
    clock.set(wait(1_000));
    clock.stop();
    clock.set(wait(1_000));
    expect([runtime.armedTimers, rung()]).toEqual([0, 0]);
  });
});
