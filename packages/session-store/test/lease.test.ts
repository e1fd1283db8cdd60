// Leases on a real server, between several stores: claims, sweeps, long writes, restarts, clocks.
import { randomUUID } from 'node:crypto';
import { ManualRuntime } from '@trader/testkit';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Engine } from '../src/database/engines/engine.ts';
import { createSessionStore, SessionStoreError, type SessionStore, type SessionStoreTuning } from '../src/index.ts';
import { PostgresEngine } from '../src/database/engines/postgres-engine.ts';
import { systemRuntime } from '../src/runtime.ts';
import { MarketIds } from '../src/batch/writing/market-ids.ts';
import { Partitions } from '../src/partitions/partitions.ts';
import { SessionTransactions } from '../src/batch/writing/session-transactions.ts';
import { closeOrphans } from '../src/ownership/close-orphans.ts';
import { batchesOf, delta, openBelow } from './contract.ts';
import { newDatabase, waitingForLock } from './databases.ts';

const never = 24 * 60 * 60_000;
/** So long that no pause of a busy machine uses it up, and renewed so often that nobody waits long for the next time. */
const longLease = { durationMs: 12_000, renewalsPerLease: 23 };

let url: string;
let sql: postgres.Sql;
const stores = new Set<SessionStore>();
const engines = new Set<PostgresEngine>();

beforeEach(async () => {
  url = await newDatabase();
  sql = postgres(url, { max: 3, onnotice: () => undefined });
});
afterEach(async () => {
  await Promise.allSettled([...stores].map(async (store) => store.close()));
  await Promise.all([...engines].map(async (engine) => engine.close()));
  stores.clear();
  engines.clear();
  await sql.end({ timeout: 1 });
});

const opened = async (lease: SessionStoreTuning['lease'] & object, options: SessionStoreTuning = {}) => {
  const store = await createSessionStore({ url, lease, ...options });
  stores.add(store);
  return store;
};

const engineOf = () => {
  const engine = new PostgresEngine(url, 15_000, systemRuntime);
  engines.add(engine);
  return engine;
};

/** A session with two records, as a process leaves it: it will not be renewed any more. */
const leftBehind = async (recorder: string) => {
  const engine = engineOf();
  const session = await openBelow(engine, { id: randomUUID(), recorder });
  const writes = new SessionTransactions(engine, new MarketIds(engine), new Partitions(engine), session, never);
  const [batch] = batchesOf([delta(1), delta(2)]);
  await writes.write(batch!);
  return session.id;
};

/** The same, and its lease has run out. */
const orphan = async (recorder: string) => {
  const id = await leftBehind(recorder);
  await runOut(id);
  return id;
};

const runOut = async (id: string) =>
  sql`update sessions set lease_until = clock_timestamp() - interval '1 hour' where id = ${id}`;

const rowOf = async (id: string) => {
  const [row] = await sql`select *, lease_until < clock_timestamp() as ran_out from sessions where id = ${id}`;
  return row!;
};
const statusOf = async (id: string) => (await rowOf(id))['status'] as string;
const becomes = async (id: string, status: string) => expect.poll(async () => statusOf(id)).toBe(status);

describe('several stores that want one recorder', () => {
  test('at once: one has it, the others are told who', async () => {
    const all = await Promise.all([1, 2, 3, 4].map(async () => opened({ durationMs: 15_000 })));
    const results = await Promise.allSettled(all.map(async (store) => store.openSession({ recorder: 'wanted' })));
    const refusals = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
    expect(refusals).toEqual(Array.from({ length: 3 }, () => expect.objectContaining({ code: 'RECORDER_BUSY' })));
    expect(await sql`select status, fencing_token from sessions`).toMatchObject([
      { status: 'active', fencing_token: '1' },
    ]);
  });

  test('of which somebody is gone: that session is reclaimed once, and the one that has it now continues it', async () => {
    const all = await Promise.all([1, 2, 3].map(async () => opened({ durationMs: 10_000, sweepEveryMs: never })));
    const gone = await orphan('wanted');
    const tried = async () => Promise.allSettled(all.map(async (store) => store.openSession({ recorder: 'wanted' })));
    const open = async () => (await tried()).filter(({ status }) => status === 'fulfilled').length;
    await expect.poll(open).toBe(1);
    expect(await sql`select id, status, continues from sessions order by ordinal`).toMatchObject([
      { id: gone, status: 'reclaimed', continues: null },
      { status: 'active', continues: gone },
    ]);
  });
});

