// What the process is doing, and what it does next. Which state follows which is the table in state.ts, and a picture in ARCHITECTURE.md.
//
// A session is opened once the feed is really there and never before; it is closed as `health_failure` when the feed's
// health is lost. The feed reconnects by itself, so a cut that heals within the health tracker's patience changes nothing
// here. Where another process records under the same name, what comes is let go, and the recorder is asked for again and
// again; once it is free, the feed is made anew, for the session to begin with snapshots. In every phase but `ready` somebody's
// turn it is, for a limited time (`wait`); after that it is tried again, and seen to be. Nothing here gives up.
import {
  ALLOWED,
  DEFAULT_LIMITS,
  holderOf,
  sessionIdOf,
  type CoordinatorEffect,
  type CoordinatorInput,
  type CoordinatorLimits,
  type CoordinatorPhase,
  type CoordinatorState,
  type CoordinatorTransition,
  type Refusal,
  type SessionEnd,
  type SessionState,
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
    store: { is: 'closed' },
    feedIsHere: false,
    feedIsFresh: false,
    health: {},
    session: { is: 'none', attempt: 0 },
    previousSessionId: null,
    readySessionId: null,
    readyLeftAtMs: null,
    refusal: null,
    forbidden: 0,
    limits: { ...DEFAULT_LIMITS, ...limits },
  };
  return { ...state, wait: waitOf(state, atMs) };
}

type Stepped = { readonly state: CoordinatorState; readonly effects: readonly CoordinatorEffect[] };

/** When, and how far the open session was: what a transition has of its input. */
type Moment = { readonly atMs: number };

/** Takes one input; the effects are to be performed in order, and `woke` is due at `state.wait.untilMs`. */
export function step(state: CoordinatorState, input: CoordinatorInput): Stepped {
  const { state: next, effects } =
    state.phase === 'shutdown' ? takeWhileShuttingDown(state, input) : take(state, input);
  return { state: { ...next, wait: waitOf(next, input.atMs) }, effects };
}

function take(state: CoordinatorState, input: CoordinatorInput): Stepped {
  switch (input.type) {
    case 'started':
      return state.phase === 'startup' ? openStore(move(state, 'initializing', 'started', input)) : stay(state);
    case 'store-opened': {
      if (state.phase !== 'initializing') return stay(state);
      const next: CoordinatorState = { ...state, store: { is: 'open' }, refusal: null };
      return withEffect(move(next, 'orderbook_connect', 'the store is open', input), { type: 'start-feed' });
    }
    case 'store-refused':
      return storeRefused(state, input);
    case 'feed-came':
      return settle({ ...state, feedIsHere: true, feedIsFresh: input.fresh }, 'the feed is live', input);
    case 'feed-went':
      return stay({ ...state, feedIsHere: false });
    case 'session-opened':
      return sessionOpened(state, input);
    case 'recorder-busy': {
      const { attempt, holder } = input;
      if (!isOpening(state, attempt)) return stay(state);
      const session: SessionState = { is: 'standby', attempt, behind: holder };
      const next: CoordinatorState = { ...state, session, previousSessionId: holder.sessionId, refusal: null };
      const cause = `standing by: ${holder.owner} records into session ${holder.sessionId}`;
      return settle(next, cause, input, holderOf(state.session) ? [] : [{ type: 'stand-by' }]);
    }
    case 'session-refused':
      return isOpening(state, input.attempt) ? stay(sessionRefused(state, input)) : stay(state);
    case 'session-failed': {
      if (state.session.is !== 'open' || input.sessionId !== state.session.id) return stay(state);
      return endSession(state, state.session.id, { status: 'error', reason: input.reason }, input);
    }
    case 'session-ended':
      if (state.session.is !== 'closing' || input.sessionId !== state.session.id) return stay(state);
      return settle(withoutSession(state), 'the session ended', input);
    case 'health-changed': {
      const { component, health } = input;
      return settle({ ...state, health: { ...state.health, [component]: health } }, health.reason, input);
    }
    case 'woke':
      return state.wait && input.atMs >= state.wait.untilMs ? expire(state, state.wait, input) : stay(state);
    case 'stop-requested':
      return withEffect(move(state, 'shutdown', input.reason, input), { type: 'shut-down', reason: input.reason });
  }
}

