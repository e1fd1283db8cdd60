import { describe, expect, test } from 'vitest';
import { ALLOWED, type ComponentHealth, type WaitName, type WaitOwner } from './state.ts';
import { initialCoordinator, step, type CoordinatorEffect, type CoordinatorInput } from './step.ts';

type Input = CoordinatorInput extends infer Each ? (Each extends CoordinatorInput ? Omit<Each, 'atMs'> : never) : never;

/** Drives a coordinator and keeps what it asked for. */
function coordinator() {
  let state = initialCoordinator(0);
  let nowMs = 0;
  const asked: CoordinatorEffect[] = [];
  const take = (input: CoordinatorInput) => {
    const stepped = step(state, input);
    state = stepped.state;
    asked.push(...stepped.effects);
  };
  return {
    asked,
    get state() {
      return state;
    },
    tell(...inputs: Input[]) {
      for (const input of inputs) take({ ...input, atMs: (nowMs += 10) });
      return this;
    },
    /** Lets the time limit of the present wait pass, and says how long it was. */
    letPass() {
      const { sinceMs, untilMs, overdue } = state.wait!;
      nowMs = untilMs;
      take({ type: 'woke', atMs: nowMs });
      return overdue === 0 ? untilMs - sinceMs : null;
    },
    transitions: () => asked.flatMap((effect) => (effect.type === 'announce' ? [effect.transition] : [])),
    phases: () => asked.flatMap((effect) => (effect.type === 'announce' ? [effect.transition.to] : [])),
    since: (length: number) => asked.slice(length).filter(({ type }) => type !== 'announce'),
    sessions: () => asked.filter(({ type }) => type === 'open-session' || type === 'close-session'),
  };
}

const health = (status: ComponentHealth['status'], reason: string, component = 'feed'): Input => ({
  type: 'health-changed',
  component,
  health: { status, reason },
});
const healthy = health('healthy', 'live');
const degraded = health('degraded', 'subscribing');
const unhealthy = health('unhealthy', 'no connection');
const came: Input = { type: 'feed-came', fresh: true };
const went: Input = { type: 'feed-went' };
const opened = (sessionId: string, attempt = 1): Input => ({ type: 'session-opened', attempt, sessionId });
const ended = (sessionId: string): Input => ({ type: 'session-ended', sessionId });
const failed = (sessionId: string): Input => ({ type: 'session-failed', sessionId, reason: 'a record was refused' });
const refused = (attempt: number, code = 'DATABASE_UNREACHABLE'): Input => ({
  type: 'session-refused',
  attempt,
  code,
  reason: 'no',
});
const busy = (attempt: number): Input => ({
  type: 'recorder-busy',
  attempt,
  holder: { sessionId: 'theirs', owner: 'host/1' },
});
const storeRefused = (attempt: number, fatal: boolean): Input => ({
  type: 'store-refused',
  attempt,
  code: 'DATABASE_UNREACHABLE',
  reason: 'the database is away',
  fatal,
});

const connecting = () => coordinator().tell({ type: 'started' }, { type: 'store-opened' }, healthy);
const ready = () => connecting().tell(came, opened('s1'));

describe('the way up', () => {
  test('is startup, initializing, orderbook_connect, ready', () => {
    expect(ready().phases()).toEqual(['initializing', 'orderbook_connect', 'ready']);
    expect(ready().transitions().at(-1)).toMatchObject({
      kind: 'first-start',
      sessionOpened: 's1',
      sessionClosed: null,
    });
  });

  test('opens no session before the feed is there', () => {
    const it = connecting();
    expect(it.sessions()).toEqual([]);
    expect(it.state.wait).toMatchObject({ name: 'feed', owner: 'feed' });
    it.tell(came);
    expect(it.sessions()).toEqual([{ type: 'open-session', attempt: 1, continues: null, isTakeover: false }]);
    expect(it.state.phase).toBe('orderbook_connect');
  });

  test('is not over before the session records', () => {
    const it = connecting().tell(came);
    expect(it.state).toMatchObject({ phase: 'orderbook_connect', wait: { name: 'session-opening', owner: 'store' } });
    it.tell(opened('s1'));
    expect(it.state.phase).toBe('ready');
    expect(it.asked.map(({ type }) => type).slice(-2)).toEqual(['record', 'announce']);
  });

  test('tries a refused session again, ever more slowly, and says what was refused', () => {
    const it = connecting().tell(came);
    const delays: unknown[] = [];
    for (let attempt = 1; attempt <= 10; attempt++) {
      it.tell(refused(attempt));
      expect(it.state.refusal).toMatchObject({ what: 'session', code: 'DATABASE_UNREACHABLE', count: attempt });
      delays.push(it.letPass());
    }
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000]);
    it.tell(opened('s1', 11));
    expect(it.state).toMatchObject({ phase: 'ready', refusal: null });
  });

  test('asks a busy recorder every two seconds, as its lease runs out at no time of ours', () => {
    const it = connecting().tell(came);
    for (let attempt = 1; attempt < 5; attempt++) it.tell(refused(attempt, 'RECORDER_BUSY')).letPass();
    it.tell(refused(5, 'RECORDER_BUSY'));
    expect(it.letPass()).toBe(2000);
  });
});

