import { describe, expect, test } from 'vitest';
import { initialCoordinator, step, type CoordinatorEffect, type CoordinatorInput } from './coordinator.ts';

type Input = CoordinatorInput extends infer Each ? (Each extends CoordinatorInput ? Omit<Each, 'atMs'> : never) : never;

/** Drives a coordinator and keeps what it asked for. */
function coordinator() {
  let state = initialCoordinator(0);
  let nowMs = 0;
  const asked: CoordinatorEffect[] = [];
  return {
    asked,
    get state() {
      return state;
    },
    tell(...inputs: Input[]) {
      for (const input of inputs) {
        const stepped = step(state, { ...input, atMs: (nowMs += 10) });
        state = stepped.state;
        asked.push(...stepped.effects);
      }
      return this;
    },
    phases: () => asked.flatMap((effect) => (effect.type === 'announce' ? [effect.transition.to] : [])),
    sessions: () => asked.filter(({ type }) => type === 'open-session' || type === 'close-session'),
  };
}

const healthy: Input = { type: 'health-changed', health: 'healthy', reason: 'live' };
const unhealthy: Input = { type: 'health-changed', health: 'unhealthy', reason: 'no connection' };
const ready = () =>
  coordinator().tell(
    { type: 'started' },
    { type: 'store-opened' },
    healthy,
    { type: 'feed-came' },
    { type: 'session-opened', sessionId: 's1' },
  );

describe('the way up', () => {
  test('is startup, initializing, orderbook_connect, ready', () => {
    expect(ready().phases()).toEqual(['initializing', 'orderbook_connect', 'ready']);
  });

  test('opens no session before the feed is there', () => {
    const it = coordinator().tell({ type: 'started' }, { type: 'store-opened' }, healthy);
    expect(it.sessions()).toEqual([]);
    it.tell({ type: 'feed-came' });
    expect(it.sessions()).toEqual([{ type: 'open-session', continues: null, afterMs: 0 }]);
    expect(it.state.phase).toBe('orderbook_connect');
  });

  test('is not over before the session records', () => {
    const it = coordinator().tell({ type: 'started' }, { type: 'store-opened' }, { type: 'feed-came' }, healthy);
    expect(it.state.phase).toBe('orderbook_connect');
    it.tell({ type: 'session-opened', sessionId: 's1' });
    expect(it.state.phase).toBe('ready');
  });

  test('tries a refused session again, ever more slowly', () => {
    const it = coordinator().tell({ type: 'started' }, { type: 'store-opened' }, { type: 'feed-came' }, healthy);
    const refused: Input = { type: 'session-refused', reason: 'the database is away' };
    it.tell(refused, refused, refused, ...Array.from({ length: 20 }, () => refused));
    const delays = it.asked.flatMap((effect) => (effect.type === 'open-session' ? [effect.afterMs] : []));
    expect(delays.slice(0, 4)).toEqual([0, 500, 1000, 2000]);
    expect(delays.at(-1)).toBe(30_000);
    it.tell({ type: 'session-opened', sessionId: 's1' });
    expect(it.state.phase).toBe('ready');
  });
});

describe('a feed that fails', () => {
  test('leaves ready and closes the session as health_failure', () => {
    const it = ready().tell({ type: 'feed-went' }, unhealthy);
    expect(it.state).toMatchObject({ phase: 'error', cause: 'no connection' });
    expect(it.asked.at(-1)).toEqual({
      type: 'close-session',
      end: { status: 'health_failure', reason: 'no connection' },
    });
  });

  test('within the tracker’s patience changes nothing', () => {
    const it = ready();
    const before = it.asked.length;
    it.tell({ type: 'feed-went' }, { type: 'feed-came' });
    expect(it.asked).toHaveLength(before);
    expect(it.state.phase).toBe('ready');
  });

  test('recovers into a new session that names the old one, only once the feed is there', () => {
    const it = ready().tell({ type: 'feed-went' }, unhealthy, { type: 'session-ended' });
    const before = it.asked.length;
    it.tell({ type: 'health-changed', health: 'degraded', reason: 'subscribing' });
    expect(it.asked).toHaveLength(before);
    it.tell(healthy, { type: 'feed-came' });
    expect(it.asked.at(-1)).toEqual({ type: 'open-session', continues: 's1', afterMs: 0 });
    it.tell({ type: 'session-opened', sessionId: 's2' });
    expect(it.state).toMatchObject({ phase: 'ready', sessionId: 's2' });
  });

  test('that is back before the old session has ended waits for that end', () => {
    const it = ready().tell({ type: 'feed-went' }, unhealthy, healthy, { type: 'feed-came' });
    expect(it.sessions()).toHaveLength(2);
    it.tell({ type: 'session-ended' });
    expect(it.asked.at(-1)).toMatchObject({ type: 'open-session', continues: 's1' });
  });

  test('while it is only degraded keeps the session but is not ready', () => {
    const it = ready().tell({ type: 'health-changed', health: 'degraded', reason: 'subscribing' });
    expect(it.state).toMatchObject({ phase: 'error', session: 'open' });
    it.tell(healthy);
    expect(it.state).toMatchObject({ phase: 'ready', sessionId: 's1' });
  });
});

describe('a session that the store ends', () => {
  test('is closed as error, and the next one begins on a new connection', () => {
    const it = ready().tell({ type: 'session-failed', reason: 'a record was refused' });
    expect(it.state.phase).toBe('error');
    expect(it.asked.slice(-2)).toEqual([
      { type: 'close-session', end: { status: 'error', reason: 'a record was refused' } },
      { type: 'remake-feed', reason: 'the next session needs snapshots' },
    ]);
    it.tell({ type: 'feed-went' }, { type: 'session-ended' }, { type: 'feed-came' });
    expect(it.asked.at(-1)).toEqual({ type: 'open-session', continues: 's1', afterMs: 0 });
    it.tell({ type: 'session-opened', sessionId: 's2' });
    expect(it.state.phase).toBe('ready');
  });

  test('is told of once, however many records fail', () => {
    const it = ready();
    const failed: Input = { type: 'session-failed', reason: 'a record was refused' };
    it.tell(failed);
    const before = it.asked.length;
    it.tell(failed, failed);
    expect(it.asked).toHaveLength(before);
  });
});

describe('stopping', () => {
  test('is possible from any phase, once, and nothing follows it', () => {
    const it = ready().tell({ type: 'stop-requested', reason: 'SIGINT' });
    expect(it.asked.at(-1)).toEqual({ type: 'shut-down', reason: 'SIGINT' });
    const before = it.asked.length;
    it.tell({ type: 'stop-requested', reason: 'again' }, unhealthy, { type: 'session-ended' }, { type: 'feed-came' });
    expect(it.asked).toHaveLength(before);
  });
});
