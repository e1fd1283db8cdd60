import type { OrderbookClient } from '@trader/orderbook-client';
import { describe, expect, test, vi } from 'vitest';
import { History } from './history.ts';

/** A feed and two clocks that a test moves. */
function world() {
  const clock = { monotonicMs: 5_000, offsetMs: 1_790_000_000_000 };
  const counters = { frames: 0, audited: 0, repairs: 0, gaps: 0 };
  const books = { wanted: 20, synced: 20 };
  const listeners = new Map<string, (event: object) => void>();
  const tell = (type: string, event: object): void => listeners.get(type)?.(event);
  const status = vi.fn<() => object>(() => ({ counters: { ...counters }, ...books }));
  const client = {
    on: (type: string, listener: (event: object) => void) => listeners.set(type, listener),
    status,
  } as unknown as OrderbookClient;
  const view = { client, recorder: null, backlog: null };
  const history = new History(() => view, {
    nowMs: () => clock.monotonicMs + clock.offsetMs,
    monotonicMs: () => clock.monotonicMs,
  });
  history.follow(client);
  const pass = (ms: number, frames: number): void => {
    clock.monotonicMs += ms;
    counters.frames += frames;
    history.sample();
  };
  const delta = (delayMs: number): void =>
    tell('delta', { receivedAtMs: 1_000_000, exchangeAtMs: 1_000_000 - delayMs });
  const stale = (synced: number): void => {
    books.synced = synced;
    tell('stale', { markets: [] });
  };
  return { clock, history, pass, delta, books, stale, status, nowMs: () => clock.monotonicMs + clock.offsetMs };
}

describe('History', () => {
  test('has nothing before the first sample, and then says since when', () => {
    const { history, pass, clock } = world();
    expect(history.read({})).toEqual({ stepMs: 1_000, sinceMs: null, rows: [] });
    pass(1_000, 30);
    expect(history.read({})).toMatchObject({ sinceMs: 5_000 + clock.offsetMs, rows: [{ row: { frames: 30 } }] });
  });

  test('counts delays, also those below zero, and only of their second', () => {
    const { history, pass, delta } = world();
    for (const delayMs of [-3, 10, 20]) delta(delayMs);
    pass(1_000, 3);
    pass(1_000, 0);
    // Up to 1 ms, to 11.3 ms and to 22.6 ms.
    expect(history.read({}).rows.map(({ row }) => row)).toMatchObject([
      { delays: 3, delaySumMs: 27, delayMaxMs: 20, delay0: 1, delay7: 1, delay9: 1 },
      { delays: 0, delaySumMs: 0, delay0: 0, delay7: 0 },
    ]);
  });

  test('says how many books there were, and how many of them were not right, if only between two samples', () => {
    const { history, pass, books, stale } = world();
    pass(1_000, 10);
    stale(0);
    books.synced = 20;
    pass(1_000, 10);
    pass(1_000, 10);
    expect(history.read({}).rows.map(({ row }) => [row!.books, row!.booksStale])).toEqual([
      [20, 0],
      [20, 20],
      [20, 0],
    ]);
  });

  test('a feed whose books go stale again and again is looked at ten times a second at most', () => {
    const { clock, history, pass, stale, status } = world();
    pass(1_000, 10);
    status.mockClear();
    for (let place = 0; place < 1_000; place++) {
      clock.monotonicMs++;
      stale(place === 500 ? 3 : 20);
    }
    expect(status.mock.calls.length).toBeLessThanOrEqual(10);
    history.sample();
  });

  test('a loop that was held up leaves the steps between empty, and no frame out', () => {
    const { history, pass } = world();
    pass(1_000, 10);
    pass(5_000, 50);
    const { rows } = history.read({});
    expect(rows.map(({ row }) => row?.frames ?? null)).toEqual([10, null, null, 50]);
    expect(rows.at(-1)!.row!.coveredMs).toBe(5_000);
  });

  test.each([-3_600_000, 86_400_000])(
    'a wall clock that is set by %i ms moves the picture and tears nothing',
    (byMs) => {
      const { history, pass, clock } = world();
      for (let second = 0; second < 20; second++) pass(1_000, second);
      const before = history.read({});
      clock.offsetMs += byMs;
      pass(1_000, 20);
      const after = history.read({});
      expect(after.sinceMs).toBe(before.sinceMs! + byMs);
      expect(after.rows.map(({ row }) => row!.frames)).toEqual(Array.from({ length: 21 }, (_, second) => second));
    },
  );

  test('what cannot be read for a while is counted once it can, and ends nothing', () => {
    vi.useFakeTimers();
    try {
      let [frames, isBroken] = [0, false];
      const client = { status: () => ({ counters: { frames, audited: 0, repairs: 0, gaps: 0 } }) };
      const view = () => {
        if (isBroken) throw new Error('a mistake of ours');
        return { client: client as unknown as OrderbookClient, recorder: null, backlog: null };
      };
      const history = new History(view);
      history.start();
      for (const broken of [false, true, true, false]) {
        isBroken = broken;
        frames += 10;
        vi.advanceTimersByTime(1_000);
      }
      history.stop();
      const counted = history.read({}).rows.map(({ row }) => row?.frames ?? 0);
      expect(counted.reduce((sum, frames) => sum + frames, 0)).toBe(40);
      expect(Math.max(...counted)).toBe(30);
    } finally {
      vi.useRealTimers();
    }
  });

  test('takes the finest step that goes back far enough, and at most as many rows as a ring has', () => {
    const { history, pass, nowMs } = world();
    for (let minute = 0; minute < 8 * 24 * 60; minute += 5) pass(300_000, 1);
    const stepFrom = (agoMs: number): number => history.read({ fromMs: nowMs() - agoMs }).stepMs;
    expect([60_000, 3_600_000, 2 * 86_400_000, 30 * 86_400_000].map(stepFrom)).toEqual([
      1_000, 60_000, 600_000, 600_000,
    ]);
    for (const [stepMs, most] of [
      [1_000, 900],
      [60_000, 1_440],
      [600_000, 1_008],
    ] as const) {
      const { rows, sinceMs } = history.read({ stepMs, fromMs: 0 });
      expect(rows.length).toBeGreaterThan(most / 4);
      expect(rows.length).toBeLessThanOrEqual(most);
      expect(rows[0]!.atMs).toBe(sinceMs);
    }
  });
});
