import { ManualRuntime } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import type { OwnedSession } from './owned-session.ts';
import { SessionStoreError } from '../errors.ts';
import type { Engine, TransactionOptions } from '../database/engines/engine.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import type { MaintenanceFailure } from '../events.ts';

const session: OwnedSession = { id: 'an-id', recorder: 'r', fencingToken: 3, status: 'active' };
const ours = { id: 'an-id', fencing_token: 3, status: 'active', lease_until: new Date() };

/** A keeper whose database gives the row that the test puts there, or fails. */
const setUp = (seed = 1) => {
  const runtime = new ManualRuntime({ seed });
  const renewals: { atMs: number; options: TransactionOptions }[] = [];
  const database = { row: ours as object, failure: null as SessionStoreError | null };
  const engine: Engine = {
    name: 'postgres',
    transact: async (work, options) => {
      renewals.push({ atMs: runtime.monotonicMs(), options });
      if (database.failure) throw database.failure;
      return work(async () => [database.row as Record<string, unknown>]);
    },
    close: async () => undefined,
  };
  const failures: MaintenanceFailure[] = [];
  const keeper = new LeaseKeeper(engine, {
    lease: { durationMs: 1000, renewalsPerLease: 3, sweepEveryMs: 1000 },
    runtime,
    onMaintenanceFailure: (failure) => failures.push(failure),
  });
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 10) {
      runtime.advance(10);
      await new Promise(setImmediate);
    }
  };
  return { runtime, keeper, renewals, database, failures, pass };
};

describe('renewals', () => {
  test.each([1, 2, 3, 4, 5])('come at least three times within any lease (seed %i)', async (seed) => {
    const { keeper, renewals, pass } = setUp(seed);
    keeper.hold(session, () => expect.unreachable());
    await pass(10_000);
    const times = renewals.map(({ atMs }) => atMs);
    for (let fromMs = 0; fromMs <= 9000; fromMs += 50) {
      expect(times.filter((atMs) => atMs > fromMs && atMs <= fromMs + 1000).length).toBeGreaterThanOrEqual(3);
    }
    await keeper.stop();
  });

  test('say how much of the oldest lease is left, as of when it was asked for', async () => {
    const { keeper, database, pass } = setUp();
    expect(keeper.leftMs).toBeNull();
    keeper.hold(session, () => expect.unreachable());
    expect(keeper.leftMs).toBe(1000);
    await pass(2_000);
    expect(keeper.leftMs).toBeGreaterThanOrEqual(660);
    database.failure = new SessionStoreError('DATABASE_UNREACHABLE', 'away', { retryable: true });
    await pass(2_000);
    expect(keeper.leftMs).toBeLessThanOrEqual(-1_000);
    await keeper.stop();
  });

  test('have a connection of their own, and a deadline that leaves time for the next one', async () => {
    const { keeper, renewals, pass } = setUp();
    keeper.hold(session, () => expect.unreachable());
    await pass(300);
    expect(renewals[0]?.options).toMatchObject({ lane: 'leases', timeoutMs: 250 });
    await keeper.stop();
  });

  test('that fail are reported and tried again, and do not end the session', async () => {
    const { keeper, renewals, database, failures, pass } = setUp();
    keeper.hold(session, () => expect.unreachable());
    database.failure = new SessionStoreError('DATABASE_UNREACHABLE', 'gone', { retryable: true });
    await pass(5000);
    expect(failures.at(-1)).toMatchObject({ job: 'renewing leases', error: database.failure });
    expect(failures).toHaveLength(renewals.length);
    database.failure = null;
    await pass(300);
    expect(renewals.length).toBeGreaterThan(failures.length);
    await keeper.stop();
  });

  test('leave a session in doubt that was not asked for during a lease, until one is over, whatever it brings', async () => {
    const { keeper, database, runtime, pass } = setUp();
    let asked = 0;
    keeper.hold(
      session,
      () => expect.unreachable(),
      () => void asked++,
    );
    await pass(5000);
    expect(keeper.isInDoubt(session.id)).toBe(false);
    expect(keeper.isInDoubt('another')).toBe(false);
    for (const failure of [null, new SessionStoreError('DATABASE_UNREACHABLE', 'gone', { retryable: true })]) {
      database.failure = failure;
      const before = asked;
      // As a process that is stopped: all timers are late.
      runtime.advance(1001);
      expect(keeper.isInDoubt(session.id)).toBe(true);
      // One that was asked before may end now, and says nothing of the time since.
      for (let turns = 0; turns < 100 && keeper.isInDoubt(session.id); turns++) await pass(10);
      expect(keeper.isInDoubt(session.id)).toBe(false);
      expect(asked).toBeGreaterThan(before);
    }
    await keeper.stop();
  });

  test('ask for nothing where nothing is held, and stop for good', async () => {
    const { runtime, keeper, renewals, pass } = setUp();
    await pass(1000);
    keeper.hold(session, () => expect.unreachable());
    keeper.release(session.id);
    await pass(1000);
    expect(renewals).toEqual([]);
    await keeper.stop();
    expect(runtime.armedTimers).toBe(0);
  });
});

test('a session that was let go of while its renewal was under way is nobody’s loss', async () => {
  const { keeper, database, pass, renewals } = setUp();
  keeper.hold(session, () => expect.unreachable());
  database.row = {
    ...ours,
    get status() {
      keeper.release(session.id);
      return 'closed';
    },
  };
  await pass(1000);
  expect(renewals.length).toBeGreaterThan(0);
  await keeper.stop();
});
