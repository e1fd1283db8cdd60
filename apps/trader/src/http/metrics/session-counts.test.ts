import { describe, expect, test, vi } from 'vitest';
import { SessionCounter } from './session-counts.ts';

const rows = (active: number) => [{ status: 'active', sessions: active }] as never;

describe('SessionCounter', () => {
  test('asks the database once for readers that come together, and not again while its answer is fresh', async () => {
    const query = vi.fn<() => Promise<never>>(async () => rows(1));
    const counter = new SessionCounter();
    const [one, two] = await Promise.all([counter.counts({ query }), counter.counts({ query })]);
    expect(one).toEqual(new Map([['active', 1]]));
    expect(two).toBe(one);
    expect(await counter.counts({ query })).toBe(one);
    expect(query).toHaveBeenCalledTimes(1);
  });

  test('asks again when the answer is old', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const counter = new SessionCounter();
      await counter.counts({ query: async () => rows(1) });
      vi.advanceTimersByTime(10_001);
      expect(await counter.counts({ query: async () => rows(2) })).toEqual(new Map([['active', 2]]));
    } finally {
      vi.useRealTimers();
    }
  });

  test('does not wait for a database that hangs, and gives its answer to later readers', async () => {
    vi.useFakeTimers();
    try {
      const answer = Promise.withResolvers<never>();
      const store = { query: async () => answer.promise };
      const counter = new SessionCounter();
      const first = counter.counts(store);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(await first).toBeNull();
      answer.resolve(rows(3));
      expect(await counter.counts(store)).toEqual(new Map([['active', 3]]));
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test('counts a failure, keeps what it knew and asks again', async () => {
    const counter = new SessionCounter();
    const failing = { query: async () => Promise.reject(new Error('away')) };
    expect(await counter.counts(failing)).toBeNull();
    expect(counter.failures).toBe(1);
    expect(await counter.counts({ query: async () => rows(1) })).toEqual(new Map([['active', 1]]));
    expect(await counter.counts(null)).toEqual(new Map([['active', 1]]));
  });
});
