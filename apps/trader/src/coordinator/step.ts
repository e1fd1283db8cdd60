// What the process is doing, and what it does next.
//
//   startup ── started ──> initializing ── store opened ──> orderbook_connect ── recording, all healthy ──> ready
//                                                             ^        |                                   |   ^
//                                          the feed has to be |        | the session is lost      unhealthy│   │recording,
//                                               made anew     |        v                                   v   │all healthy
//                                                             +─────────────────────── error ───────────────────
//   any ── stop ──> shutdown
//
// A session is opened once the feed is really there and never before; it is closed as `health_failure` when the feed's
// health is lost. The feed reconnects by itself, so a cut that heals within the health tracker's patience changes nothing
// here. In every phase but `ready` somebody's turn it is, for a limited time (`wait`); after that it is tried again, and
// seen to be. Nothing here gives up.
import {
  DEFAULT_LIMITS,
  type CoordinatorEffect,
  type CoordinatorInput,
  type CoordinatorLimits,
  type CoordinatorPhase,
  type CoordinatorState,
  type CoordinatorTransition,
  type Refusal,
  type SessionCount,
  type SessionEnd,
  type Wait,
} from './state.ts';
import { feedIs, prolonged, waitOf } from './waits.ts';

export type {
  CoordinatorEffect,
  CoordinatorFact,
  CoordinatorInput,
  CoordinatorState,
  CoordinatorTransition,
  SessionEnd,
} from './state.ts';

export function initialCoordinator(atMs: number, limits: Partial<CoordinatorLimits> = {}): CoordinatorState {
  const state: CoordinatorState = {
    phase: 'startup',
    sinceMs: atMs,
    cause: 'the process started',
    wait: null,
    store: 'closed',
    storeAttempt: 0,
    feedIsHere: false,
    feedIsFresh: false,
    health: {},
    session: 'none',
    sessionAttempt: 0,
    sessionId: null,
    previousSessionId: null,
    readySessionId: null,
    readyLeftAtMs: null,
    refusal: null,
    limits: { ...DEFAULT_LIMITS, ...limits },
  };
  return { ...state, wait: waitOf(state, atMs) };
}

type Stepped = { readonly state: CoordinatorState; readonly effects: readonly CoordinatorEffect[] };

/** When, and how far the open session was: what a transition has of its input. */
type Moment = { readonly atMs: number; readonly counters?: SessionCount | null };

/** Takes one input; the effects are to be performed in order, and `woke` is due at `state.wait.untilMs`. */
export function step(state: CoordinatorState, input: CoordinatorInput): Stepped {
  const { state: next, effects } = state.phase === 'shutdown' ? takeLast(state, input) : take(state, input);
  return { state: { ...next, wait: waitOf(next, input.atMs) }, effects };
}

function take(state: CoordinatorState, input: CoordinatorInput): Stepped {
  switch (input.type) {
    case 'started':
      return state.phase === 'startup' ? openStore(move(state, 'initializing', 'started', input)) : still(state);
    case 'store-opened': {
      if (state.phase !== 'initializing') return still(state);
      const next: CoordinatorState = { ...state, store: 'open', refusal: null };
      return and(move(next, 'orderbook_connect', 'the store is open', input), { type: 'start-feed' });
    }
    case 'store-refused':
      return storeRefused(state, input);
    case 'feed-came':
      return settle({ ...state, feedIsHere: true, feedIsFresh: input.fresh }, 'the feed is live', input);
    case 'feed-went':
      return still({ ...state, feedIsHere: false });
    case 'session-opened': {
      const { attempt, sessionId } = input;
      if (!isOpening(state, attempt)) return { state, effects: [{ type: 'discard-session', sessionId }] };
      const next: CoordinatorState = { ...state, session: 'open', sessionId, refusal: null };
      return settle(next, `session ${sessionId} is recording`, input, [{ type: 'record', sessionId }]);
    }
    case 'session-refused':
      if (!isOpening(state, input.attempt)) return still(state);
      return still({ ...state, session: 'retry', refusal: refused(state, 'session', input) });
    case 'session-failed': {
      if (state.session !== 'open' || input.sessionId !== state.sessionId) return still(state);
      return endSession(state, { status: 'error', reason: input.reason }, input);
    }
    case 'session-ended':
      if (state.session !== 'closing' || input.sessionId !== state.sessionId) return still(state);
      return settle(withoutSession(state), 'the session ended', input);
    case 'health-changed': {
      const { component, health } = input;
      return settle({ ...state, health: { ...state.health, [component]: health } }, health.reason, input);
    }
    case 'woke':
      return state.wait && input.atMs >= state.wait.untilMs ? expire(state, state.wait, input) : still(state);
    case 'stop-requested':
      return and(move(state, 'shutdown', input.reason, input), { type: 'shut-down', reason: input.reason });
  }
}

