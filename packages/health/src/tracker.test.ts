import { ManualRuntime } from '@trader/testkit';
import { describe, expect, expectTypeOf, test, vi } from 'vitest';
import { immediate, watch } from '../test/watched-tracker.ts';
import { createHealthTracker, HealthError, type HealthRuntime, type Transition } from './index.ts';

const feed = { feed: { critical: true, ...immediate } };

describe('reading', () => {
  test('changes nothing, however often and whenever it is done', () => {
    const { tracker, runtime, see, transitions } = watch({
      components: { feed: { critical: true, silentAfterMs: 1_000 } },
    });
    see('feed', 'healthy');
    runtime.advance(3_600_000);
    const read = () => [tracker.snapshot(), tracker.isReady(), tracker.isLive(), tracker.history()];
    const first = read();
    for (let times = 0; times < 100; times += 1) expect(read()).toEqual(first);
    expect(transitions).toHaveLength(2);
    expect(runtime.armedTimers).toBe(0);
  });

  test('counts durations until now', () => {
    const { tracker, runtime, see } = watch({ components: feed });
    see('feed', 'healthy');
    runtime.advance(500);
    const { timeInMs, availability, components, atMs } = tracker.snapshot();
    expect({ atMs, healthyMs: timeInMs.healthy, availability }).toEqual({
      atMs: 500,
      healthyMs: 500,
      availability: { ratio: 1, overMs: 500 },
    });
    expect(components.feed).toMatchObject({ transitions: 1, timeInMs: { unknown: 0, healthy: 500 } });
  });

  test('gives plain data that survives JSON', () => {
    const { tracker, see } = watch({ components: feed });
    see('feed', 'healthy');
    expect(JSON.parse(JSON.stringify(tracker.snapshot()))).toEqual(tracker.snapshot());
  });
});

describe('history', () => {
  test('keeps the latest transitions, oldest first, and counts the others', () => {
    const { tracker, see, transitions } = watch({ components: feed, historyLimit: 3 });
    for (const status of ['healthy', 'unhealthy', 'healthy'] as const) see('feed', status);
    expect(transitions).toHaveLength(6);
    expect(tracker.history()).toEqual(transitions.slice(-3));
    expect(tracker.snapshot().counters.historyDropped).toBe(3);
  });
});

describe('listeners', () => {
  test('get each event once, in order, also when one of them observes', () => {
    const { tracker, see } = watch({
      components: { feed: { critical: true, ...immediate }, store: { critical: false, ...immediate } },
    });
    const seen: string[] = [];
    const name = (event: Transition) =>
      event.scope === 'component' ? `${event.component} ${event.to}` : `all ${event.to}`;
    tracker.on('transition', (event) => {
      if (event.scope === 'component' && event.component === 'feed') see('store', 'healthy');
    });
    tracker.on('transition', (event) => seen.push(name(event)));
    see('feed', 'healthy');
    expect(seen).toEqual(['feed healthy', 'all healthy', 'store healthy']);
    expect(tracker.history().map(name)).toEqual(seen);
  });

  test('can be removed, twice too, without removing another registration of the same function', () => {
    const { tracker, see } = watch({ components: feed });
    const listener = vi.fn<() => void>();
    const remove = tracker.on('transition', listener);
    tracker.on('transition', listener);
    remove();
    remove();
    see('feed', 'healthy');
    expect(listener).toHaveBeenCalledTimes(2);
  });

  test('that throw keep nothing from the others, and are reported and counted', () => {
    const failure = new Error('listener broke');
    const { tracker, see } = watch({ components: feed });
    const failed = vi.fn<(event: object) => void>();
    const other = vi.fn<() => void>();
    tracker.on('transition', () => {
      throw failure;
    });
    tracker.on('transition', other);
    tracker.on('listener-failed', failed);
    tracker.on('listener-failed', () => {
      throw failure;
    });
    see('feed', 'healthy');
    expect(other).toHaveBeenCalledTimes(2);
    expect(failed).toHaveBeenCalledWith({ type: 'listener-failed', error: failure });
    expect(tracker.snapshot().counters.listenerFailures).toBe(4);
  });
});

describe('autoTick', () => {
  const silent = { feed: { critical: true, ...immediate, silentAfterMs: 1_000 } };

  test('lets deadlines pass by one timer, and leaves none after close', () => {
    const { tracker, runtime, see, ofComponents } = watch({ components: silent, autoTick: true, startupGraceMs: 0 });
    see('feed', 'healthy');
    expect(runtime.armedTimers).toBe(1);
    runtime.advance(1_000);
    expect(ofComponents().at(-1)).toMatchObject({ reason: 'silent', atMs: 1_000 });
    see('feed', 'healthy');
    tracker.close();
    tracker.close();
    expect(runtime.armedTimers).toBe(0);
    see('feed', 'unhealthy');
    expect(runtime.armedTimers).toBe(0);
    expect(tracker.isReady()).toBe(false);
  });

  test('ends the startup of a program that reports nothing', () => {
    const { runtime, ofTheWhole } = watch({ components: feed, autoTick: true, startupGraceMs: 0 });
    runtime.advance(0);
    expect(ofTheWhole()).toMatchObject([{ to: 'unhealthy' }]);
  });

  test('arms again when a timer fires early', () => {
    const runtime = new ManualRuntime();
    const early: HealthRuntime = {
      monotonicMs: runtime.monotonicMs,
      setTimer: (delayMs, fire) => runtime.setTimer(delayMs / 2, fire),
    };
    const tracker = createHealthTracker({ components: silent, autoTick: true, startupGraceMs: 0, runtime: early });
    tracker.observe('feed', { status: 'healthy', reason: 'up' });
    runtime.advance(1_000.001);
    expect(tracker.isReady()).toBe(false);
  });

  test('has no timer unless asked', () => {
    const { runtime, see } = watch({ components: silent });
    see('feed', 'healthy');
    expect(runtime.armedTimers).toBe(0);
  });

  test('works on the default runtime', () => {
    vi.useFakeTimers();
    try {
      using tracker = createHealthTracker({ components: silent, autoTick: true, startupGraceMs: 0 });
      tracker.observe('feed', { status: 'healthy', reason: 'up' });
      vi.advanceTimersByTime(2_000);
      expect(tracker.isReady()).toBe(false);
      tracker.close();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('rateLimited', () => {
  test('is on the clock of the tracker', () => {
    const { tracker, runtime } = watch({ components: feed });
    const reports: number[] = [];
    for (let second = 0; second < 3; second += 1) {
      tracker.rateLimited('slow', 2_000, (swallowed) => reports.push(swallowed));
      runtime.advance(1_000);
    }
    expect(reports).toEqual([0, 1]);
  });
});

test('names are checked by the compiler', () => {
  const tracker = createHealthTracker({ components: { feed: { critical: true }, store: { critical: false } } });
  expectTypeOf<Parameters<typeof tracker.observe>[0]>().toEqualTypeOf<'feed' | 'store'>();
  // @ts-expect-error a name that was not declared
  expect(() => tracker.observe('fed', { status: 'healthy', reason: 'up' })).toThrow(HealthError);
  expect(Object.keys(tracker.snapshot().components)).toEqual(['feed', 'store']);
});

test('errors of another copy of the package are recognised, and nothing else', () => {
  const foreign = { [Symbol.for('@trader/health/error')]: true, code: 'INVALID_INPUT' };
  expect([foreign, new Error('no'), null, 'text'].map((value) => HealthError.isInstance(value))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
