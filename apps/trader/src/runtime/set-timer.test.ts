import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { repeatEvery, setTimer } from './set-timer.ts';

const LONGEST_DELAY_MS = 2 ** 31 - 1;
const DAY_MS = 86_400_000;

const setTimeoutSpy = () => vi.spyOn(globalThis, 'setTimeout');
let native: ReturnType<typeof setTimeoutSpy>;
beforeEach(() => {
  vi.useFakeTimers();
  native = setTimeoutSpy();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** What reached the platform. */
const delays = (): unknown[] => native.mock.calls.map(([, delayMs]) => delayMs);

describe('setTimer', () => {
  test.each([-1, -3_600_000, -Infinity, 0])('fires soon for %d ms, and gives the platform 0', (delayMs) => {
    const fire = vi.fn<() => void>();
    setTimer(delayMs, fire);
    expect(fire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fire).toHaveBeenCalledTimes(1);
    expect(delays()).toEqual([0]);
  });

  test.each([LONGEST_DELAY_MS, LONGEST_DELAY_MS + 1, 2 * LONGEST_DELAY_MS, 365 * DAY_MS])(
    'fires after %d ms and not before, in parts that the platform takes',
    (delayMs) => {
      const fire = vi.fn<() => void>();
      setTimer(delayMs, fire);
      vi.advanceTimersByTime(delayMs - 1);
      expect(fire).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(fire).toHaveBeenCalledTimes(1);
      for (const part of delays()) expect(part).toSatisfy((ms: number) => ms >= 0 && ms <= LONGEST_DELAY_MS);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  test('never fires, and leaves no timer, for Infinity', () => {
    const fire = vi.fn<() => void>();
    setTimer(Infinity, fire)();
    vi.advanceTimersByTime(10 * 365 * DAY_MS);
    expect([fire.mock.calls, delays()]).toEqual([[], []]);
  });

  test('takes what is no number for a second', () => {
    const fire = vi.fn<() => void>();
    setTimer(Number.NaN, fire);
    vi.advanceTimersByTime(999);
    expect(fire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fire).toHaveBeenCalledTimes(1);
  });

  test('is not early by the fraction that the platform cuts off', () => {
    setTimer(10.2, vi.fn<() => void>());
    expect(delays()).toEqual([11]);
  });

  test('is cancelled in any of its parts, and harmless afterwards', () => {
    const fire = vi.fn<() => void>();
    const cancel = setTimer(3 * LONGEST_DELAY_MS, fire);
    vi.advanceTimersByTime(LONGEST_DELAY_MS + 1);
    cancel();
    cancel();
    vi.advanceTimersByTime(3 * LONGEST_DELAY_MS);
    expect(fire).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('repeatEvery', () => {
  test('fires until it is ended, also from within', () => {
    let times = 0;
    const end = repeatEvery(100, () => ++times === 3 && end());
    vi.advanceTimersByTime(10_000);
    expect(times).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('goes on after a call that threw', () => {
    let times = 0;
    const end = repeatEvery(100, () => {
      if (++times === 1) throw new Error('once');
    });
    expect(() => vi.advanceTimersByTime(100)).toThrow('once');
    vi.advanceTimersByTime(100);
    expect(times).toBe(2);
    end();
  });
});
