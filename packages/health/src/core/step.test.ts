import { describe, expect, test } from 'vitest';
import { immediate, watch } from '../../test/watched-tracker.ts';
import { HealthError, initialState, step, type HealthInput } from '../index.ts';

describe('the whole', () => {
  const twoComponents = {
    feed: { critical: true, ...immediate },
    store: { critical: false, ...immediate },
  };

  test('is starting until every critical component is healthy, and ready from then on', () => {
    const trader = watch({ components: twoComponents });
    expect(trader.tracker.snapshot()).toMatchObject({
      status: 'starting',
      ready: false,
      live: true,
      causes: [{ component: 'feed', status: 'unknown', reason: 'no observation yet' }],
    });
    trader.see('feed', 'healthy');
    expect(trader.ofTheWhole()).toMatchObject([{ from: 'starting', to: 'healthy', ready: true, causes: [] }]);
  });

  test('is unhealthy when the grace is over and a critical component has said nothing', () => {
    const trader = watch({ components: twoComponents, startupGraceMs: 5_000 });
    trader.see('store', 'healthy');
    trader.wait(60_000);
    expect(trader.ofTheWhole()).toMatchObject([
      { from: 'starting', to: 'unhealthy', atMs: 5_000, reason: 'feed: no observation yet' },
    ]);
  });

  test('does not stay starting without any grace', () => {
    const trader = watch({ components: twoComponents, startupGraceMs: 0 });
    trader.tracker.tick();
    expect(trader.ofTheWhole()).toMatchObject([{ from: 'starting', to: 'unhealthy', atMs: 0 }]);
  });

  test('is at most degraded, and still ready, by a component that is not critical', () => {
    const trader = watch({ components: twoComponents });
    trader.see('feed', 'healthy');
    trader.see('store', 'unhealthy', 'disk full');
    trader.wait(30_000);
    expect(trader.ofTheWhole().at(-1)).toMatchObject({ to: 'degraded', ready: true, reason: 'store: disk full' });
  });

  test('reports the loss of readiness also where the status stays the same', () => {
    const trader = watch({ components: twoComponents, startupGraceMs: 0 });
    trader.see('feed', 'healthy');
    trader.see('store', 'unhealthy');
    trader.see('feed', 'degraded');
    expect(trader.ofTheWhole().at(-1)).toMatchObject({ from: 'degraded', to: 'degraded', ready: false });
    expect(trader.tracker.isReady()).toBe(false);
  });

  test('names every cause', () => {
    const trader = watch({ components: twoComponents, startupGraceMs: 0 });
    trader.see('store', 'degraded', 'slow');
    trader.see('feed', 'unhealthy', 'closed');
    expect(trader.tracker.snapshot().causes).toEqual([
      { component: 'feed', status: 'unhealthy', reason: 'closed', sinceMs: 0, critical: true },
      { component: 'store', status: 'degraded', reason: 'slow', sinceMs: 0, critical: false },
    ]);
  });

  test('does nothing when nothing changes', () => {
    const trader = watch({ components: twoComponents });
    trader.see('feed', 'healthy');
    trader.see('store', 'healthy');
    const before = trader.transitions.length;
    for (let second = 0; second < 100; second += 1) {
      trader.see('feed', 'healthy');
      trader.wait(1_000);
    }
    expect(trader.transitions).toHaveLength(before);
  });

  test('says how long the last state lasted', () => {
    const trader = watch({ components: twoComponents });
    trader.wait(2_000);
    trader.see('feed', 'healthy');
    trader.wait(5_000);
    trader.see('feed', 'unhealthy');
    expect(trader.ofTheWhole().map(({ lastedMs }) => lastedMs)).toEqual([2_000, 5_000]);
    expect(trader.ofComponents().map(({ lastedMs }) => lastedMs)).toEqual([2_000, 5_000]);
  });
});

describe('draining', () => {
  test('is not ready and live for ever, and still tracks the components', () => {
    const trader = watch({ components: { feed: { critical: true, ...immediate, fatalAfterMs: 1_000 } } });
    trader.see('feed', 'healthy');
    trader.tracker.drain();
    trader.tracker.drain();
    expect(trader.ofTheWhole().at(-1)).toMatchObject({ to: 'draining', ready: false, live: true, reason: 'draining' });
    trader.see('feed', 'unhealthy');
    trader.wait(60_000);
    trader.see('feed', 'healthy');
    expect(trader.ofTheWhole()).toHaveLength(2);
    expect(trader.ofComponents()).toHaveLength(3);
    expect([trader.tracker.isReady(), trader.tracker.isLive()]).toEqual([false, true]);
  });
});

