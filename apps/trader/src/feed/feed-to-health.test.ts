// What the feed is like, through the health tracker, by a clock of the test's own.
import { ManualRuntime } from '@trader/testkit';
import type { FeedPhase } from '@trader/orderbook-client';
import { describe, expect, test } from 'vitest';
import { HealthSide } from '../health/health-side.ts';
import { EventLog } from '../event-log.ts';
import { createLog } from '../log/log.ts';
import { feedToHealth, readingToHealth } from './feed-to-health.ts';

function setUp() {
  const runtime = new ManualRuntime();
  const events = new EventLog();
  const lines: string[] = [];
  const log = createLog('info', { destination: { write: (line) => void lines.push(line) } });
  const health = new HealthSide({ folder: null, holdDownMs: 15_000, events, log, tell: () => undefined, runtime });
  const phase = (to: FeedPhase) => health.observeFeed(feedToHealth(to, null, null));
  phase('live');
  health.observeReading(readingToHealth(null));
  health.observeMarkets({ status: 'healthy', reason: 'listed' });
  health.observeStore([]);
  const turns = (of: string) =>
    events
      .since(null)!
      .events.flatMap((event) => (event.type === 'health' && event.component === of ? [event.to] : []));
  return { runtime, health, lines, phase, turns, status: () => health.snapshot().status };
}

describe('a feed that is not read', () => {
  const unread = { cause: 'STORE_BEHIND', sinceMs: 0, sinceWallMs: 0 } as const;

  test('makes the whole degraded at once, and unhealthy after the hold-down; the log and the events say both', () => {
    const { runtime, health, lines, turns, status } = setUp();
    expect(status()).toBe('healthy');
    health.observeReading(readingToHealth(unread));
    health.observeFeed(feedToHealth('live', null, unread));
    expect(status()).toBe('degraded');
    expect(lines.at(-2)).toContain('STORE_BEHIND');
    runtime.advance(14_999);
    expect(status()).toBe('degraded');
    runtime.advance(1);
    expect(status()).toBe('unhealthy');
    health.observeFeed(feedToHealth('live', null, null));
    health.observeReading(readingToHealth(null));
    runtime.advance(1_000);
    expect(status()).toBe('healthy');
    expect(turns('reading')).toEqual(['healthy', 'degraded', 'healthy']);
    expect(turns('feed')).toEqual(['healthy', 'unhealthy', 'healthy']);
  });
});

describe('a feed that is not live', () => {
  const phases: readonly FeedPhase[] = ['waiting', 'connecting', 'subscribing'];

  test('for longer than the hold-down is unhealthy, however many connections are made meanwhile', () => {
    const { runtime, phase, turns } = setUp();
    for (let connection = 0; connection < 25; connection++) {
      for (const to of phases) {
        phase(to);
        runtime.advance(4_000);
      }
    }
    expect(turns('feed')).toEqual(['healthy', 'unhealthy']);
  });

  test.each(phases)('because it is %s, for as long as a cut may last, changes nothing', (to) => {
    const { runtime, phase, turns } = setUp();
    phase(to);
    runtime.advance(14_999);
    phase('live');
    runtime.advance(60_000);
    expect(turns('feed')).toEqual(['healthy']);
  });

  test('says what is the matter now: why there is no connection, or that nothing comes on this one', () => {
    const problem = 'DISCONNECTED: The socket was closed.';
    expect(feedToHealth('waiting', problem, null).reason).toBe(problem);
    expect(feedToHealth('subscribing', problem, null).reason).toMatch(/^NO_BOOKS_YET: /);
  });

  test('and is so for longer is not a quiet market: a live feed may say nothing for a day', () => {
    const { runtime, turns } = setUp();
    runtime.advance(86_400_000);
    expect(turns('feed')).toEqual(['healthy']);
  });
});