describe('a store that does not open', () => {
  test('because it is away is tried again for ever', () => {
    const it = coordinator().tell({ type: 'started' });
    for (let attempt = 1; attempt <= 50; attempt++) {
      it.tell(storeRefused(attempt, false));
      expect(it.state).toMatchObject({
        phase: 'initializing',
        wait: { name: 'store-retry' },
        refusal: { what: 'store' },
      });
      it.letPass();
      expect(it.asked.at(-1)).toEqual({ type: 'open-store', attempt: attempt + 1 });
    }
    it.tell({ type: 'store-opened' });
    expect(it.state).toMatchObject({ phase: 'orderbook_connect', refusal: null });
  });

  test('because somebody has to change something ends the process', () => {
    const it = coordinator().tell({ type: 'started' }, storeRefused(1, true));
    expect(it.state.phase).toBe('shutdown');
    expect(it.asked.at(-1)).toEqual({ type: 'shut-down', reason: 'the database is away' });
  });

  test('and says nothing is named and tried again, and its late answer still counts', () => {
    const it = coordinator().tell({ type: 'started' });
    it.letPass();
    expect(it.asked.slice(-2)).toMatchObject([
      { type: 'overdue', wait: { name: 'store-opening', owner: 'store' } },
      { type: 'open-store', attempt: 2 },
    ]);
    expect(it.state.wait).toMatchObject({ overdue: 1 });
    it.tell(storeRefused(1, true));
    expect(it.state.phase).toBe('initializing');
    it.tell({ type: 'store-opened' });
    expect(it.state.phase).toBe('orderbook_connect');
  });
});

describe('a feed that fails', () => {
  test('leaves ready and closes the session as health_failure', () => {
    const it = ready().tell(went, unhealthy);
    expect(it.state).toMatchObject({ phase: 'error', cause: 'no connection' });
    expect(it.asked.at(-1)).toEqual({
      type: 'close-session',
      sessionId: 's1',
      end: { status: 'health_failure', reason: 'no connection' },
    });
    expect(it.transitions().at(-1)).toMatchObject({
      from: 'ready',
      to: 'error',
      kind: null,
      unhealthy: [{ component: 'feed', status: 'unhealthy', reason: 'no connection' }],
      sessionClosed: 's1',
    });
  });

  test('within the tracker’s patience changes nothing', () => {
    const it = ready();
    const before = it.asked.length;
    it.tell(went, came);
    expect(it.asked).toHaveLength(before);
    expect(it.state.phase).toBe('ready');
  });

  test('recovers into a new session that names the old one, only once the feed is there', () => {
    const it = ready().tell(went, unhealthy, ended('s1'));
    const before = it.asked.length;
    it.tell(degraded);
    expect(it.asked).toHaveLength(before);
    it.tell(healthy, came);
    expect(it.asked.at(-1)).toEqual({ type: 'open-session', attempt: 2, continues: 's1', isTakeover: false });
    it.tell(opened('s2', 2));
    expect(it.state).toMatchObject({ phase: 'ready', session: { id: 's2' } });
    const recovery = it.transitions().at(-1)!;
    expect(recovery).toMatchObject({ from: 'error', kind: 'recovery', sessionClosed: 's1', sessionOpened: 's2' });
    expect(recovery.outageMs).toBe(50);
  });

  test('that is back before the old session has ended waits for that end', () => {
    const it = ready().tell(went, unhealthy, healthy, came);
    expect(it.sessions()).toHaveLength(2);
    it.tell(ended('s1'));
    expect(it.asked.at(-1)).toMatchObject({ type: 'open-session', continues: 's1' });
  });

  test('while it is only degraded keeps the session but is not ready', () => {
    const it = ready().tell(degraded);
    expect(it.state).toMatchObject({ phase: 'error', session: { is: 'open' } });
    it.tell(healthy);
    expect(it.state).toMatchObject({ phase: 'ready', session: { id: 's1' } });
    expect(it.transitions().at(-1)).toMatchObject({ kind: 'recovery', sessionClosed: null, sessionOpened: null });
  });

  test('and does not come is made anew at each limit, through orderbook_connect, for ever', () => {
    const it = ready().tell(went, unhealthy, ended('s1'));
    expect(it.state.wait).toMatchObject({ name: 'feed', owner: 'feed' });
    for (let round = 1; round <= 3; round++) {
      const before = it.asked.length;
      it.letPass();
      expect(it.since(before).map(({ type }) => type)).toEqual(['overdue', 'remake-feed']);
      expect(it.state).toMatchObject({ phase: 'orderbook_connect', wait: { overdue: round } });
    }
    it.tell(healthy, came, opened('s2', 2));
    expect(it.state.phase).toBe('ready');
  });
});