/** On the way out nothing is begun any more; what comes too late is ended. */
function takeLast(state: CoordinatorState, input: CoordinatorInput): Stepped {
  if (input.type === 'session-opened') {
    return { state, effects: [{ type: 'discard-session', sessionId: input.sessionId }] };
  }
  if (input.type !== 'woke' || !state.wait || input.atMs < state.wait.untilMs) return still(state);
  const effects: CoordinatorEffect[] = [{ type: 'overdue', wait: state.wait }];
  // Once: who does not let go then will not at a second word either.
  if (state.wait.overdue === 0) effects.push({ type: 'let-go' });
  return { state: { ...state, wait: prolonged(state.wait, state, input.atMs) }, effects };
}

/** The session and the phase follow from what is known: whether the feed is here, and how everything is. */
function settle(
  state: CoordinatorState,
  cause: string,
  moment: Moment,
  before: readonly CoordinatorEffect[] = [],
): Stepped {
  const { state: next, effects } = settled(state, cause, moment);
  return { state: next, effects: [...before, ...effects] };
}

function settled(state: CoordinatorState, cause: string, moment: Moment): Stepped {
  if (state.session === 'open' && feedIs(state, 'unhealthy')) {
    return endSession(state, { status: 'health_failure', reason: cause }, moment);
  }
  if (state.phase === 'ready') return isHealthy(state) ? still(state) : move(state, 'error', cause, moment);
  if (!isConnecting(state)) return still(state);
  if (state.session === 'open' && isHealthy(state)) return move(state, 'ready', cause, moment);
  if (state.session !== 'none' || !state.feedIsHere || feedIs(state, 'unhealthy')) return still(state);
  // What these connections sent before is in the last session; the next one needs snapshots of its own.
  if (!state.feedIsFresh) return remakeFeed(state, 'the next session needs snapshots', moment);
  const attempt = state.sessionAttempt + 1;
  return {
    state: { ...state, session: 'opening', sessionAttempt: attempt },
    effects: [{ type: 'open-session', attempt, continues: state.previousSessionId }],
  };
}

function endSession(state: CoordinatorState, end: SessionEnd, moment: Moment): Stepped {
  const sessionId = state.sessionId!;
  const next: CoordinatorState = { ...state, session: 'closing', feedIsFresh: false };
  const effect = { type: 'close-session' as const, sessionId, end };
  return and(state.phase === 'error' ? still(next) : move(next, 'error', end.reason, moment), effect);
}

function remakeFeed(state: CoordinatorState, reason: string, moment: Moment): Stepped {
  const next: CoordinatorState = { ...state, feedIsHere: false };
  const effect = { type: 'remake-feed' as const, reason };
  return and(next.phase === 'error' ? move(next, 'orderbook_connect', reason, moment) : still(next), effect);
}

