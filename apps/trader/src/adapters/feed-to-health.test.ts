// What the feed is like, through the health tracker, by a clock of the test's own.
import { ManualRuntime } from '@trader/testkit';
import type { FeedPhase } from '@trader/orderbook-client';
import { describe, expect, test } from 'vitest';
import { HealthSide } from '../health-side.ts';
import { EventLog } from '../http/event-log.ts';
import { createLog } from '../log.ts';
import { feedToHealth, readingToHealth } from './feed-to-health.ts';

function setUp() {
  const runtime = new ManualRuntime();
  const events = new EventLog();
  const lines: string[] = [];
  const log = createLog('info', { destination: { write: (line) => void lines.push(line) } });
  const health = new HealthSide({ holdDownMs: 15_000, events, log, tell: () => undefined, runtime });
  const phase = (to: FeedPhase) => health.observeFeed(feedToHealth(to, null, null));
  phase('live');
  health.observeReading(readingToHealth(null));
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
