// Whatever comes, in whatever order: the coordinator and a shell that answers late, wrongly, or not at all.
import assert from 'node:assert/strict';
import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '@trader/testkit';
import { ALLOWED, holderOf, sessionIdOf, type WaitName } from './state.ts';
import {
  initialCoordinator,
  step,
  type CoordinatorEffect,
  type CoordinatorInput,
  type CoordinatorState,
} from './step.ts';

const ids = fc.constantFrom('s1', 's2', 's3');
const attempt = fc.integer({ min: 0, max: 6 });
const status = fc.constantFrom('unknown' as const, 'healthy' as const, 'degraded' as const, 'unhealthy' as const);
const text = fc.constant('why');
const input: fc.Arbitrary<CoordinatorInput> = fc
  .tuple(
    fc.oneof(
      fc.record({ type: fc.constant('started' as const) }),
      fc.record({ type: fc.constant('store-opened' as const) }),
      fc.record({
        type: fc.constant('store-refused' as const),
        attempt,
        code: text,
        reason: text,
        fatal: fc.boolean(),
      }),
      fc.record({ type: fc.constant('feed-came' as const), fresh: fc.boolean() }),
      fc.record({ type: fc.constant('feed-went' as const) }),
      fc.record({ type: fc.constant('session-opened' as const), attempt, sessionId: ids }),
      fc.record({ type: fc.constant('session-refused' as const), attempt, code: text, reason: text }),
      fc.record({
        type: fc.constant('recorder-busy' as const),
        attempt,
        holder: fc.record({ sessionId: ids, owner: text }),
      }),
      fc.record({ type: fc.constant('session-failed' as const), sessionId: ids, reason: text }),
      fc.record({ type: fc.constant('session-ended' as const), sessionId: ids }),
      fc.record({
        type: fc.constant('health-changed' as const),
        component: fc.constantFrom('feed', 'spool'),
        health: fc.record({ status, reason: text }),
      }),
      fc.record({ type: fc.constant('woke' as const) }),
    ),
    fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 200_000 })),
  )
  .map(([each, atMs]) => ({ ...each, atMs }));

const stop: CoordinatorInput = { type: 'stop-requested', reason: 'asked', atMs: 0 };

/** What is wrong with a step; empty is right. */
function faultsOfStep(
  before: CoordinatorState,
  state: CoordinatorState,
  effects: readonly CoordinatorEffect[],
): readonly string[] {
  const faults: string[] = [];
  let phase = before.phase;
  for (const effect of effects) {
    if (effect.type !== 'announce') continue;
    const { from, to } = effect.transition;
    if (from !== phase || !ALLOWED[phase].includes(to)) faults.push(`${phase} to ${to}, announced as from ${from}`);
    phase = to;
  }
  if (state.phase !== phase) faults.push(`${phase} became ${state.phase} without a word`);
  const { wait } = state;
  if ((wait === null) !== (phase === 'ready')) faults.push(`${phase} waits for ${wait?.name ?? 'nobody'}`);
  if (wait && wait.untilMs <= wait.sinceMs) faults.push(`${wait.name} has no time`);
  const isWell = state.session.is === 'open' && Object.values(state.health).every(({ status: is }) => is === 'healthy');
  if (phase === 'ready' && !isWell) faults.push('ready, though something is not');
  if (phase === 'standby' && !holderOf(state.session)) faults.push('standing by for nobody');
  if (state.forbidden > 0) faults.push('a transition that there is not');
  return faults;
}

const WAIT_NAMES = [
  'start',
  'store-opening',
  'store-retry',
  'feed',
  'session-opening',
  'session-retry',
  'takeover',
  'session-end',
  'health',
  'drain',
] as const satisfies readonly WaitName[];

/** With Node's assertions: those of the runner take many times as long as a step, of which there are hundreds of thousands. */
const check = (...step_: Parameters<typeof faultsOfStep>): void => assert.deepEqual(faultsOfStep(...step_), []);