describe('a component that is not the feed', () => {
  test('ends ready and not the session, as what still records goes on', () => {
    const it = ready().tell(health('unhealthy', 'SPOOL_FULL', 'spool'));
    expect(it.state).toMatchObject({
      phase: 'error',
      cause: 'SPOOL_FULL',
      session: { is: 'open' },
      wait: { name: 'health' },
    });
    const before = it.asked.length;
    it.letPass();
    expect(it.since(before).map(({ type }) => type)).toEqual(['overdue']);
    it.tell(health('healthy', 'writing', 'spool'));
    expect(it.state).toMatchObject({ phase: 'ready', session: { id: 's1' } });
  });
});

describe('a session that the store ends', () => {
  test('is closed as error, and the next one begins on a new connection', () => {
    const it = ready().tell(failed('s1'));
    expect(it.state.phase).toBe('error');
    const end = { status: 'error', reason: 'a record was refused' };
    expect(it.asked.at(-1)).toEqual({ type: 'close-session', sessionId: 's1', end });
    it.tell(ended('s1'));
    expect(it.asked.at(-1)).toEqual({ type: 'remake-feed', reason: 'the next session needs snapshots' });
    expect(it.state.phase).toBe('orderbook_connect');
    it.tell(went, came);
    expect(it.asked.at(-1)).toEqual({ type: 'open-session', attempt: 2, continues: 's1', isTakeover: false });
    it.tell(opened('s2', 2));
    expect(it.state.phase).toBe('ready');
  });

  test('is told of once, however many records fail', () => {
    const it = ready().tell(failed('s1'));
    const before = it.asked.length;
    it.tell(failed('s1'), failed('s1'));
    expect(it.asked).toHaveLength(before);
  });

  test('and whose failure comes late does not end the next one', () => {
    const it = ready().tell(failed('s1'), ended('s1'), went, came, opened('s2', 2), failed('s1'));
    expect(it.state).toMatchObject({ phase: 'ready', session: { id: 's2' } });
  });
});

