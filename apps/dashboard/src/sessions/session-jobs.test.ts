import { expect, test } from 'vitest';
import { doneTo, exportFailure, inTheWay, jobOf, progressPercent, type ListedJob } from './session-jobs.ts';

const job = (session: string, state: ListedJob['state'] = 'done'): ListedJob => ({
  kind: 'verify',
  session,
  state,
  startedAtMs: 0,
  endedAtMs: state === 'running' ? null : 1,
  done: 1,
  of: 2,
});
const JOBS = [job('b', 'running'), job('a')];

test('a job of a session is found again, whoever began it', () => {
  expect(jobOf(JOBS, 'verify', 'a')).toBe(JOBS[1]);
  expect(jobOf(JOBS, 'verify', 'c')).toBeNull();
  expect(jobOf(JOBS, 'verify', null)).toBeNull();
});

test('the one that runs is in the way of all others', () => {
  expect(inTheWay(JOBS, 'verify', 'a')).toBe(JOBS[0]);
  expect(inTheWay(JOBS, 'verify', 'b')).toBeNull();
  expect(inTheWay(JOBS, 'export', 'b')).toBe(JOBS[0]);
  expect(inTheWay([job('a')], 'verify', 'b')).toBeNull();
});

test('progress is whole per cent, and never 100 while it runs', () => {
  expect(progressPercent({ done: 0, of: 0 })).toBe(0);
  expect(progressPercent({ done: 1, of: 3 })).toBe(33);
  expect(progressPercent({ done: 9, of: 9 })).toBe(99);
});

test('what somebody can mend is said in words', () => {
  expect(exportFailure('EXPORT_NO_ROOM')).toContain('1 GiB');
  expect([exportFailure('INTERNAL'), exportFailure(null)]).toEqual(['', '']);
  expect([doneTo('verify'), doneTo('export')]).toEqual(['verified', 'exported']);
});
