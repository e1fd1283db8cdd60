import { expect, test } from 'vitest';
import { barOf, median, timesOf, type Injected } from './fault-times.ts';

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
    unnoticedMs: 26,
    repairMs: 11,
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

test('what goes on grows until now', () => {
  expect(timesOf(injected({}), 3_000)).toMatchObject({ unnoticedMs: 2_000, repairMs: 0 });
  expect(timesOf(injected({ noticedAtMs: 1_500 }), 3_000)).toMatchObject({ unnoticedMs: 500, repairMs: 1_500 });
  expect(timesOf(injected({ namedAs: 'passed over' }), 30_000)).toMatchObject({ unnoticedMs: 0, repairMs: 0 });
});

test('a bar is as long as it lasted, and never too short to be seen or longer than its room', () => {
  expect(barOf({ unnoticedMs: 500, repairMs: 250 }, 1_000)).toEqual({ unnoticed: 0.5, repair: 0.25 });
  expect(barOf({ unnoticedMs: 1, repairMs: 0 }, 10_000).unnoticed).toBeGreaterThan(0.005);
  const { unnoticed, repair } = barOf({ unnoticedMs: 10_000, repairMs: 1 }, 10_000);
  expect(unnoticed + repair).toBe(1);
});