describe('liveness', () => {
  test('outlives readiness, and ends only when a component was unhealthy for its fatalAfterMs', () => {
    const trader = watch({ components: { feed: { critical: true, ...immediate, fatalAfterMs: 60_000 } } });
    trader.see('feed', 'healthy');
    trader.see('feed', 'unhealthy');
    trader.wait(59_999);
    expect([trader.tracker.isReady(), trader.tracker.isLive()]).toEqual([false, true]);
    trader.wait(1);
    expect(trader.ofTheWhole().at(-1)).toMatchObject({ from: 'unhealthy', to: 'unhealthy', live: false, atMs: 60_000 });
    trader.see('feed', 'healthy');
    expect([trader.tracker.isReady(), trader.tracker.isLive()]).toEqual([true, true]);
  });
});

describe('a failure that another component explains', () => {
  const chain = {
    network: { critical: false, ...immediate },
    feed: { critical: true, ...immediate, dependsOn: ['network'] },
    books: { critical: true, ...immediate, dependsOn: ['feed'] },
  } as const;
  const running = () => {
    const trader = watch<keyof typeof chain>({ components: chain });
    for (const name of ['network', 'feed', 'books'] as const) trader.see(name, 'healthy');
    trader.transitions.length = 0;
    return trader;
  };

  test('is reported once, by the component that it goes back to', () => {
    const trader = running();
    trader.see('network', 'unhealthy', 'no route');
    trader.see('feed', 'unhealthy', 'closed');
    trader.see('books', 'unhealthy', 'stale');
    expect(trader.ofComponents()).toMatchObject([{ component: 'network', to: 'unhealthy' }]);
    const { causes, ready, components, counters } = trader.tracker.snapshot();
    expect(causes).toMatchObject([{ component: 'network', reason: 'no route' }]);
    expect(ready).toBe(false);
    expect(components.books).toMatchObject({ status: 'unhealthy', explainedBy: 'network' });
    expect(counters.explainedFailures).toBe(2);
  });

  test('is never reported when it heals before or with its cause', () => {
    const trader = running();
    trader.see('network', 'unhealthy');
    trader.see('feed', 'unhealthy');
    trader.see('feed', 'healthy');
    trader.see('network', 'healthy');
    expect(trader.ofComponents().map(({ component }) => component)).toEqual(['network', 'network']);
  });

  test('is reported when it outlives its cause, with the time when it began', () => {
    const trader = running();
    trader.see('network', 'unhealthy');
    trader.see('feed', 'unhealthy', 'closed');
    trader.wait(5_000);
    trader.see('network', 'healthy');
    expect(trader.ofComponents().at(-1)).toMatchObject({
      component: 'feed',
      from: 'healthy',
      to: 'unhealthy',
      reason: 'closed',
      sinceMs: 0,
      atMs: 5_000,
    });
  });

  test('is not reported late when only its hold-down keeps it', () => {
    const trader = watch({
      components: {
        network: { critical: true, healthyAfterMs: 5_000 },
        feed: { critical: true, healthyAfterMs: 60_000, dependsOn: ['network'] },
      },
    });
    for (const status of ['healthy', 'unhealthy', 'healthy'] as const) {
      trader.see('network', status);
      trader.see('feed', status);
    }
    trader.wait(60_000);
    expect(trader.ofComponents().filter(({ component }) => component === 'feed')).toHaveLength(1);
    expect(trader.tracker.isReady()).toBe(true);
  });

  test('is not explained by a lesser one, nor through a healthy component in between', () => {
    const trader = running();
    trader.see('network', 'degraded');
    trader.see('feed', 'unhealthy');
    expect(trader.ofComponents().at(-1)).toMatchObject({ component: 'feed' });
    trader.see('feed', 'healthy');
    trader.see('books', 'degraded');
    expect(trader.ofComponents().at(-1)).toMatchObject({ component: 'books' });
  });
});

describe('refused inputs', () => {
  const state = initialState({ components: { feed: { critical: true } } }, 0);
  const observation = { type: 'observation', component: 'feed', status: 'healthy', reason: 'up', atMs: 0 } as const;
  const refusal = (input: object): unknown => {
    try {
      step(state, input as HealthInput);
    } catch (error) {
      return HealthError.isInstance(error) ? error.code : error;
    }
    return 'none';
  };

  test.each([{ component: 'fed' }, { component: '' }, { component: 'toString' }, { component: '__proto__' }])(
    'UNKNOWN_COMPONENT for %o',
    (change) => expect(refusal({ ...observation, ...change })).toBe('UNKNOWN_COMPONENT'),
  );

  test.each([
    { status: 'ok' },
    { status: 'unknown' },
    { status: undefined },
    { reason: '' },
    { atMs: Number.NaN },
    { atMs: Infinity },
  ])('INVALID_INPUT for %o', (change) => expect(refusal({ ...observation, ...change })).toBe('INVALID_INPUT'));

  test('INVALID_INPUT for a tick without a time', () => {
    expect(refusal({ type: 'tick', atMs: Number.NaN })).toBe('INVALID_INPUT');
  });
});
