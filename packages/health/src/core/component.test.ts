import { describe, expect, test } from 'vitest';
import { immediate, watch } from '../../test/watched-tracker.ts';

const changes = (watched: { ofComponents(): readonly { from: string; to: string; atMs: number }[] }) =>
  watched.ofComponents().map(({ from, to, atMs }) => [atMs, `${from} -> ${to}`]);

describe('first observations', () => {
  test('ends unknown at once with the first healthy observation, whatever patience is asked for', () => {
    const feed = watch({ components: { feed: { critical: true, healthyAfterMs: 60_000, healthyAfterCount: 9 } } });
    feed.see('feed', 'healthy');
    expect(changes(feed)).toEqual([[0, 'unknown -> healthy']]);
  });

  test('keeps a component that was never healthy unknown during the grace, with the latest reason', () => {
    const feed = watch({ components: { feed: { critical: true } }, startupGraceMs: 10_000 });
    feed.see('feed', 'unhealthy', 'connecting');
    feed.wait(9_999);
    expect(feed.tracker.snapshot().components.feed).toMatchObject({ status: 'unknown', reason: 'connecting' });
    feed.wait(1);
    expect(changes(feed)).toEqual([[10_000, 'unknown -> unhealthy']]);
  });
});

describe('patience', () => {
  test('turns worse only after unhealthyAfterMs without a better observation', () => {
    const feed = watch({ components: { feed: { critical: true, ...immediate, unhealthyAfterMs: 1_000 } } });
    feed.see('feed', 'healthy');
    feed.see('feed', 'unhealthy');
    feed.wait(999);
    feed.see('feed', 'healthy');
    feed.see('feed', 'unhealthy');
    feed.wait(999);
    expect(changes(feed)).toEqual([[0, 'unknown -> healthy']]);
    feed.wait(1);
    expect(changes(feed).at(-1)).toEqual([1_999, 'healthy -> unhealthy']);
  });

  test('turns better only after healthyAfterMs without a worse observation', () => {
    const feed = watch({ components: { feed: { critical: true, healthyAfterMs: 1_000, holdDown: false } } });
    feed.see('feed', 'healthy');
    feed.see('feed', 'unhealthy');
    feed.wait(5_000);
    feed.see('feed', 'healthy');
    feed.wait(1_000);
    expect(changes(feed).slice(1)).toEqual([
      [0, 'healthy -> unhealthy'],
      [6_000, 'unhealthy -> healthy'],
    ]);
  });

  test('counts observations in a row where a count is asked for', () => {
    const feed = watch({ components: { feed: { critical: true, ...immediate, unhealthyAfterCount: 3 } } });
    feed.see('feed', 'healthy');
    for (const status of ['unhealthy', 'unhealthy', 'healthy', 'unhealthy', 'unhealthy'] as const)
      feed.see('feed', status);
    expect(feed.tracker.isReady()).toBe(true);
    feed.see('feed', 'unhealthy');
    expect(feed.tracker.isReady()).toBe(false);
  });

  test('asks for both when a time and a count are given', () => {
    const feed = watch({
      components: { feed: { critical: true, ...immediate, unhealthyAfterMs: 1_000, unhealthyAfterCount: 2 } },
    });
    feed.see('feed', 'healthy');
    feed.see('feed', 'unhealthy');
    feed.wait(5_000);
    expect(feed.tracker.isReady()).toBe(true);
    feed.see('feed', 'unhealthy');
    expect(changes(feed).at(-1)).toEqual([5_000, 'healthy -> unhealthy']);
  });

  test('never reaches a status that was not observed for the whole time', () => {
    const feed = watch({ components: { feed: { critical: true, ...immediate, unhealthyAfterMs: 1_000 } } });
    feed.see('feed', 'healthy');
    feed.see('feed', 'degraded');
    feed.wait(900);
    feed.see('feed', 'unhealthy');
    feed.wait(5_000);
    expect(changes(feed).slice(1)).toEqual([
      [1_000, 'healthy -> degraded'],
      [1_900, 'degraded -> unhealthy'],
    ]);
  });

  test('crosses both lines in one transition when both are due', () => {
    const feed = watch({ components: { feed: { critical: true, ...immediate, unhealthyAfterCount: 2 } } });
    for (const status of ['healthy', 'unhealthy', 'unhealthy'] as const) feed.see('feed', status);
    expect(changes(feed).slice(1)).toEqual([[0, 'healthy -> unhealthy']]);
  });

  test('keeps the reason of the failure until the recovery has settled', () => {
    const feed = watch({ components: { feed: { critical: true } } });
    feed.see('feed', 'healthy');
    feed.see('feed', 'unhealthy', 'socket closed');
    feed.see('feed', 'healthy', 'socket open');
    const { status, reason, observation } = feed.tracker.snapshot().components.feed;
    expect({ status, reason, observation }).toEqual({
      status: 'unhealthy',
      reason: 'socket closed',
      observation: { status: 'healthy', reason: 'socket open', atMs: 0 },
    });
  });
});

