import { initialState, snapshotOf, step } from '@trader/health';
import { expect, test } from 'vitest';
import { initialCoordinator, type CoordinatorState } from './coordinator/step.ts';
import { feedToHealth, readingToHealth } from './feed/feed-to-health.ts';
import { discoveryToHealth, unknownToHealth } from './feed/markets-to-health.ts';
import { TO_DO, toDo } from './to-do.ts';

const at = (alter: Partial<CoordinatorState>): CoordinatorState => ({ ...initialCoordinator(0), ...alter });
const waitFor = (name: 'feed' | 'drain' | 'health') =>
  ({ name, owner: 'feed', sinceMs: 0, untilMs: 1, overdue: 0 }) as const;

/** Components with what was observed of each. */
function healthOf(reasons: Readonly<Record<string, string>>) {
  const rules = { critical: true, unhealthyAfterMs: 0, healthyAfterMs: 0, holdDown: false } as const;
  const components = Object.fromEntries(Object.keys(reasons).map((component) => [component, rules]));
  let state = initialState({ components, startupGraceMs: 0 }, 0);
  for (const [component, reason] of Object.entries(reasons)) {
    const status = reason === 'well' ? 'healthy' : 'unhealthy';
    ({ state } = step(state, { type: 'observation', component, status, reason, atMs: 1 }));
  }
  return snapshotOf(state, 1);
}

test('every reason that the trader gives by itself has something to do', () => {
  const listings = { listings: 0, markets: 0 };
  const reasons = [
    feedToHealth('subscribing', null, null),
    readingToHealth({ cause: 'STORE_BEHIND', sinceMs: 0, sinceWallMs: 0 }),
    readingToHealth({ cause: 'WAITING_FOR_SESSION', sinceMs: 0, sinceWallMs: 0 }),
    discoveryToHealth({ ...listings, problem: null, problemCode: null }),
    discoveryToHealth({ ...listings, problem: 'no answer', problemCode: 'REST_UNREACHABLE' }),
    unknownToHealth([{ market: 'KXTYPO', reason: 'no id' }], 1),
  ];
  for (const { reason } of reasons) {
    const [code] = reason.split(':');
    expect(toDo(at({ phase: 'error', wait: waitFor('feed') }), healthOf({ feed: reason })), reason).toBe(
      TO_DO[code as keyof typeof TO_DO],
    );
  }
});

test('what is to be done is one sentence or two, and ends as one', () => {
  for (const [code, text] of Object.entries(TO_DO)) expect(text, code).toMatch(/^[A-Z][^\n]{10,140}\.$/);
});

test('nothing is to be done about what is ready, and nothing about an end', () => {
  const health = healthOf({ feed: 'AUTH_REJECTED: HTTP 401' });
  expect(toDo(at({ phase: 'ready', wait: null }), health)).toBeNull();
  expect(toDo(at({ phase: 'shutdown', wait: waitFor('drain') }), health)).toBe('Nothing: it is ending.');
});

test('what was refused comes first, then what fails, then what is waited for', () => {
  const refusal = { what: 'store', code: 'DATABASE_REFUSED', reason: 'x', count: 1, sinceMs: 0 } as const;
  const health = healthOf({ feed: 'AUTH_REJECTED: HTTP 401', spool: 'SPOOL_FULL' });
  const state = at({ phase: 'error', wait: waitFor('feed') });
  expect(toDo({ ...state, refusal }, health)).toBe(TO_DO.DATABASE_REFUSED);
  expect(toDo(state, health)).toBe(TO_DO.AUTH_REJECTED);
  expect(toDo(state, healthOf({ feed: 'the feed is waiting', spool: 'SPOOL_FULL' }))).toBe(TO_DO.SPOOL_FULL);
  expect(toDo(at({ phase: 'error', wait: waitFor('health') }), healthOf({ feed: 'well' }))).toContain('long enough');
});
