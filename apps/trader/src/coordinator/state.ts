// What the coordinator knows, what it is told, and what it asks for. What follows from what is in step.ts.

export type CoordinatorPhase =
  | 'startup'
  | 'initializing'
  | 'orderbook_connect'
  | 'ready'
  | 'standby'
  | 'error'
  | 'shutdown';

/** Which phase may follow which. `step` takes no other transition; `shutdown` is the only end. */
export const ALLOWED: Readonly<Record<CoordinatorPhase, readonly CoordinatorPhase[]>> = {
  startup: ['initializing', 'shutdown'],
  initializing: ['orderbook_connect', 'shutdown'],
  orderbook_connect: ['ready', 'standby', 'error', 'shutdown'],
  ready: ['error', 'shutdown'],
  // Whoever takes over makes the feed anew: what it had of the present one is let go.
  standby: ['orderbook_connect', 'error', 'shutdown'],
  // Straight back where the feed healed by itself, by way of `orderbook_connect` where it has to be made anew.
  error: ['ready', 'standby', 'orderbook_connect', 'shutdown'],
  shutdown: [],
};

/** Of one critical component. */
export type ComponentHealth = {
  readonly status: 'unknown' | 'healthy' | 'degraded' | 'unhealthy';
  readonly reason: string;
};

/** The component whose failure ends a session. Another one's failure ends `ready` only: what still records goes on. */
export const FEED = 'feed';

/** The process that records under our recorder's name, and its session. */
export type Holder = { readonly sessionId: string; readonly owner: string };

export type SessionEnd = { readonly status: 'closed' | 'health_failure' | 'error'; readonly reason: string };

/** `atMs` and all times of the state are of the monotonic clock: nobody who sets the wall clock changes how long a wait is. */
export type CoordinatorInput = { readonly atMs: number } & CoordinatorFact;

/** What happened. When is put to it as it is taken. */
export type CoordinatorFact =
  | { readonly type: 'started' }
  | { readonly type: 'store-opened' }
  /** `fatal`: no later try could do better, as somebody has to change something. */
  | {
      readonly type: 'store-refused';
      readonly attempt: number;
      readonly code: string;
      readonly reason: string;
      readonly fatal: boolean;
    }
  /**
   * Every wanted market was answered on the present connections. `fresh`: no earlier session has recorded any of their
   * frames, so that a session that begins now has them from the first one on.
   */
  | { readonly type: 'feed-came'; readonly fresh: boolean }
  | { readonly type: 'feed-went' }
  | { readonly type: 'session-opened'; readonly attempt: number; readonly sessionId: string }
  /** Another process records under this name. */
  | { readonly type: 'recorder-busy'; readonly attempt: number; readonly holder: Holder }
  | { readonly type: 'session-refused'; readonly attempt: number; readonly code: string; readonly reason: string }
  /** It takes no more records. */
  | { readonly type: 'session-failed'; readonly sessionId: string; readonly reason: string }
  /** Its end was written, or could not be. */
  | { readonly type: 'session-ended'; readonly sessionId: string }
  | { readonly type: 'health-changed'; readonly component: string; readonly health: ComponentHealth }
  /** The time of `wait.untilMs` has come, or is past. Earlier it changes nothing. */
  | { readonly type: 'woke' }
  | { readonly type: 'stop-requested'; readonly reason: string };

export type CoordinatorEffect =
  | { readonly type: 'open-store'; readonly attempt: number }
  | { readonly type: 'start-feed' }
  /** New connections: a session begins with snapshots, and those come only with one. */
  | { readonly type: 'remake-feed'; readonly reason: string }
  /**
   * `continues: null`: whichever the store finds left behind. `isTakeover`: another process has the recorder for all that is known, so
   * that no session is wanted of which the database does not know.
   */
  | {
      readonly type: 'open-session';
      readonly attempt: number;
      readonly continues: string | null;
      readonly isTakeover: boolean;
    }
  /** Another process records what comes: it is let go from now on, until a session is there. */
  | { readonly type: 'stand-by' }
  /** What was opened is taken: the records that wait for it, and all that follow, go there. */
  | { readonly type: 'record'; readonly sessionId: string }
  /** It was opened too late for whoever asked. It is to be ended, as nobody records into it. */
  | { readonly type: 'discard-session'; readonly sessionId: string }
  | { readonly type: 'close-session'; readonly sessionId: string; readonly end: SessionEnd }
  | { readonly type: 'shut-down'; readonly reason: string }
  /** The shutdown has taken as long as it may. */
  | { readonly type: 'let-go' }
  /** An owner did not do its part in time. What follows is among the other effects. */
  | { readonly type: 'overdue'; readonly wait: Wait }
  | { readonly type: 'announce'; readonly transition: CoordinatorTransition }
  /** The table has no such transition: a mistake of ours. The phase stays. */
  | { readonly type: 'forbid'; readonly from: CoordinatorPhase; readonly to: CoordinatorPhase; readonly cause: string };

