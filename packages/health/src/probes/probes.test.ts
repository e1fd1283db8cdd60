import { monitorEventLoopDelay } from 'node:perf_hooks';
import { temporaryFolder } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { callProbe, diskSpaceProbe, eventLoopDelayProbe, memoryProbe, type Probe } from './index.ts';

const ask = async (probe: Probe) => probe.check(new AbortController().signal);

describe('eventLoopDelayProbe', () => {
  const fake = (delaysMs: number[]) => {
    const calls: string[] = [];
    const createHistogram = () => ({
      enable: () => void calls.push('enable'),
      disable: () => void calls.push('disable'),
      reset: () => void calls.push('reset'),
      percentile: () => (20 + delaysMs.shift()!) * 1e6,
    });
    return { calls, createHistogram };
  };

  test('judges the delay beyond the sampling interval', async () => {
    const { createHistogram } = fake([5, 150, 2_000]);
    const probe = eventLoopDelayProbe({ createHistogram });
    expect([await ask(probe), await ask(probe), await ask(probe)]).toEqual([
      { status: 'healthy', reason: 'event loop delayed by 5 ms' },
      { status: 'degraded', reason: 'event loop delayed by 150 ms' },
      { status: 'unhealthy', reason: 'event loop delayed by 2000 ms' },
    ]);
  });

  test('lets go of what it measures with', () => {
    const { calls, createHistogram } = fake([]);
    eventLoopDelayProbe({ createHistogram }).stop?.();
    expect(calls).toEqual(['enable', 'enable', 'disable', 'disable']);
  });

  test('resets its two histograms in turn, so that a stall that begins at a reset is not lost', async () => {
    const resets: number[] = [];
    let made = 0;
    const createHistogram = () => {
      const id = made++;
      return { enable: () => undefined, disable: () => undefined, reset: () => resets.push(id), percentile: () => 0 };
    };
    const probe = eventLoopDelayProbe({ createHistogram });
    for (let checks = 0; checks < 4; checks += 1) await ask(probe);
    expect(resets).toEqual([1, 0, 1, 0]);
  });

  test('measures this process', async () => {
    const probe = eventLoopDelayProbe();
    expect((await ask(probe)).reason).toMatch(/^event loop delayed by \d+ ms$/);
    probe.stop?.();
  });

  test('sees a stall that ends as it is asked', async () => {
    const histograms: ReturnType<typeof monitorEventLoopDelay>[] = [];
    const createHistogram = () => {
      const histogram = monitorEventLoopDelay({ resolution: 20 });
      histograms.push(histogram);
      return histogram;
    };
    const delayMs = { degraded: 100, unhealthy: 150 };
    const probe = eventLoopDelayProbe({ percentile: 100, delayMs, createHistogram });
    // A stall is the time between two samples.
    await expect.poll(() => histograms.every(({ count }) => count > 0)).toBe(true);
    const asked = new Promise((resolve) => void setTimeout(() => resolve(ask(probe)), 5));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    expect(await asked).toMatchObject({ status: 'unhealthy' });
    probe.stop?.();
  });

  test('refuses a percentile that is none', () => {
    expect(() => eventLoopDelayProbe({ percentile: 0 })).toThrow(RangeError);
  });
});

describe('memoryProbe', () => {
  const reading = { heapUsedBytes: 50, heapLimitBytes: 100, rssBytes: 2e6 };
  const probe = (change: object, options = {}) => memoryProbe({ ...options, read: () => ({ ...reading, ...change }) });

  test.each([
    [{}, 'healthy'],
    [{ heapUsedBytes: 81 }, 'degraded'],
    [{ heapUsedBytes: 96 }, 'unhealthy'],
  ])('judges the heap against its limit: %o is %s', async (change, status) => {
    expect(await ask(probe(change))).toMatchObject({ status });
  });

  test('judges the resident set size only where a limit is given, and takes the worse', async () => {
    expect(await ask(probe({ rssBytes: 1e15 }))).toMatchObject({ status: 'healthy' });
    const result = await ask(probe({ rssBytes: 2e9, heapUsedBytes: 81 }, { rssBytes: { unhealthy: 1e9 } }));
    expect(result).toEqual({ status: 'unhealthy', reason: 'heap at 81 % of its limit, resident 2000 MB' });
  });

  test('measures this process', async () => {
    expect(await ask(memoryProbe())).toMatchObject({ status: 'healthy' });
  });
});

describe('diskSpaceProbe', () => {
  const probe = (freeBytes: number) =>
    diskSpaceProbe({ path: '/data', read: async () => ({ bavail: freeBytes, bsize: 1 }) });

  test.each([
    [2e9, 'healthy'],
    [9e8, 'degraded'],
    [9e7, 'unhealthy'],
  ])('%d bytes left are %s', async (freeBytes, status) => {
    expect(await ask(probe(freeBytes))).toMatchObject({ status });
  });

  test('measures the disk of a folder', async () => {
    using folder = temporaryFolder();
    expect((await ask(diskSpaceProbe({ path: folder.path }))).reason).toMatch(/^\d+ MB of disk left$/);
  });

  test('refuses an empty path', () => {
    expect(() => diskSpaceProbe({ path: '' })).toThrow(new TypeError('path must be a path, got ""'));
  });
});

describe('callProbe', () => {
  test('is healthy when the call succeeds, and worse when it is slow', async () => {
    let atMs = 0;
    const runtime = { monotonicMs: () => (atMs += 300) };
    const call = async () => undefined;
    expect(await ask(callProbe({ call, runtime }))).toEqual({ status: 'healthy', reason: 'answered in 300 ms' });
    expect(await ask(callProbe({ call, runtime, durationMs: { degraded: 200 } }))).toMatchObject({
      status: 'degraded',
    });
  });

  test('refuses a call that is none', () => {
    expect(() => callProbe({ call: undefined as never })).toThrow(
      new TypeError('call must be a function, got undefined'),
    );
  });
});

describe('limits', () => {
  test.each([
    [{ degraded: -1 }, 'heapRatio.degraded must be at least 0, got -1'],
    [{ degraded: 'high' as never }, 'heapRatio.degraded must be a number, got high'],
    [{ degraded: 0.9, unhealthy: 0.5 }, 'heapRatio.unhealthy must not come before degraded (0.9), got 0.5'],
  ])('%o are refused', (heapRatio, message) => {
    expect(() => memoryProbe({ heapRatio })).toThrow(message);
  });
});