describe('from any state and by any inputs', () => {
  test('only allowed transitions are taken, and every state but ready has an owner and a time limit', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 80 }), fc.option(fc.integer({ min: 0, max: 80 })), (inputs, stopAt) => {
        let state = initialCoordinator(0);
        let nowMs = 0;
        const all = stopAt === null ? inputs : [...inputs.slice(0, stopAt), stop, ...inputs.slice(stopAt)];
        for (const each of all) {
          nowMs += each.atMs;
          const before = state;
          const stepped = step(state, { ...each, atMs: nowMs });
          state = stepped.state;
          check(before, state, stepped.effects);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

const holder = { sessionId: 'theirs', owner: 'host/1' };
/** States that may never come about. */
const anyState: fc.Arbitrary<CoordinatorState> = fc
  .record({
    phase: fc.constantFrom(...(Object.keys(ALLOWED) as CoordinatorState['phase'][])),
    store: fc.constantFrom<CoordinatorState['store']>(
      { is: 'closed' },
      { is: 'opening', attempt: 1 },
      { is: 'retry', attempt: 1 },
      { is: 'open' },
    ),
    session: fc.constantFrom<CoordinatorState['session']>(
      { is: 'none', attempt: 1 },
      { is: 'retry', attempt: 1 },
      { is: 'opening', attempt: 1, behind: null },
      { is: 'opening', attempt: 1, behind: holder },
      { is: 'standby', attempt: 1, behind: holder },
      { is: 'open', attempt: 1, id: 's1' },
      { is: 'closing', attempt: 1, id: 's1' },
    ),
    feedIsHere: fc.boolean(),
    feedIsFresh: fc.boolean(),
    health: fc.dictionary(fc.constantFrom('feed', 'spool'), fc.record({ status, reason: text })),
    wait: fc.constantFrom(...WAIT_NAMES),
  })
  .map(({ wait, ...state }) => ({
    ...initialCoordinator(0),
    ...state,
    wait: { name: wait, owner: 'process', sinceMs: 0, untilMs: 1, overdue: 0 },
  }));

describe('from any state at all, also one that cannot be', () => {
  test('nothing is thrown; a transition that the table does not have is not taken, and is told and counted', () => {
    let forbidden = 0;
    fc.assert(
      fc.property(anyState, fc.oneof(input, fc.constant(stop)), (before, each) => {
        const { state, effects } = step(before, { ...each, atMs: 10_000 });
        let { phase } = before;
        for (const effect of effects) {
          if (effect.type !== 'announce') continue;
          assert.ok(ALLOWED[phase].includes(effect.transition.to), `${phase} to ${effect.transition.to}`);
          phase = effect.transition.to;
        }
        const told = effects.filter(({ type }) => type === 'forbid').length;
        assert.deepEqual([state.phase, state.forbidden], [phase, told]);
        forbidden += told;
      }),
      { numRuns: 5_000 },
    );
    expect(forbidden).toBeGreaterThan(0);
  });
});

/** A coordinator that asks for the same moment again and again would never let time go on. */
const MOST_EVENTS = 20_000;

/** A shell in simulated time: it answers effects late, with failures or not at all, until `honestFromMs`. */
function simulate(seed: number, honestFromMs: number) {
  const random = seededRandom(seed);
  let state = initialCoordinator(0);
  let nowMs = 0;
  let ordinal = 0;
  let events = 0;
  let sessions = 0;
  const queue: { readonly atMs: number; readonly ordinal: number; readonly run: () => void }[] = [];
  /** Sessions that are open in the store. */
  const open = new Set<string>();
  let feed: 'off' | 'on' | 'live' = 'off';
  let connection = 0;
  let recordedConnection = 0;
  let strangerUntilMs = 0;
  let standbys = 0;

  const isHonest = () => nowMs >= honestFromMs;
  const upTo = (ms: number) => 1 + Math.floor(random() * ms);
  const later = (delayMs: number, run: () => void) =>
    void queue.push({ atMs: nowMs + delayMs, ordinal: ordinal++, run });
  const tell = (each: Record<string, unknown>) => take({ ...each, atMs: nowMs } as CoordinatorInput);

  function take(each: CoordinatorInput): void {
    const before = state;
    const stepped = step(state, each);
    state = stepped.state;
    check(before, state, stepped.effects);
    for (const effect of stepped.effects) perform(effect);
    const { wait } = state;
    if (wait) later(Math.max(0, wait.untilMs - nowMs), () => tell({ type: 'woke' }));
  }

  function perform(effect: CoordinatorEffect): void {
    const hangs = !isHonest() && random() < 0.15;
    const fails = !isHonest() && random() < 0.4;
    const delayMs = upTo(isHonest() ? 500 : 60_000);
    switch (effect.type) {
      case 'open-store': {
        if (hangs) return;
        const { attempt: number } = effect;
        const refusal = { type: 'store-refused', attempt: number, code: 'AWAY', reason: 'away', fatal: false };
        return later(delayMs, () => tell(fails ? refusal : { type: 'store-opened' }));
      }
      case 'start-feed':
        return connect();
      case 'remake-feed':
        if (feed !== 'off') lose();
        return;
      case 'open-session': {
        const { attempt: number } = effect;
        const isLost = random() < 0.5;
        return later(delayMs, () => {
          const refusal = { type: 'session-refused', attempt: number, code: 'AWAY', reason: 'away' };
          // Another process has the recorder for a while, or our own session that is not over yet.
          if (!isHonest() && random() < 0.3 && open.size === 0) strangerUntilMs = nowMs + upTo(60_000);
          if (nowMs < strangerUntilMs) {
            return tell({ type: 'recorder-busy', attempt: number, holder: { sessionId: 'theirs', owner: 'host/1' } });
          }
          if (fails || open.size > 0) return tell(refusal);
          if (hangs && isLost) return;
          const sessionId = `s${++sessions}`;
          open.add(sessionId);
          if (hangs) return later(100_000, () => tell({ type: 'session-opened', attempt: number, sessionId }));
          tell({ type: 'session-opened', attempt: number, sessionId });
        });
      }
      case 'close-session': {
        recordedConnection = connection;
        const { sessionId } = effect;
        // One whose end is never heard of runs out of its lease.
        return later(hangs ? 100_000 : delayMs, () => {
          open.delete(sessionId);
          if (!hangs) tell({ type: 'session-ended', sessionId });
        });
      }
      case 'discard-session':
        return later(delayMs, () => void open.delete(effect.sessionId));
      case 'stand-by':
        return void standbys++;
      case 'record':
      case 'forbid':
      case 'announce':
      case 'overdue':
      case 'shut-down':
      case 'let-go':
    }
  }

  function connect(): void {
    feed = 'on';
    later(upTo(isHonest() ? 1_000 : 90_000), () => {
      connection++;
      feed = 'live';
      tell({ type: 'health-changed', component: 'feed', health: { status: 'healthy', reason: 'live' } });
      tell({ type: 'feed-came', fresh: connection > recordedConnection });
    });
  }

  function lose(): void {
    const wasLive = feed === 'live';
    feed = 'off';
    tell({ type: 'feed-went' });
    if (wasLive && random() < 0.7) {
      tell({ type: 'health-changed', component: 'feed', health: { status: 'unhealthy', reason: 'no connection' } });
    }
    later(upTo(isHonest() ? 1_000 : 30_000), () => feed === 'off' && connect());
  }

  function trouble(): void {
    if (isHonest())
      return tell({ type: 'health-changed', component: 'spool', health: { status: 'healthy', reason: 'ok' } });
    const dice = random();
    if (dice < 0.4 && feed === 'live') lose();
    else if (dice < 0.6 && state.session.is === 'open')
      tell({ type: 'session-failed', sessionId: state.session.id, reason: 'fenced' });
    else if (dice < 0.8) {
      const each = random() < 0.5 ? 'unhealthy' : 'healthy';
      tell({ type: 'health-changed', component: 'spool', health: { status: each, reason: 'disk' } });
    }
    later(upTo(60_000), trouble);
  }

  later(0, () => tell({ type: 'started' }));
  later(upTo(5_000), trouble);
  const run = (untilMs: number) => {
    for (;;) {
      const next = queue.reduce<(typeof queue)[number] | null>(
        (first, each) =>
          first && (first.atMs < each.atMs || (first.atMs === each.atMs && first.ordinal < each.ordinal))
            ? first
            : each,
        null,
      );
      if (!next || next.atMs > untilMs) return;
      if (++events > MOST_EVENTS) throw new Error(`Time stands still at ${nowMs} ms, in ${state.phase}.`);
      queue.splice(queue.indexOf(next), 1);
      nowMs = next.atMs;
      next.run();
    }
  };
  return { run, open, state: () => state, standbys: () => standbys };
}

describe('once the faults have stopped', () => {
  /** The longest that anything begun before may take: a wait's limit, then one session's late answer, and the retries. */
  const boundMs = 400_000;
  const faultyMs = 1_800_000;

  test.each(Array.from({ length: 10 }, (_, index) => index * 20))(
    'it is ready within a bound, with one session open, and stays so (seeds %i and the 19 after it)',
    (first) => {
      let standbys = 0;
      for (let seed = first; seed < first + 20; seed++) {
        const shell = simulate(seed, faultyMs);
        shell.run(faultyMs + boundMs);
        expect(shell.state().phase, `seed ${seed}`).toBe('ready');
        const sessionId = sessionIdOf(shell.state().session);
        shell.run(faultyMs + boundMs + 3_600_000);
        expect(shell.state(), `seed ${seed}`).toMatchObject({ phase: 'ready', session: { id: sessionId } });
        expect([...shell.open], `seed ${seed}`).toEqual([sessionId]);
        standbys += shell.standbys();
      }
      expect(standbys).toBeGreaterThan(0);
    },
  );
});