/** Somebody's time is up. */
function expire(state: CoordinatorState, wait: Wait, moment: Moment): Stepped {
  const { atMs } = moment;
  const waiting: CoordinatorState = { ...state, wait: prolonged(wait, state, atMs) };
  const overdue: CoordinatorEffect = { type: 'overdue', wait };
  switch (wait.name) {
    case 'start':
    case 'drain':
      return and(still(waiting), overdue);
    case 'store-opening':
      return openStore(and(still(waiting), overdue));
    case 'store-retry':
      return openStore(still(state));
    case 'feed':
      return after(overdue, remakeFeed(waiting, 'the feed has not come', moment));
    case 'health': {
      // New connections do nothing for a component that is not the feed.
      const isFeed = !feedIs(state, 'healthy');
      return after(overdue, isFeed ? remakeFeed(waiting, 'the feed is not healthy', moment) : still(waiting));
    }
    case 'session-opening': {
      const input = { code: 'TIMEOUT', reason: 'the store did not open a session in time', atMs };
      return and(still({ ...state, session: 'retry', refusal: refused(state, 'session', input) }), overdue);
    }
    case 'session-retry':
      return settle({ ...state, session: 'none' }, 'a session is tried again', moment);
    case 'session-end':
      return settle(withoutSession(state), 'the session did not end in time', moment, [overdue]);
  }
}

function storeRefused(
  state: CoordinatorState,
  input: Extract<CoordinatorInput, { readonly type: 'store-refused' }>,
): Stepped {
  if (state.store !== 'opening' || input.attempt !== state.storeAttempt) return still(state);
  if (!input.fatal) return still({ ...state, store: 'retry', refusal: refused(state, 'store', input) });
  return and(move(state, 'shutdown', input.reason, input), { type: 'shut-down', reason: input.reason });
}

function openStore({ state, effects }: Stepped): Stepped {
  const attempt = state.storeAttempt + 1;
  return {
    state: { ...state, store: 'opening', storeAttempt: attempt },
    effects: [...effects, { type: 'open-store', attempt }],
  };
}

function refused(
  { refusal }: CoordinatorState,
  what: Refusal['what'],
  { code, reason, atMs }: { readonly code: string; readonly reason: string; readonly atMs: number },
): Refusal {
  return { what, code, reason, count: (refusal?.count ?? 0) + 1, sinceMs: refusal?.sinceMs ?? atMs };
}

const withoutSession = (state: CoordinatorState): CoordinatorState => ({
  ...state,
  session: 'none',
  sessionId: null,
  previousSessionId: state.sessionId,
});

const isOpening = ({ session, sessionAttempt }: CoordinatorState, attempt: number): boolean =>
  session === 'opening' && sessionAttempt === attempt;

const isConnecting = ({ phase }: CoordinatorState): boolean => phase === 'orderbook_connect' || phase === 'error';

const isHealthy = (state: CoordinatorState): boolean =>
  feedIs(state, 'healthy') && Object.values(state.health).every(({ status }) => status === 'healthy');

const still = (state: CoordinatorState): Stepped => ({ state, effects: [] });

const and = ({ state, effects }: Stepped, effect: CoordinatorEffect): Stepped => ({
  state,
  effects: [...effects, effect],
});

const after = (effect: CoordinatorEffect, { state, effects }: Stepped): Stepped => ({
  state,
  effects: [effect, ...effects],
});

function move(state: CoordinatorState, to: CoordinatorPhase, cause: string, { atMs, counters }: Moment): Stepped {
  const isReady = to === 'ready';
  const isNew = isReady && state.sessionId !== state.readySessionId;
  const isEnding = state.session === 'closing' || to === 'shutdown';
  const transition: CoordinatorTransition = {
    from: state.phase,
    to,
    cause,
    lastedMs: atMs - state.sinceMs,
    kind: !isReady ? null : state.readySessionId === null ? 'first-start' : 'recovery',
    outageMs: isReady && state.readyLeftAtMs !== null ? atMs - state.readyLeftAtMs : null,
    unhealthy: Object.entries(state.health).flatMap(([component, health]) =>
      health.status === 'healthy' ? [] : [{ component, ...health }],
    ),
    sessionClosed: isEnding ? state.sessionId : isNew ? state.readySessionId : null,
    sessionOpened: isNew ? state.sessionId : null,
    counters: counters ?? null,
  };
  const next: CoordinatorState = {
    ...state,
    phase: to,
    sinceMs: atMs,
    cause,
    readySessionId: isReady ? state.sessionId : state.readySessionId,
    readyLeftAtMs: isReady ? null : state.phase === 'ready' ? atMs : state.readyLeftAtMs,
  };
  return { state: next, effects: [{ type: 'announce', transition }] };
}
