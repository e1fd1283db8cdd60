// Whose turn it is. Every phase but `ready` waits for somebody, for a limited time; what happens at the limit is in
// step.ts, and it is never "give up".
import { FEED, type CoordinatorState, type Refusal, type Wait, type WaitName, type WaitOwner } from './state.ts';

const RETRY = { baseMs: 500, maxMs: 30_000 };
/** A recorder whose lease runs out is free from one moment to the next: waiting longer than this would only lose records. */
const BUSY_RETRY_MS = 2_000;

/** Whose turn it is in each wait, and for how long. */
const WAITS: Readonly<Record<WaitName, { owner: WaitOwner; limitMs: (state: CoordinatorState) => number }>> = {
  start: { owner: 'process', limitMs: ({ limits }) => limits.startMs },
  'store-opening': { owner: 'store', limitMs: ({ limits }) => limits.storeOpeningMs },
  'store-retry': { owner: 'coordinator', limitMs: ({ refusal }) => retryMs(refusal) },
  feed: { owner: 'feed', limitMs: ({ limits }) => limits.feedMs },
  'session-opening': { owner: 'store', limitMs: ({ limits }) => limits.sessionOpeningMs },
  'session-retry': { owner: 'coordinator', limitMs: ({ refusal }) => retryMs(refusal) },
  takeover: {
    owner: 'coordinator',
    // Of a database that is back, it has to hear in time that nobody records.
    limitMs: ({ limits, refusal }) => (refusal ? Math.max(limits.takeoverMs, BUSY_RETRY_MS) : limits.takeoverMs),
  },
  'session-end': { owner: 'store', limitMs: ({ limits }) => limits.sessionEndMs },
  health: { owner: 'health', limitMs: ({ limits }) => limits.healthMs },
  drain: { owner: 'process', limitMs: ({ limits }) => limits.drainMs },
};

/** The same wait goes on; a new one begins now. */
export function waitOf(state: CoordinatorState, atMs: number): Wait | null {
  const name = waitNameOf(state);
  if (name === null) return null;
  if (state.wait?.name === name) return state.wait;
  const { owner, limitMs } = WAITS[name];
  return { name, owner, sinceMs: atMs, untilMs: atMs + limitMs(state), overdue: 0 };
}

/** Its limit has passed; it goes on for another one. */
export const prolonged = (wait: Wait, state: CoordinatorState, atMs: number): Wait => ({
  ...wait,
  untilMs: atMs + WAITS[wait.name].limitMs(state),
  overdue: wait.overdue + 1,
});

export const feedIs = ({ health }: CoordinatorState, status: 'healthy' | 'unhealthy'): boolean =>
  (health[FEED]?.status ?? 'unhealthy') === status;

function waitNameOf(state: CoordinatorState): WaitName | null {
  switch (state.phase) {
    case 'startup':
      return 'start';
    case 'initializing':
      return state.store.is === 'retry' ? 'store-retry' : 'store-opening';
    case 'ready':
      return null;
    case 'shutdown':
      return 'drain';
    case 'orderbook_connect':
    case 'standby':
    case 'error':
      return sessionWaitOf(state);
  }
}

function sessionWaitOf(state: CoordinatorState): WaitName {
  switch (state.session.is) {
    case 'opening':
      return 'session-opening';
    case 'retry':
      return 'session-retry';
    case 'closing':
      return 'session-end';
    case 'standby':
      if (state.feedIsHere) return feedIs(state, 'unhealthy') ? 'health' : 'takeover';
      return 'feed';
    case 'none':
    case 'open':
      return state.feedIsHere ? 'health' : 'feed';
  }
}

function retryMs(refusal: Refusal | null): number {
  const { count, code } = refusal ?? { count: 1, code: '' };
  const most = code === 'RECORDER_BUSY' ? BUSY_RETRY_MS : RETRY.maxMs;
  return Math.min(most, RETRY.baseMs * 2 ** Math.min(count - 1, 16));
}
