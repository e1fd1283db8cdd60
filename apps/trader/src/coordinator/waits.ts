// Whose turn it is. Every phase but `ready` waits for somebody, for a limited time; what happens at the limit is in
// step.ts, and it is never "give up".
import {
  FEED,
  type CoordinatorLimits,
  type CoordinatorState,
  type Refusal,
  type Wait,
  type WaitName,
  type WaitOwner,
} from './state.ts';

const OWNER: Readonly<Record<WaitName, WaitOwner>> = {
  start: 'process',
  'store-opening': 'store',
  'store-retry': 'coordinator',
  feed: 'feed',
  'session-opening': 'store',
  'session-retry': 'coordinator',
  'session-end': 'store',
  health: 'health',
  drain: 'process',
};

const RETRY = { baseMs: 500, maxMs: 30_000 };
/** A recorder whose lease runs out is free from one moment to the next: waiting longer than this would only lose records. */
const BUSY_RETRY_MS = 2_000;

/** The same wait goes on; a new one begins now. */
export function waitOf(state: CoordinatorState, atMs: number): Wait | null {
  const name = waitNameOf(state);
  if (name === null) return null;
  if (state.wait?.name === name) return state.wait;
  return { name, owner: OWNER[name], sinceMs: atMs, untilMs: atMs + limitMs(name, state), overdue: 0 };
}

/** Its limit has passed; it goes on for another one. */
export const prolonged = (wait: Wait, state: CoordinatorState, atMs: number): Wait => ({
  ...wait,
  untilMs: atMs + limitMs(wait.name, state),
  overdue: wait.overdue + 1,
});

export const feedIs = ({ health }: CoordinatorState, status: 'healthy' | 'unhealthy'): boolean =>
  (health[FEED]?.status ?? 'unhealthy') === status;

function waitNameOf(state: CoordinatorState): WaitName | null {
  switch (state.phase) {
    case 'startup':
      return 'start';
    case 'initializing':
      return state.store === 'retry' ? 'store-retry' : 'store-opening';
    case 'ready':
      return null;
    case 'shutdown':
      return 'drain';
    case 'orderbook_connect':
    case 'error':
      return sessionWaitOf(state);
  }
}

function sessionWaitOf(state: CoordinatorState): WaitName {
  switch (state.session) {
    case 'opening':
      return 'session-opening';
    case 'retry':
      return 'session-retry';
    case 'closing':
      return 'session-end';
    case 'none':
    case 'open':
      return state.feedIsHere ? 'health' : 'feed';
  }
}

function limitMs(name: WaitName, { limits, refusal }: CoordinatorState): number {
  switch (name) {
    case 'store-retry':
    case 'session-retry':
      return retryMs(refusal);
    case 'start':
    case 'store-opening':
    case 'feed':
    case 'session-opening':
    case 'session-end':
    case 'health':
    case 'drain':
      return limits[LIMIT[name]];
  }
}

const LIMIT = {
  start: 'startMs',
  'store-opening': 'storeOpeningMs',
  feed: 'feedMs',
  'session-opening': 'sessionOpeningMs',
  'session-end': 'sessionEndMs',
  health: 'healthMs',
  drain: 'drainMs',
} as const satisfies Partial<Record<WaitName, keyof CoordinatorLimits>>;

function retryMs(refusal: Refusal | null): number {
  const { count, code } = refusal ?? { count: 1, code: '' };
  const most = code === 'RECORDER_BUSY' ? BUSY_RETRY_MS : RETRY.maxMs;
  return Math.min(most, RETRY.baseMs * 2 ** Math.min(count - 1, 16));
}
