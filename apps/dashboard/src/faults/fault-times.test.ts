import { expect, test } from 'vitest';
import { median, timesOf, type Injected } from './fault-times.ts';

const injected = (changed: Partial<Injected>): Injected => ({
  id: '1',
  name: 'drop',
  kind: 'drop',
  connection: null,
  state: 'active',
  hits: 1,
  injectedAtMs: 1_000,
  beginsAtMs: 1_000,
  endsAtMs: 21_000,
  noticedAtMs: null,
  noticedBy: null,
  healedAtMs: null,
  namedAs: null,
  ...changed,
});

test('times count from the beginning of the fault', () => {
  expect(timesOf(injected({ noticedAtMs: 1_026, healedAtMs: 1_037, namedAs: 'sequence' }), 2_000)).toEqual({
    noticedMs: 26,
    healedMs: 37,
    verdict: 'Healed in 37 ms',
    level: 'ok',
  });
});

test('what is noticed and not healed is in repair', () => {
  expect(timesOf(injected({ noticedAtMs: 1_026 }), 2_000)).toMatchObject({ level: 'warn', healedMs: null });
});

test('a fault that is over without a report says so, one that goes on waits', () => {
  expect(timesOf(injected({}), 2_000).verdict).toMatch('not noticed yet');
  expect(timesOf(injected({ state: 'spent' }), 30_000).verdict).toMatch('Nobody noticed');
  expect(timesOf(injected({ namedAs: 'passed over' }), 30_000)).toMatchObject({ level: 'ok' });
});

test('the median is the middle one', () => {
  expect(median([])).toBeNull();
  expect(median([5, 1, 9])).toBe(5);
  expect(median([5, 1])).toBe(1);
});