describe('a recorder that another process has', () => {
  const standingBy = () => connecting().tell(came, busy(1));

  test('is stood by for: what comes is let go, and nothing is refused, overdue or unhealthy', () => {
    const it = standingBy();
    expect(it.state).toMatchObject({
      phase: 'standby',
      cause: 'standing by: host/1 records into session theirs',
      wait: { name: 'takeover' },
      session: { is: 'standby', behind: { sessionId: 'theirs' } },
      refusal: null,
    });
    expect(it.asked.map(({ type }) => type).slice(-2)).toEqual(['stand-by', 'announce']);
  });

  test('is asked for again and again, without another word', () => {
    const it = standingBy();
    const before = it.asked.length;
    for (let attempt = 2; attempt < 100; attempt++) {
      expect(it.letPass()).toBe(1000);
      it.tell(busy(attempt));
    }
    expect(new Set(it.asked.slice(before).map(({ type }) => type))).toEqual(new Set(['open-session']));
    expect(it.asked.at(-1)).toMatchObject({ continues: 'theirs', isTakeover: true });
    expect(it.state).toMatchObject({ phase: 'standby', wait: { overdue: 0 } });
  });

  test('is taken over once it is free, with new connections, and ready when they are there', () => {
    const it = standingBy();
    it.letPass();
    const before = it.asked.length;
    it.tell(opened('s2', 2));
    expect(it.asked.slice(before)).toMatchObject([
      { type: 'record', sessionId: 's2' },
      { type: 'announce', transition: { from: 'standby', to: 'orderbook_connect' } },
      { type: 'remake-feed', reason: 'session s2 takes over from session theirs of host/1' },
    ]);
    it.tell(went, healthy);
    expect(it.state).toMatchObject({ phase: 'orderbook_connect', wait: { name: 'feed' } });
    it.tell(came);
    expect(it.state).toMatchObject({ phase: 'ready', session: { id: 's2' } });
  });

  test('is continued by whoever comes back from its latest session, not from an own one of before', () => {
    const it = ready().tell(failed('s1'), ended('s1'), went, came, busy(2));
    expect(it.state).toMatchObject({ phase: 'standby', previousSessionId: 'theirs' });
    it.letPass();
    expect(it.asked.at(-1)).toMatchObject({ type: 'open-session', continues: 'theirs' });
  });

  test('is not taken over by a feed that is not there, and leaves standby when something is unhealthy', () => {
    const it = standingBy().tell(went, unhealthy);
    expect(it.state).toMatchObject({ phase: 'error', wait: { name: 'feed' } });
    const before = it.asked.length;
    it.tell(came);
    expect(it.asked).toHaveLength(before);
    it.tell(healthy);
    expect(it.state).toMatchObject({ phase: 'standby', wait: { name: 'takeover' } });
  });

  test('and a database that does not answer is no reason to record what both could have', () => {
    const it = standingBy();
    it.letPass();
    it.tell(refused(2));
    expect(it.state).toMatchObject({ phase: 'standby', refusal: { code: 'DATABASE_UNREACHABLE' } });
    it.letPass();
    expect(it.asked.at(-1)).toMatchObject({ type: 'open-session', isTakeover: true });
    it.letPass();
    expect(it.state).toMatchObject({ phase: 'standby', refusal: { code: 'TIMEOUT' } });
  });

  test('and that is had with a feed that died meanwhile is given up at once', () => {
    const it = standingBy();
    it.letPass();
    it.tell(went, unhealthy, opened('s2', 2));
    expect(it.asked.at(-1)).toMatchObject({ type: 'close-session', end: { status: 'health_failure' } });
  });
});

test('a transition that the table does not have is told and counted, and the phase stays', () => {
  const state = { ...coordinator().state, session: { is: 'open', attempt: 1, id: 's1' } as const };
  const { state: next, effects } = step(state, { ...unhealthy, atMs: 1 });
  expect(effects).toContainEqual({ type: 'forbid', from: 'startup', to: 'error', cause: 'no connection' });
  expect(next).toMatchObject({ phase: 'startup', forbidden: 1 });
});

describe('an answer that does not come in time', () => {
  test('is no end of the session’s closing: the next one is opened all the same', () => {
    const it = ready().tell(went, unhealthy, healthy, came);
    expect(it.state.wait).toMatchObject({ name: 'session-end', owner: 'store' });
    it.letPass();
    expect(it.asked.slice(-2)).toMatchObject([{ type: 'overdue' }, { type: 'open-session', continues: 's1' }]);
    it.tell(ended('s1'), opened('s2', 2));
    expect(it.state).toMatchObject({ phase: 'ready', session: { id: 's2' } });
  });

  test('leaves no session behind that nobody records into', () => {
    const it = connecting().tell(came);
    it.letPass();
    expect(it.state).toMatchObject({ session: { is: 'retry' }, refusal: { code: 'TIMEOUT' } });
    it.letPass();
    it.tell(opened('late', 1));
    expect(it.asked.at(-1)).toEqual({ type: 'discard-session', sessionId: 'late' });
    it.tell(opened('s2', 2));
    expect(it.state).toMatchObject({ phase: 'ready', session: { id: 's2' } });
  });
});