/** One change of phase, as it is logged, listed in `/status` and sent to whoever watches. */
export type CoordinatorTransition = {
  readonly from: CoordinatorPhase;
  readonly to: CoordinatorPhase;
  readonly cause: string;
  /** How long `from` lasted. */
  readonly lastedMs: number;
  /** The first `ready` of this process, or one after a failure. `null` unless `to` is `ready`. */
  readonly kind: 'first-start' | 'recovery' | null;
  /** From the end of the last `ready` to this one; `null` unless this is a recovery. */
  readonly outageMs: number | null;
  /** Critical components that are not healthy, each with its reason. */
  readonly unhealthy: readonly (ComponentHealth & { readonly component: string })[];
  /** The session that ends with this transition or, in a recovery into a new one, that ended since the last `ready`. */
  readonly sessionClosed: string | null;
  /** The session that has begun since the last `ready`. `null` where the old one goes on. */
  readonly sessionOpened: string | null;
};

/** Somebody else's turn: who has to do what, and when that is looked at again. */
export type Wait = {
  readonly name: WaitName;
  readonly owner: WaitOwner;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Time limits that passed so far. */
  readonly overdue: number;
};

export type WaitOwner = 'process' | 'store' | 'feed' | 'health' | 'coordinator';

export type WaitName =
  | 'start'
  | 'store-opening'
  | 'store-retry'
  | 'feed'
  | 'session-opening'
  | 'session-retry'
  | 'takeover'
  | 'session-end'
  | 'health'
  | 'drain';

/** What was refused, and is tried again. */
export type Refusal = {
  readonly what: 'store' | 'session';
  readonly code: string;
  readonly reason: string;
  /** In a row. */
  readonly count: number;
  /** Of the first one. */
  readonly sinceMs: number;
};

/** Time limits in ms. */
export type CoordinatorLimits = {
  /** @default 30000 */ readonly startMs: number;
  /** @default 60000 */ readonly storeOpeningMs: number;
  /** @default 120000 */ readonly feedMs: number;
  /** @default 120000 */ readonly healthMs: number;
  /** @default 45000 */ readonly sessionOpeningMs: number;
  /** Between two questions of a standby whether the recorder is free. @default 1000 */ readonly takeoverMs: number;
  /** Longer than a session's close may take. @default 20000 */ readonly sessionEndMs: number;
  /** From the request to stop until everything is let go. @default 10000 */ readonly drainMs: number;
};

export const DEFAULT_LIMITS: CoordinatorLimits = {
  startMs: 30_000,
  storeOpeningMs: 60_000,
  feedMs: 120_000,
  healthMs: 120_000,
  sessionOpeningMs: 45_000,
  takeoverMs: 1_000,
  sessionEndMs: 20_000,
  drainMs: 10_000,
};

/** `attempt`: the latest that was asked for. */
type StoreState =
  | { readonly is: 'closed' }
  | { readonly is: 'opening' | 'retry'; readonly attempt: number }
  | { readonly is: 'open' };

/** `attempt`: the latest that was asked for, of all sessions. `behind`: who records in our place. */
export type SessionState = { readonly attempt: number } & (
  | { readonly is: 'none' | 'retry' }
  | { readonly is: 'opening'; readonly behind: Holder | null }
  | { readonly is: 'standby'; readonly behind: Holder }
  | { readonly is: 'open' | 'closing'; readonly id: string }
);

/** Who records in our place; `null` if nobody is known to. */
export const holderOf = (session: SessionState): Holder | null => ('behind' in session ? session.behind : null);

/** The open session, or the one that is being ended. */
export const sessionIdOf = (session: SessionState): string | null => ('id' in session ? session.id : null);

export type CoordinatorState = {
  readonly phase: CoordinatorPhase;
  readonly sinceMs: number;
  readonly cause: string;
  /** `null` in `ready`, and only there. */
  readonly wait: Wait | null;
  readonly store: StoreState;
  readonly feedIsHere: boolean;
  /** See `feed-came`. */
  readonly feedIsFresh: boolean;
  /** Critical components by name; one that was not heard of is not there, and the feed then counts as unhealthy. */
  readonly health: Readonly<Record<string, ComponentHealth>>;
  readonly session: SessionState;
  /** The session that the next one continues. */
  readonly previousSessionId: string | null;
  /** The session of the last `ready`. */
  readonly readySessionId: string | null;
  /** When `ready` was left; `null` in `ready`, and before the first one. */
  readonly readyLeftAtMs: number | null;
  readonly refusal: Refusal | null;
  /** Transitions that were asked for and that the table does not have. */
  readonly forbidden: number;
  readonly limits: CoordinatorLimits;
};