describe('a sweep', () => {
  test('by two stores at once closes each orphan once', async () => {
    const orphans: string[] = [];
    for (let count = 0; count < 6; count++) orphans.push(await orphan(`gone-${count}`));
    // What a second reclaim would count twice.
    await sql`update sessions set deltas = 0, messages = 0`;
    await sql`update recorders set deltas = 0, messages = 0`;
    const [one, other] = [engineOf(), engineOf()];
    const closedBy: string[] = [];
    while (closedBy.length < orphans.length) {
      const swept = await Promise.all([one, other].map(async (engine) => closeOrphans(engine, 1, () => [])));
      closedBy.push(...swept.flat());
    }
    expect(closedBy.toSorted()).toEqual(orphans.toSorted());
    const reasons = await sql`select end_reason from sessions`;
    for (const { end_reason: reason } of reasons)
      expect(reason).toMatch(/^owner gone.*; counters: messages 0 -> 2, deltas 0 -> 2$/);
    expect(await sql`select distinct deltas, messages from recorders`).toMatchObject([{ deltas: '2', messages: '2' }]);
  });

  test('passes over what its own process knows to be alive, however late that is with its renewals', async () => {
    const id = await orphan('late');
    expect(await closeOrphans(engineOf(), 1, () => [id])).toEqual([]);
    expect(await statusOf(id)).toBe('active');
    expect(await closeOrphans(engineOf(), 1, () => [])).toEqual([id]);
  });

  test('closes what it cannot count in time all the same, with the counters that were kept', async () => {
    const id = await orphan('large');
    const engine = engineOf();
    const timedOut = new SessionStoreError('QUERY_TIMEOUT', 'too slow', { retryable: true });
    const impatient: Engine = {
      name: 'postgres',
      transact: vi
        .fn<Engine['transact']>((work, options) => engine.transact(work, options))
        .mockRejectedValueOnce(timedOut) as Engine['transact'],
      close: async () => undefined,
    };
    expect(await closeOrphans(impatient, 1, () => [])).toEqual([id]);
    const row = await rowOf(id);
    expect(row).toMatchObject({ status: 'reclaimed', deltas: '2' });
    expect(row['end_reason']).toContain('not counted anew');
  });

  test('leaves a session alone whose long write is under way, although its lease could not be renewed', async () => {
    const runtime = new ManualRuntime();
    const lease = { durationMs: 60_000, renewalsPerLease: 3, sweepEveryMs: never };
    const store = await opened(lease, { runtime, queryTimeoutMs: 600_000 });
    const session = await store.openSession({ recorder: 'slow' });
    const neighbour = await store.openSession({ recorder: 'neighbour' });
    const swept = await orphan('gone');
    const { claim } = await sql.begin(async (hold) => {
      await hold`select 1 from recorders where name = 'slow' for no key update`;
      await runOut(session.id);
      session.append(delta(1));
      const written = session.flush();
      written.catch(() => undefined);
      await expect.poll(async () => waitingForLock(sql)).toBe(1);
      // It does not hold up the renewals of another session of the same process.
      const { lease_until: then } = await rowOf(neighbour.id);
      runtime.advance(lease.durationMs / lease.renewalsPerLease);
      await expect.poll(async () => (await rowOf(neighbour.id))['lease_until']).not.toEqual(then);
      const other = await opened({ durationMs: 1000, sweepEveryMs: 20 });
      const claim = other.openSession({ recorder: 'slow' }).catch((error: unknown) => error);
      // So a sweep came by.
      await becomes(swept, 'reclaimed');
      expect(await rowOf(session.id)).toMatchObject({ status: 'active', ran_out: true });
      return { claim };
    });
    await session.flush();
    expect(await claim).toMatchObject({ code: 'RECORDER_BUSY' });
    expect(await session.close({ status: 'closed', reason: 'test' })).toMatchObject({ status: 'closed', deltas: 1 });
  });
});

describe('a local clock that jumps', () => {
  const hourMs = 3_600_000;

  test('neither shortens a lease nor lengthens it', async () => {
    let jumpMs = 0;
    const runtime = { ...systemRuntime, nowMs: () => Date.now() + jumpMs };
    const store = await opened(longLease, { runtime });
    await opened({ durationMs: 1000, sweepEveryMs: 20 }, { runtime });
    const session = await store.openSession({ recorder: 'jumpy' });
    for (jumpMs of [5 * hourMs, -5 * hourMs]) {
      const { lease_until: before } = await rowOf(session.id);
      const gained = async () => {
        const [row] = await sql`
          select status, lease_until > ${before as Date}::timestamptz + interval '1 second' as renewed,
            lease_until < clock_timestamp() + ${longLease.durationMs + 1} * interval '1 millisecond' as bounded
          from sessions where id = ${session.id}`;
        return row;
      };
      await expect.poll(gained).toEqual({ status: 'active', renewed: true, bounded: true });
    }
    // A store that is five hours behind closes an orphan all the same.
    await becomes(await orphan('gone'), 'reclaimed');
    expect(await statusOf(session.id)).toBe('active');
  });
});