describe('stopping', () => {
  test('is possible from any phase, once, and nothing follows it', () => {
    const it = ready().tell({ type: 'stop-requested', reason: 'SIGINT' });
    expect(it.asked.at(-1)).toEqual({ type: 'shut-down', reason: 'SIGINT' });
    const before = it.asked.length;
    it.tell({ type: 'stop-requested', reason: 'again' }, unhealthy, ended('s1'), came);
    expect(it.asked).toHaveLength(before);
  });

  test('that takes too long lets go, once', () => {
    const it = ready().tell({ type: 'stop-requested', reason: 'SIGTERM' });
    const before = it.asked.length;
    expect(it.letPass()).toBe(10_000);
    it.letPass();
    expect(it.since(before).map(({ type }) => type)).toEqual(['overdue', 'let-go', 'overdue']);
  });

  test('ends a session that was asked for before', () => {
    const it = connecting().tell(came, { type: 'stop-requested', reason: 'SIGINT' }, opened('late'));
    expect(it.asked.at(-1)).toEqual({ type: 'discard-session', sessionId: 'late' });
  });
});

describe('every', () => {
  const stop: Input = { type: 'stop-requested', reason: 'SIGTERM' };
  const ways: Readonly<Record<string, () => ReturnType<typeof coordinator>>> = {
    'startup>initializing': () => coordinator().tell({ type: 'started' }),
    'startup>shutdown': () => coordinator().tell(stop),
    'initializing>orderbook_connect': () => coordinator().tell({ type: 'started' }, { type: 'store-opened' }),
    'initializing>shutdown': () => coordinator().tell({ type: 'started' }, stop),
    'orderbook_connect>ready': () => ready(),
    'orderbook_connect>standby': () => connecting().tell(came, busy(1)),
    'standby>orderbook_connect': () => {
      const it = connecting().tell(came, busy(1));
      it.letPass();
      return it.tell(opened('s2', 2));
    },
    'standby>error': () => connecting().tell(came, busy(1), unhealthy),
    'standby>shutdown': () => connecting().tell(came, busy(1), stop),
    'error>standby': () => connecting().tell(came, busy(1), unhealthy, healthy),
    'orderbook_connect>error': () => connecting().tell(came, degraded, opened('s1'), unhealthy),
    'orderbook_connect>shutdown': () => connecting().tell(stop),
    'ready>error': () => ready().tell(unhealthy),
    'ready>shutdown': () => ready().tell(stop),
    'error>ready': () => ready().tell(degraded, healthy),
    'error>orderbook_connect': () => ready().tell(failed('s1'), ended('s1')),
    'error>shutdown': () => ready().tell(unhealthy, stop),
  };

  test('transition of the table has a way that leads to it, and there is no other', () => {
    const table = Object.entries(ALLOWED).flatMap(([from, followers]) => followers.map((to) => `${from}>${to}`));
    expect(Object.keys(ways).toSorted()).toEqual(table.toSorted());
  });

  test.each(Object.entries(ways))('%s happens, and says why and for how long it was so before', (step, go) => {
    const it = go();
    const { from, to, cause, lastedMs } = it.transitions().at(-1)!;
    expect(`${from}>${to}`).toBe(step);
    expect(it.state.phase).toBe(to);
    expect(cause).not.toBe('');
    expect(lastedMs).toBeGreaterThan(0);
  });

  const waits: readonly (readonly [WaitName, WaitOwner, limitMs: number, () => ReturnType<typeof coordinator>])[] = [
    ['start', 'process', 30_000, () => coordinator()],
    ['store-opening', 'store', 60_000, () => coordinator().tell({ type: 'started' })],
    ['store-retry', 'coordinator', 500, () => coordinator().tell({ type: 'started' }, storeRefused(1, false))],
    ['feed', 'feed', 120_000, () => connecting()],
    ['session-opening', 'store', 45_000, () => connecting().tell(came)],
    ['session-retry', 'coordinator', 500, () => connecting().tell(came, refused(1))],
    ['takeover', 'coordinator', 1_000, () => connecting().tell(came, busy(1))],
    ['session-end', 'store', 20_000, () => ready().tell(unhealthy)],
    ['health', 'health', 120_000, () => ready().tell(degraded)],
    ['drain', 'process', 10_000, () => ready().tell(stop)],
  ];

  test.each(waits)('wait for %s has the owner %s and a limit of %i ms', (name, owner, limitMs, go) => {
    const it = go();
    expect(it.state.wait).toMatchObject({ name, owner, overdue: 0 });
    expect(it.letPass()).toBe(limitMs);
  });
});