/** On the way out nothing is begun any more; what comes too late is ended. */
function takeWhileShuttingDown(state: CoordinatorState, input: CoordinatorInput): Stepped {
  if (input.type === 'session-opened') {
    return { state, effects: [{ type: 'discard-session', sessionId: input.sessionId }] };
  }
  if (input.type !== 'woke' || !state.wait || input.atMs < state.wait.untilMs) return stay(state);
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
  const { phase, session } = state;
  if (session.is === 'open' && feedIs(state, 'unhealthy')) {
    return endSession(state, session.id, { status: 'health_failure', reason: cause }, moment);
  }
  if (phase === 'ready' || phase === 'standby') {
    return isHealthy(state) ? stay(state) : move(state, 'error', cause, moment);
  }
  if (!isConnecting(state) || !state.feedIsHere) return stay(state);
  if (isHealthy(state)) {
    if (session.is === 'open') return move(state, 'ready', cause, moment);
    if (holderOf(session)) return move(state, 'standby', cause, moment);
  }
  if (session.is !== 'none' || feedIs(state, 'unhealthy')) return stay(state);
  // What these connections sent before is in the last session; the next one needs snapshots of its own.
  return state.feedIsFresh ? askForSession(state) : remakeFeed(state, 'the next session needs snapshots', moment);
}

function askForSession(state: CoordinatorState): Stepped {
  const attempt = state.session.attempt + 1;
  const behind = holderOf(state.session);
  return {
    state: { ...state, session: { is: 'opening', attempt, behind } },
    effects: [{ type: 'open-session', attempt, continues: state.previousSessionId, isTakeover: behind !== null }],
  };
}

function sessionOpened(
  state: CoordinatorState,
  input: Extract<CoordinatorInput, { readonly type: 'session-opened' }>,
): Stepped {
  const { attempt, sessionId } = input;
  if (!isOpening(state, attempt)) return { state, effects: [{ type: 'discard-session', sessionId }] };
  const behind = holderOf(state.session);
  const next: CoordinatorState = { ...state, session: { is: 'open', attempt, id: sessionId }, refusal: null };
  const record: CoordinatorEffect = { type: 'record', sessionId };
  if (!behind || feedIs(next, 'unhealthy')) return settle(next, `session ${sessionId} is recording`, input, [record]);
  // What the present connections sent was let go.
  const cause = `session ${sessionId} takes over from session ${behind.sessionId} of ${behind.owner}`;
  return withEffectBefore(record, remakeFeed(next, cause, input));
}

/** It is asked for again, behind the same holder if there is one. */
function sessionRefused(
  state: CoordinatorState,
  why: { readonly code: string; readonly reason: string; readonly atMs: number },
): CoordinatorState {
  const { attempt } = state.session;
  const behind = holderOf(state.session);
  const session: SessionState = behind ? { is: 'standby', attempt, behind } : { is: 'retry', attempt };
  return { ...state, session, refusal: refused(state, 'session', why) };
}

function endSession(state: CoordinatorState, sessionId: string, end: SessionEnd, moment: Moment): Stepped {
  const session: SessionState = { is: 'closing', attempt: state.session.attempt, id: sessionId };
  const next: CoordinatorState = { ...state, session, feedIsFresh: false };
  const effect = { type: 'close-session' as const, sessionId, end };
  return withEffect(state.phase === 'error' ? stay(next) : move(next, 'error', end.reason, moment), effect);
}

function remakeFeed(state: CoordinatorState, reason: string, moment: Moment): Stepped {
  const next: CoordinatorState = { ...state, feedIsHere: false };
  const effect = { type: 'remake-feed' as const, reason };
  const isConnectingAlready = state.phase === 'orderbook_connect';
  return withEffect(isConnectingAlready ? stay(next) : move(next, 'orderbook_connect', reason, moment), effect);
}