describe('silence', () => {
  const beats = { feed: { critical: true, ...immediate, silentAfterMs: 1_000, unhealthyAfterMs: 60_000 } };

  test('turns a component that has to report unhealthy with reason silent, at the deadline', () => {
    const feed = watch({ components: beats, startupGraceMs: 0 });
    feed.see('feed', 'healthy');
    expect(feed.tracker.snapshot().nextDeadlineMs).toBe(1_000);
    feed.wait(5_000);
    expect(feed.ofComponents().at(-1)).toMatchObject({ to: 'unhealthy', reason: 'silent', atMs: 1_000 });
    expect(feed.tracker.snapshot().components.feed.observation).toMatchObject({ status: 'healthy', atMs: 0 });
  });

  test('accepts a report at the very moment of the deadline', () => {
    const feed = watch({ components: beats, startupGraceMs: 0 });
    for (let beat = 0; beat < 50; beat += 1) {
      feed.see('feed', 'healthy');
      feed.runtime.advance(1_000);
    }
    expect(feed.ofComponents()).toHaveLength(1);
  });

  test('waits for the startup grace when nothing was ever reported', () => {
    const feed = watch({ components: beats, startupGraceMs: 30_000 });
    feed.wait(40_000);
    expect(feed.ofComponents()).toMatchObject([{ from: 'unknown', to: 'unhealthy', reason: 'silent', atMs: 30_000 }]);
  });

  test('is not evidence unless silentAfterMs is set', () => {
    const feed = watch({ components: { feed: { critical: true } } });
    feed.see('feed', 'healthy');
    feed.wait(365 * 86_400_000);
    expect(feed.tracker.isReady()).toBe(true);
  });
});

describe('hold-down', () => {
  const holdDown = { baseMs: 1_000, factor: 2, maxMs: 5_000, decayAfterMs: 10_000 };
  const flappy = () => {
    const feed = watch({ components: { feed: { critical: true, ...immediate, holdDown } }, startupGraceMs: 0 });
    feed.see('feed', 'healthy');
    return feed;
  };
  /** Fails and is well again at once; says how long the tracker did not believe it. */
  const heldMs = (feed: ReturnType<typeof flappy>): number => {
    feed.see('feed', 'unhealthy');
    feed.see('feed', 'healthy');
    feed.wait(60_000);
    return feed.ofComponents().at(-1)!.lastedMs;
  };

  test('multiplies with each flap up to the cap', () => {
    const feed = flappy();
    const held: number[] = [];
    for (let flap = 0; flap < 5; flap += 1) {
      feed.see('feed', 'unhealthy');
      feed.see('feed', 'healthy');
      const { heldUntilMs } = feed.tracker.snapshot().components.feed;
      held.push(heldUntilMs - feed.runtime.monotonicMs());
      feed.wait(held.at(-1)!);
    }
    expect(held).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  test('forgets one flap for each decayAfterMs of stability', () => {
    const feed = flappy();
    expect(heldMs(feed)).toBe(1_000);
    expect(heldMs(feed)).toBe(1_000);
    for (let flap = 0; flap < 3; flap += 1) {
      feed.see('feed', 'unhealthy');
      feed.see('feed', 'healthy');
      feed.wait(5_000);
    }
    const { flaps } = feed.tracker.snapshot().components.feed;
    feed.wait(10_000);
    feed.see('feed', 'unhealthy');
    expect(feed.tracker.snapshot().components.feed.flaps).toBe(flaps);
  });

  test('counts one failure that gets worse as one flap, and holds from its worst', () => {
    const feed = flappy();
    feed.see('feed', 'degraded');
    feed.wait(500);
    feed.see('feed', 'unhealthy');
    feed.see('feed', 'healthy');
    expect(feed.tracker.snapshot().components.feed).toMatchObject({ flaps: 1, heldUntilMs: 1_500 });
  });

  test('does not hold back bad news', () => {
    const feed = flappy();
    feed.see('feed', 'degraded');
    feed.see('feed', 'unhealthy');
    expect(changes(feed).at(-1)).toEqual([0, 'degraded -> unhealthy']);
  });
});
