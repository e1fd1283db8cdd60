// A server that crashes, is stopped, or is away, and comes back. It is one of its own, as others would lose theirs with it, and
// keeps what it commits.
import { join } from 'node:path';
import { seededRandom, startPostgres, temporaryFolder, type TestPostgres } from '@trader/testkit';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createSessionStore,
  migrateSchema,
  type SessionStore,
  type SessionStoreTuning,
  type StoreStatus,
} from '../src/index.ts';
import { delta } from './contract.ts';
import { appendNext, type Progress } from './crash-records.ts';
import { DeadlineRuntime } from './deadline-runtime.ts';
import { judge, lawful } from './laws.ts';
import { stopServer } from './signal-server.ts';
import { listen } from './listen.ts';

const end = { status: 'closed', reason: 'as planned', timeoutMs: 120_000 } as const;

let server: TestPostgres;
const folder = temporaryFolder('session-store-away-');
beforeAll(async () => {
  server = await startPostgres({ isSynced: false });
  await migrateSchema({ url: await server.createDatabase('migrated') });
});
afterAll(async () => {
  await server?.stop();
  folder.remove();
});

const newDatabase = async () => server.createDatabase(undefined, 'migrated');

/** A recorder with a spool, and what it was promised. */
async function recording(name: string, tuning: SessionStoreTuning = {}) {
  const url = await newDatabase();
  const spool = { dir: join(folder.path, name), durableWithinMs: 20 };
  const statuses: StoreStatus['state'][] = [];
  const onStatus = ({ state }: StoreStatus) => void statuses.push(state);
  const batch = { maxRecords: 300, maxAgeMs: 10 };
  const store = await createSessionStore({ url, spool, batch, on: listen({ onStatus }), ...tuning });
  const session = await store.openSession({ recorder: name });
  const progress: Progress = { session: session.id, deltas: 0, trades: 0, raw: 0 };
  const random = seededRandom(7);
  const append = (count: number) => appendNext(session, progress, count, random);
  return { url, store, session, statuses, append, promised: new Map([[session.id, progress]]) };
}

const isWriting = async (store: SessionStore) =>
  expect.poll(async () => (await store.sessions())[0]?.messages).toBeGreaterThan(0);

describe('a server that crashes in the middle of writing', () => {
  test('loses nothing and doubles nothing once it is back', async () => {
    const statuses: StoreStatus[] = [];
    const store = await createSessionStore({
      url: await newDatabase(),
      batch: { maxRecords: 200, maxAgeMs: 1_000_000 },
      on: listen({ onStatus: (status) => statuses.push(status) }),
    });
    const session = await store.openSession({ recorder: 'faulty' });
    const appended = 12_000;
    for (let seq = 1; seq <= appended / 2; seq++) session.append(delta(seq));
    await isWriting(store);
    await server.crash();
    for (let seq = appended / 2 + 1; seq <= appended; seq++) session.append(delta(seq));
    await expect.poll(() => statuses.at(-1)?.state).toBe('failing');
    await server.start();
    const row = await session.close(end);
    expect(row).toMatchObject({ deltas: appended, messages: appended });
    const stored = 'select count(*) as stored, count(distinct seq) as numbers, min(seq), max(seq) from deltas';
    expect(await store.query(stored)).toEqual([{ stored: appended, numbers: appended, min: 1, max: appended }]);
    expect(await store.query('select deltas from recorders')).toEqual([{ deltas: appended }]);
    expect(statuses.map(({ state }) => state)).toEqual(['failing', 'writing']);
    expect(statuses[0]).toMatchObject({ error: { code: 'DATABASE_UNREACHABLE' } });
    await store.close();
  });

  test('has each record once, with a spool', async () => {
    const { url, store, session, append, promised } = await recording('crashing');
    append(8000);
    await isWriting(store);
    await server.crash();
    append(8000);
    await session.durable();
    await server.start();
    append(1000);
    expect(await session.close(end)).toMatchObject({ status: 'closed', messages: 17_000 });
    await store.close();
    expect(await judge(url, promised)).toMatchObject({ ...lawful, records: 17_000 });
  });
});

describe('a server that is away', () => {
  test('is tried again until it is back, over a borrowed postgres.js', async () => {
    const sql = postgres(await newDatabase(), { max: 5, onnotice: () => undefined, backoff: () => 0.05 });
    const store = await createSessionStore({ sql });
    const session = await store.openSession({ recorder: 'guest' });
    await server.crash();
    session.append(delta(1));
    const flushed = session.flush();
    await server.start();
    await flushed;
    expect(await session.close(end)).toMatchObject({ deltas: 1 });
    await store.close();
    await sql.end({ timeout: 1 });
  });

  test('for longer than a lease finds the owner still recording, because nobody has taken over', async () => {
    const url = await newDatabase();
    const sql = postgres(url, { max: 1, onnotice: () => undefined });
    const rowOf = async (id: string) => (await sql`select * from sessions where id = ${id}`)[0]!;
    const leaseUntil = async (id: string) => (await rowOf(id))['lease_until'] as Date;
    await using store = await createSessionStore({ url, lease: { durationMs: 1000, sweepEveryMs: 86_400_000 } });
    // It gives an owner its own lease to come back, after a start of the server: no machine is as slow as that.
    await using _ = await createSessionStore({ url, lease: { durationMs: 60_000, sweepEveryMs: 20 } });
    const session = await store.openSession({ recorder: 'patient' });
    session.append(delta(1));
    await session.flush();
    await server.halt();
    session.append(delta(2));
    const haltedAtMs = Date.now();
    await expect.poll(() => Date.now() - haltedAtMs).toBeGreaterThan(1000);
    await server.start();
    await session.flush();
    const then = (await leaseUntil(session.id)).getTime();
    // Renewals work again, and sweeps have been about for a while.
    await expect.poll(async () => (await leaseUntil(session.id)).getTime()).toBeGreaterThan(then + 1000);
    expect(await session.close(end)).toMatchObject({ status: 'closed', deltas: 2 });
    expect((await rowOf(session.id))['fencing_token']).toBe('1');
    await sql.end({ timeout: 1 });
  });
});

test.runIf(process.platform === 'linux')('a server that is stopped and goes on has each record once', async () => {
  const runtime = new DeadlineRuntime();
  const { queryTimeoutMs } = runtime;
  const recorded = await recording('stopped', { runtime, queryTimeoutMs });
  const { url, store, session, statuses, append, promised } = recorded;
  append(500);
  await session.flush();
  const resume = await stopServer(server);
  try {
    append(10_000);
    await session.durable();
    const seen = () => {
      runtime.expire();
      return statuses;
    };
    await expect.poll(seen).toEqual(['failing']);
  } finally {
    resume();
  }
  await session.flush();
  expect(statuses).toEqual(['failing', 'writing']);
  await session.close(end);
  await store.close();
  expect(await judge(url, promised)).toMatchObject({ ...lawful, records: 10_500 });
});