/** Somebody's time is up. */
function expire(state: CoordinatorState, wait: Wait, moment: Moment): Stepped {
  const { atMs } = moment;
  const waiting: CoordinatorState = { ...state, wait: prolonged(wait, state, atMs) };
  const overdue: CoordinatorEffect = { type: 'overdue', wait };
  switch (wait.name) {
    case 'start':
    case 'drain':
      return withEffect(stay(waiting), overdue);
    case 'store-opening':
      return openStore(withEffect(stay(waiting), overdue));
    case 'store-retry':
      return openStore(stay(state));
    case 'feed':
      return withEffectBefore(overdue, remakeFeed(waiting, 'the feed has not come', moment));
    case 'health': {
      // New connections do nothing for a component that is not the feed.
      const isFeed = !feedIs(state, 'healthy');
      return withEffectBefore(overdue, isFeed ? remakeFeed(waiting, 'the feed is not healthy', moment) : stay(waiting));
    }
    case 'session-opening': {
      const input = { code: 'TIMEOUT', reason: 'the store did not open a session in time', atMs };
      return withEffect(stay(sessionRefused(state, input)), overdue);
    }
    case 'session-retry':
      return settle(withoutAttempt(state), 'a session is tried again', moment);
    case 'takeover':
      return askForSession(state);
    case 'session-end':
      return settle(withoutSession(state), 'the session did not end in time', moment, [overdue]);
  }
}

function storeRefused(
  state: CoordinatorState,
  input: Extract<CoordinatorInput, { readonly type: 'store-refused' }>,
): Stepped {
  if (state.store.is !== 'opening' || input.attempt !== state.store.attempt) return stay(state);
  if (!input.fatal)
    return stay({ ...state, store: { is: 'retry', attempt: input.attempt }, refusal: refused(state, 'store', input) });
  return withEffect(move(state, 'shutdown', input.reason, input), { type: 'shut-down', reason: input.reason });
}

function openStore({ state, effects }: Stepped): Stepped {
  const attempt = 'attempt' in state.store ? state.store.attempt + 1 : 1;
  return {
    state: { ...state, store: { is: 'opening', attempt } },
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

const withoutAttempt = (state: CoordinatorState): CoordinatorState => ({
  ...state,
  session: { is: 'none', attempt: state.session.attempt },
});

const withoutSession = (state: CoordinatorState): CoordinatorState => ({
  ...withoutAttempt(state),
  previousSessionId: sessionIdOf(state.session),
});

const isOpening = ({ session }: CoordinatorState, attempt: number): boolean =>
  session.is === 'opening' && session.attempt === attempt;

const isConnecting = ({ phase }: CoordinatorState): boolean => phase === 'orderbook_connect' || phase === 'error';

const isHealthy = (state: CoordinatorState): boolean =>
  feedIs(state, 'healthy') && Object.values(state.health).every(({ status }) => status === 'healthy');

const stay = (state: CoordinatorState): Stepped => ({ state, effects: [] });

const withEffect = ({ state, effects }: Stepped, effect: CoordinatorEffect): Stepped => ({
  state,
  effects: [...effects, effect],
});

const withEffectBefore = (effect: CoordinatorEffect, { state, effects }: Stepped): Stepped => ({
  state,
  effects: [effect, ...effects],
});

/** The table of transitions is the law: what it does not have is told, and counted, and the phase stays. */
function move(state: CoordinatorState, to: CoordinatorPhase, cause: string, { atMs }: Moment): Stepped {
  const { phase: from } = state;
  if (!ALLOWED[from].includes(to)) {
    return { state: { ...state, forbidden: state.forbidden + 1 }, effects: [{ type: 'forbid', from, to, cause }] };
  }
  const isReady = to === 'ready';
  const sessionId = sessionIdOf(state.session);
  const isNew = isReady && sessionId !== state.readySessionId;
  const isEnding = state.session.is === 'closing' || to === 'shutdown';
  const transition: CoordinatorTransition = {
    from,
    to,
    cause,
    lastedMs: atMs - state.sinceMs,
    kind: !isReady ? null : state.readySessionId === null ? 'first-start' : 'recovery',
    outageMs: isReady && state.readyLeftAtMs !== null ? atMs - state.readyLeftAtMs : null,
    unhealthy: Object.entries(state.health).flatMap(([component, health]) =>
      health.status === 'healthy' ? [] : [{ component, ...health }],
    ),
    sessionClosed: isEnding ? sessionId : isNew ? state.readySessionId : null,
    sessionOpened: isNew ? sessionId : null,
  };
  const next: CoordinatorState = {
    ...state,
    phase: to,
    sinceMs: atMs,
    cause,
    readySessionId: isReady ? sessionId : state.readySessionId,
    readyLeftAtMs: isReady ? null : from === 'ready' ? atMs : state.readyLeftAtMs,
  };
  return { state: next, effects: [{ type: 'announce', transition }] };
}
