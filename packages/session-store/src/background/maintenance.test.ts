import { ManualRuntime } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { SessionStoreError } from '../errors.ts';
import { Maintenance, type Job } from './maintenance.ts';
import type { MaintenanceFailure } from '../events.ts';

const turn = async () => new Promise(setImmediate);

const setUp = (...jobs: (Partial<Job> & { name: string })[]) => {
  const runtime = new ManualRuntime();
  const begun: string[] = [];
  const failures: MaintenanceFailure[] = [];
  const complete = jobs.map(({ name, run, ...job }): Job => ({
    everyMs: 1000,
    ...job,
    name,
    run: async () => {
      begun.push(name);
      await run?.();
    },
  }));
  const maintenance = new Maintenance(runtime, complete, (failure) => failures.push(failure));
  /** In steps that are short against every job's interval. */
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      runtime.advance(100);
      await turn();
    }
  };
  return { runtime, begun, failures, maintenance, pass };
};

describe('a background job', () => {
  test('begins again at most its interval after its last end, and no more than a fifth earlier', async () => {
    const { begun, pass } = setUp({ name: 'a' });
    await pass(700);
    expect(begun).toEqual([]);
    await pass(10_000 - 700);
    expect(begun.length).toBeGreaterThanOrEqual(9);
    expect(begun.length).toBeLessThanOrEqual(12);
  });

  test('waits for the one that is at work', async () => {
    const working = Promise.withResolvers<void>();
    const { begun, pass } = setUp({ name: 'slow', firstAfterMs: 0, run: () => working.promise }, { name: 'quick' });
    await pass(5000);
    expect(begun).toEqual(['slow']);
    working.resolve();
    await pass(200);
    expect(begun).toEqual(['slow', 'quick']);
  });

  test('that backs off waits twice as long after each failure, and no longer once it works', async () => {
    const error = new SessionStoreError('QUERY_TIMEOUT', 'no');
    let works = false;
    const run = async () => (works ? undefined : Promise.reject(error));
    const { begun, pass } = setUp({ name: 'heavy', backsOff: true, run });
    await pass(60_000);
    // After 1, 3, 7, 15 and 31 s at the latest; without the pauses there would be sixty.
    expect(begun.length).toBeGreaterThanOrEqual(5);
    expect(begun.length).toBeLessThanOrEqual(7);
    works = true;
    await pass(90_000);
    expect(begun.length).toBeGreaterThan(25);
  });

  test('that fails is reported with how often it has, and runs again', async () => {
    const error = new SessionStoreError('QUERY_FAILED', 'no');
    let tries = 0;
    const run = async () => (++tries === 3 ? undefined : Promise.reject(error));
    const { failures, pass } = setUp({ name: 'failing', run });
    await pass(4500);
    expect(failures.map(({ failures }) => failures)).toEqual([1, 2, 1]);
    expect(failures[0]).toEqual({ job: 'failing', error, failures: 1 });
  });
});

describe('stopping', () => {
  test('waits for the job at work, and begins no other', async () => {
    const working = Promise.withResolvers<void>();
    const { begun, runtime, maintenance, pass } = setUp({ name: 'a', run: () => working.promise }, { name: 'b' });
    await pass(1000);
    let stopped = false;
    const stopping = maintenance.stop().then(() => (stopped = true));
    await turn();
    expect(stopped).toBe(false);
    working.resolve();
    await stopping;
    await pass(5000);
    expect(begun).toHaveLength(1);
    expect(runtime.armedTimers).toBe(0);
  });

  test('reports nothing of a job that fails because of it', async () => {
    const working = Promise.withResolvers<void>();
    const { failures, maintenance, pass } = setUp({ name: 'a', run: () => working.promise });
    await pass(1000);
    const stopping = maintenance.stop();
    working.reject(new SessionStoreError('STORE_CLOSED', 'closed'));
    await stopping;
    expect(failures).toEqual([]);
  });

  test('leaves no timer when nothing is at work', async () => {
    const { runtime, maintenance } = setUp({ name: 'a' }, { name: 'b' });
    await maintenance.stop();
    expect(runtime.armedTimers).toBe(0);
  });
});
