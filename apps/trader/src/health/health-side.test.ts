import { expect, test } from 'vitest';
import type { CoordinatorFact } from '../coordinator/step.ts';
import { HealthSide } from './health-side.ts';
import { EventLog } from '../event-log.ts';
import { createLog } from '../log/log.ts';

function side(tell: (fact: CoordinatorFact) => void = () => undefined) {
  const lines: { code?: string; msg: string }[] = [];
  const log = createLog('info', {
    destination: { write: (line) => void lines.push(JSON.parse(line) as { msg: string }) },
  });
  const events = new EventLog();
  const health = new HealthSide({ folder: null, holdDownMs: 0, events, log, tell });
  return { health, errors: () => lines.filter(({ code }) => code !== undefined), events };
}

test('an observation that says nothing is told, and keeps none of the others from being made', () => {
  const { health, errors } = side();
  health.observeFeed({ status: 'healthy', reason: '' });
  health.observeStore([{ part: 'spool', code: '' as 'SPOOL_FULL', sinceMs: 0 }]);
  const { components } = health.snapshot();
  expect([components.feed.status, components.spool.status, components.store.status]).toEqual([
    'unknown',
    'unknown',
    'healthy',
  ]);
  expect(errors()).toMatchObject([{ code: 'INVALID_INPUT' }, { code: 'INVALID_INPUT' }]);
  health.close();
});

test('a coordinator that cannot take a change of health is told of in the log', () => {
  const { health, errors, events } = side(() => {
    throw new Error('not now');
  });
  health.observeFeed({ status: 'healthy', reason: 'live' });
  expect(errors()).toMatchObject([{ code: 'UNEXPECTED', msg: expect.stringContaining('not now') as string }]);
  expect(events.since(null)!.events.length).toBeGreaterThan(0);
  health.close();
});

test('what nothing is known of yet counts as not healthy, whatever patience there is at the start', () => {
  const told: CoordinatorFact[] = [];
  const { health } = side((fact) => told.push(fact));
  health.start();
  const unknown = (component: string) => ({ type: 'health-changed', component, health: { status: 'unknown' } });
  expect(told).toMatchObject([unknown('reading'), unknown('markets'), unknown('spool')]);
  health.observeMarkets({ status: 'healthy', reason: 'listed' });
  expect(told.at(-1)).toMatchObject({ component: 'markets', health: { status: 'healthy' } });
  health.close();
});

test('a stalled event loop ends liveness, and not readiness', async () => {
  const side = new HealthSide({
    holdDownMs: 1,
    folder: null,
    events: new EventLog(),
    log: createLog('silent'),
    tell: () => undefined,
  });
  side.start();
  for (const observe of ['observeFeed', 'observeReading', 'observeMarkets'] as const)
    side[observe]({ status: 'healthy', reason: 'fine' });
  side.observeStore([]);
  await expect.poll(() => side.snapshot().components['event-loop'].status).toBe('healthy');
  expect(side.snapshot()).toMatchObject({ live: true, ready: true });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 6_000);
  await expect.poll(() => side.snapshot().live).toBe(false);
  expect(side.snapshot().ready).toBe(true);
  side.close();
});
