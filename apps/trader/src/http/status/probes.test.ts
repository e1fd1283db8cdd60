import { describe, expect, test } from 'vitest';
import { initialCoordinator, type CoordinatorState } from '../../coordinator/step.ts';
import type { TraderView } from '../../status.ts';
import { readiness, standbyReadiness } from './probes.ts';

const cause = (component: string, reason: string) => ({ component, status: 'unhealthy', reason, critical: true });

function ready(coordinator: Partial<CoordinatorState>, causes: readonly object[] = [], components: object = {}) {
  const view = { coordinator: { ...initialCoordinator(0), ...coordinator }, health: { causes, components } };
  return readiness(view as unknown as TraderView);
}

describe('readiness', () => {
  test('says nothing but that it is ready, when it is', () => {
    expect(ready({ phase: 'ready', wait: null, cause: 'session 1 is recording' })).toEqual({
      status: 200,
      body: { ready: true, state: 'ready', causes: [] },
    });
  });

  test('says by codes what is awaited, what was refused, and what is not healthy', () => {
    const refusal = {
      what: 'session',
      code: 'RECORDER_BUSY',
      reason: 'desk-7:4711 has it',
      count: 3,
      sinceMs: 0,
    } as const;
    const health = [
      cause('feed', 'AUTH_REJECTED: wss://10.0.0.8/ refuses the key a952bcbe'),
      cause('store', 'DATABASE_UNREACHABLE'),
      cause('spool', 'the disk /var/lib/trader is full'),
    ];
    const wait = { name: 'session-retry', owner: 'coordinator', sinceMs: 0, untilMs: 1, overdue: 0 } as const;
    expect(
      ready({ phase: 'orderbook_connect', wait, cause: 'connect ECONNREFUSED 10.0.0.8:443', refusal }, health),
    ).toEqual({
      status: 503,
      body: {
        ready: false,
        state: 'orderbook_connect',
        causes: [
          { component: 'trader', status: 'orderbook_connect', reason: 'session-retry' },
          { component: 'session', status: 'refused', reason: 'RECORDER_BUSY' },
          { component: 'feed', status: 'unhealthy', reason: 'AUTH_REJECTED' },
          { component: 'store', status: 'unhealthy', reason: 'DATABASE_UNREACHABLE' },
          { component: 'spool', status: 'unhealthy', reason: null },
        ],
      },
    });
  });

  test('names first what fails now, and then what is getting better', () => {
    const causes = [cause('reading', 'STORE_BEHIND'), cause('feed', 'DISCONNECTED')];
    const observed = (status: string) => ({ observation: { status, reason: 'now', atMs: 9 } });
    const components = { reading: observed('healthy'), feed: observed('unhealthy') };
    const { body } = ready({ phase: 'error', wait: null }, causes, components);
    expect(body.causes.map(({ component }) => component)).toEqual(['trader', 'feed', 'reading']);
  });

  test('of a standby is none, and is what a deployment that wants one asks for', () => {
    const wait = { name: 'takeover', owner: 'coordinator', sinceMs: 0, untilMs: 1, overdue: 0 } as const;
    const standby = { phase: 'standby', wait, cause: 'desk-7 records' } as const;
    const body = {
      ready: false,
      state: 'standby',
      causes: [{ component: 'trader', status: 'standby', reason: 'takeover' }],
    };
    expect(ready(standby)).toEqual({ status: 503, body });
    const view = (coordinator: Partial<CoordinatorState>) =>
      ({ coordinator: { ...initialCoordinator(0), ...coordinator }, health: { causes: [] } }) as unknown as TraderView;
    expect(standbyReadiness(view(standby))).toEqual({ status: 200, body });
    expect(standbyReadiness(view({ phase: 'ready' })).status).toBe(200);
    expect(standbyReadiness(view({ phase: 'error' })).status).toBe(503);
  });

  test.each([
    'password authentication failed for user "desk"',
    'connect ECONNREFUSED 127.0.0.1:5432',
    'FATAL: no pg_hba.conf entry for host "10.0.0.7"',
    'DATABASE_UNREACHABLE at 10.0.0.7',
    'DESK-7: pid 4711',
    'A',
    '',
  ])('repeats no text: %j', (text) => {
    const wait = { name: 'store-retry', owner: 'coordinator', sinceMs: 0, untilMs: 1, overdue: 0 } as const;
    const refusal = { what: 'store', code: 'DATABASE_REFUSED', reason: text, count: 1, sinceMs: 0 } as const;
    const { body } = ready({ phase: 'initializing', wait, cause: text, refusal }, [cause('feed', text)]);
    expect(body.causes.map(({ reason }) => reason)).toEqual(['store-retry', 'DATABASE_REFUSED', null]);
  });
});
