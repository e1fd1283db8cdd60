import { ManualRuntime } from '@trader/testkit';
import { describe, expect, test, vi } from 'vitest';
import type { HealthError } from '../index.ts';
import { startProbe, type ProbeResult, type StartProbeOptions } from './index.ts';

/** A fact that has to come, on a busy machine too. */
const SOON = { timeout: 30_000 };

/** A probe whose answers the test gives, one by one. */
function scripted(options: Partial<StartProbeOptions> = {}) {
  const runtime = new ManualRuntime();
  const observed: string[] = [];
  const errors: HealthError[] = [];
  const asked: { signal: AbortSignal; answer: (result: ProbeResult) => void; fail: (error: unknown) => void }[] = [];
  const stop = vi.fn<() => void>();
  const running = startProbe({
    tracker: { observe: (component, { status, reason }) => void observed.push(`${component} ${status}: ${reason}`) },
    component: 'store',
    probe: {
      check: (signal) =>
        new Promise((resolve, reject) => {
          asked.push({ signal, answer: resolve, fail: reject });
        }),
      stop,
    },
    everyMs: 1_000,
    timeoutMs: 400,
    onError: (error) => errors.push(error),
    runtime,
    ...options,
  });
  return { runtime, observed, errors, asked, running, stop };
}

const fine: ProbeResult = { status: 'healthy', reason: 'fine' };

describe('startProbe', () => {
  test('asks at once and in an even rhythm, and tells each answer', async () => {
    const { runtime, observed, asked, running } = scripted();
    asked[0]!.answer(fine);
    await vi.waitFor(() => expect(observed).toEqual(['store healthy: fine']), SOON);
    runtime.advance(1_000);
    asked[1]!.answer({ status: 'degraded', reason: 'slow' });
    await vi.waitFor(() => expect(observed.at(-1)).toBe('store degraded: slow'), SOON);
    expect(running.counters()).toEqual({ started: 2, failed: 0, timedOut: 0, skipped: 0, late: 0 });
  });

  test('observes unhealthy at the timeout, and tells the check to end', () => {
    const { runtime, observed, asked, errors } = scripted();
    runtime.advance(400);
    expect(observed).toEqual(['store unhealthy: check did not end within 400 ms']);
    expect(asked[0]!.signal.aborted).toBe(true);
    expect(errors).toMatchObject([{ code: 'CHECK_TIMED_OUT', component: 'store' }]);
  });

  test('never overlaps itself: a check that hangs is reported at each beat and asked again only when it has ended', async () => {
    const { runtime, observed, asked, running } = scripted();
    runtime.advance(3_500);
    expect(asked).toHaveLength(1);
    expect(observed).toHaveLength(4);
    expect(running.counters()).toMatchObject({ started: 1, timedOut: 1, skipped: 3 });
    asked[0]!.answer(fine);
    await vi.waitFor(() => expect(running.counters().late).toBe(1), SOON);
    expect(observed).toHaveLength(4);
    runtime.advance(500);
    expect(asked).toHaveLength(2);
  });

  test('a rejection is unhealthy, by the code or name of what was thrown and never its message', async () => {
    const { runtime, observed, asked, errors, running } = scripted();
    const refused = Object.assign(new Error('connect postgres://user:secret@host'), { code: 'ECONNREFUSED' });
    for (const [index, error] of [refused, new TypeError('secret'), 'secret'].entries()) {
      asked[index]!.fail(error);
      await vi.waitFor(() => expect(observed).toHaveLength(index + 1), SOON);
      runtime.advance(1_000);
    }
    expect(observed).toEqual([
      'store unhealthy: check failed with ECONNREFUSED',
      'store unhealthy: check failed with TypeError',
      'store unhealthy: check failed with no error object',
    ]);
    expect(errors[0]).toMatchObject({ code: 'CHECK_FAILED', cause: refused });
    expect(JSON.stringify([errors.map(({ message }) => message), observed])).not.toContain('secret');
    expect(running.counters().failed).toBe(3);
  });

  test('a check that throws before it returns a promise is a rejection too', async () => {
    const check = () => {
      throw new RangeError('out');
    };
    const { observed } = scripted({ probe: { check } });
    await vi.waitFor(() => expect(observed).toEqual(['store unhealthy: check failed with RangeError']), SOON);
  });

  test('stops without a timer left, at any moment, and tells nothing afterwards', async () => {
    for (const stopAfterMs of [0, 200, 400, 1_000, 2_300]) {
      const { runtime, observed, asked, running, stop } = scripted();
      runtime.advance(stopAfterMs);
      const told = observed.length;
      running.stop();
      running.stop();
      expect([runtime.armedTimers, stop.mock.calls.length, asked[0]!.signal.aborted]).toEqual([0, 1, true]);
      asked[0]!.answer(fine);
      await new Promise(setImmediate);
      expect(observed).toHaveLength(told);
    }
  });

  test('refuses a rhythm that is none', () => {
    expect(() => scripted({ everyMs: 0 })).toThrow(new RangeError('everyMs must be a finite number from 1, got 0'));
    expect(() => scripted({ timeoutMs: -1 })).toThrow(RangeError);
  });
});
