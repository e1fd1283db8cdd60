// What the process is doing, and what it does next.
//
//   startup ── started ──> initializing ── store opened ──> orderbook_connect ── recording, healthy ──> ready
//                                                                                                      │   ^
//                                                                                             unhealthy│   │recording, healthy
//                                                                                                      v   │
//                                                                                                      error
//   any ── stop ──> shutdown
//
// A session is opened once the feed is really there and never before; it is closed as `health_failure` when health is
// lost. The feed reconnects by itself, so a cut that heals within the health tracker's patience changes nothing here.

type CoordinatorPhase = 'startup' | 'initializing' | 'orderbook_connect' | 'ready' | 'error' | 'shutdown';

/** Of the critical components together. */
type Health = 'unknown' | 'healthy' | 'degraded' | 'unhealthy';

export type SessionEnd = { readonly status: 'closed' | 'health_failure' | 'error'; readonly reason: string };

export type CoordinatorInput = { readonly atMs: number } & (
  | { readonly type: 'started' }
  | { readonly type: 'store-opened' }
  /** Every wanted market was answered on the present connection. */
  | { readonly type: 'feed-came' }
  | { readonly type: 'feed-went' }
  | { readonly type: 'session-opened'; readonly sessionId: string }
  | { readonly type: 'session-refused'; readonly reason: string }
  | { readonly type: 'session-failed'; readonly reason: string }
  | { readonly type: 'session-ended' }
  | { readonly type: 'health-changed'; readonly health: Health; readonly reason: string }
  | { readonly type: 'stop-requested'; readonly reason: string }
);

export type CoordinatorEffect =
  | { readonly type: 'open-store' }
  | { readonly type: 'start-feed' }
  /** A new connection: a session begins with snapshots, and those come only with one. */
  | { readonly type: 'remake-feed'; readonly reason: string }
  | { readonly type: 'open-session'; readonly continues: string | null; readonly afterMs: number }
  | { readonly type: 'close-session'; readonly end: SessionEnd }
  | { readonly type: 'shut-down'; readonly reason: string }
  | { readonly type: 'announce'; readonly transition: CoordinatorTransition };

export type CoordinatorTransition = {
  readonly from: CoordinatorPhase;
  readonly to: CoordinatorPhase;
  readonly cause: string;
  readonly atMs: number;
  /** How long `from` lasted. */
  readonly lastedMs: number;
};

export type CoordinatorState = {
  readonly phase: CoordinatorPhase;
  readonly sinceMs: number;
  readonly cause: string;
  readonly feedIsHere: boolean;
  readonly health: Health;
  readonly session: 'none' | 'opening' | 'open' | 'closing';
  readonly sessionId: string | null;
  /** The session that the next one continues. */
  readonly previousSessionId: string | null;
  /** Tries to open a session that failed in a row. */
  readonly refusals: number;
};

export const initialCoordinator = (atMs: number): CoordinatorState => ({
  phase: 'startup',
  sinceMs: atMs,
  cause: 'the process started',
  feedIsHere: false,
  health: 'unknown',
  session: 'none',
  sessionId: null,
  previousSessionId: null,
  refusals: 0,
});

const OPEN_RETRY = { baseMs: 500, maxMs: 30_000 };

type Stepped = { readonly state: CoordinatorState; readonly effects: readonly CoordinatorEffect[] };

/** Takes one input; the effects are to be performed in order. */
export function step(state: CoordinatorState, input: CoordinatorInput): Stepped {
  // In shutdown only the sessions' ends still count, and nothing follows from them.
  if (state.phase === 'shutdown') return still(state);
  switch (input.type) {
    case 'started':
      return move(state, 'initializing', 'started', input.atMs, [{ type: 'open-store' }]);
    case 'store-opened':
      return move(state, 'orderbook_connect', 'the store is open', input.atMs, [{ type: 'start-feed' }]);
    case 'feed-came':
      return settle({ ...state, feedIsHere: true }, 'the feed is live', input.atMs);
    case 'feed-went':
      return still({ ...state, feedIsHere: false });
    case 'session-opened':
      return settle(
        { ...state, session: 'open', sessionId: input.sessionId, refusals: 0 },
        `session ${input.sessionId} is recording`,
        input.atMs,
      );
    case 'session-refused':
      return settle({ ...state, session: 'none', refusals: state.refusals + 1 }, input.reason, input.atMs);
    case 'session-failed': {
      if (state.session !== 'open') return still(state);
      const end: SessionEnd = { status: 'error', reason: input.reason };
      const effects: CoordinatorEffect[] = [
        { type: 'close-session', end },
        { type: 'remake-feed', reason: 'the next session needs snapshots' },
      ];
      const next: CoordinatorState = { ...state, session: 'closing' };
      return move(next, 'error', input.reason, input.atMs, effects);
    }
    case 'session-ended':
      return settle(
        { ...state, session: 'none', sessionId: null, previousSessionId: state.sessionId },
        'the session ended',
        input.atMs,
      );
    case 'health-changed':
      return settle({ ...state, health: input.health }, input.reason, input.atMs);
    case 'stop-requested': {
      const effects: CoordinatorEffect[] = [{ type: 'shut-down', reason: input.reason }];
      return move(state, 'shutdown', input.reason, input.atMs, effects);
    }
  }
}

/** The session and the phase follow from what is known: whether the feed is here, and how it is. */
function settle(state: CoordinatorState, cause: string, atMs: number): Stepped {
  if (state.session === 'open' && state.health === 'unhealthy') {
    const end: SessionEnd = { status: 'health_failure', reason: cause };
    const effects: CoordinatorEffect[] = [{ type: 'close-session', end }];
    const next: CoordinatorState = { ...state, session: 'closing' };
    return state.phase === 'ready' ? move(next, 'error', cause, atMs, effects) : { state: next, effects };
  }
  if (state.phase === 'ready') return state.health === 'healthy' ? still(state) : move(state, 'error', cause, atMs);
  if (!isConnecting(state)) return still(state);
  if (state.session === 'open' && state.health === 'healthy') return move(state, 'ready', cause, atMs);
  if (state.session === 'none' && state.feedIsHere) {
    const { refusals, previousSessionId } = state;
    const afterMs = refusals === 0 ? 0 : Math.min(OPEN_RETRY.maxMs, OPEN_RETRY.baseMs * 2 ** (refusals - 1));
    const effect = { type: 'open-session' as const, continues: previousSessionId, afterMs };
    return { state: { ...state, session: 'opening' }, effects: [effect] };
  }
  return still(state);
}

const still = (state: CoordinatorState): Stepped => ({ state, effects: [] });

const isConnecting = ({ phase }: CoordinatorState): boolean => phase === 'orderbook_connect' || phase === 'error';

function move(
  state: CoordinatorState,
  to: CoordinatorPhase,
  cause: string,
  atMs: number,
  effects: readonly CoordinatorEffect[] = [],
): Stepped {
  const transition = { from: state.phase, to, cause, atMs, lastedMs: atMs - state.sinceMs };
  return {
    state: { ...state, phase: to, sinceMs: atMs, cause },
    effects: [{ type: 'announce', transition }, ...effects],
  };
}
