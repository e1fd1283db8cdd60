// What a real server and the way to it can do to a store.
import { fileURLToPath } from 'node:url';
import { ManualRuntime } from '@trader/testkit';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { createSessionStore, SessionStoreError, type SessionStoreOptions, type StoreStatus } from '../src/index.ts';
import { startChildRecorder } from './child-recorder.ts';
import { delta, everythingIn } from './contract.ts';
import { newDatabase, sharedServer, waitingForLock } from './databases.ts';
import { DeadlineRuntime } from './deadline-runtime.ts';
import { startFaultyProxy } from './faulty-proxy.ts';
import { PostgresEngine } from '../src/database/engines/postgres-engine.ts';
import { systemRuntime } from '../src/runtime.ts';
import { listen } from './listen.ts';

/** A store whose changes of status are kept, and one session of it. */
async function recording(options: SessionStoreOptions) {
  const statuses: StoreStatus[] = [];
  const store = await createSessionStore({
    batch: { maxAgeMs: 1_000_000 },
    on: listen({ onStatus: (status) => statuses.push(status) }),
    ...options,
  });
  const session = await store.openSession({ recorder: 'faulty' });
  return { store, session, statuses };
}

const failedOpening = async (url: string) =>
  createSessionStore({ url, queryTimeoutMs: 5000 }).then(
    () => expect.fail('it opened'),
    (error: unknown) => {
      expect(SessionStoreError.isInstance(error)).toBe(true);
      expect(everythingIn(error)).not.toContain('hunter2');
      return error as SessionStoreError;
    },
  );

describe('opening', () => {
  test('can be done by several processes at once on an empty database', async () => {
    const url = await newDatabase('empty');
    const stores = await Promise.all([1, 2, 3, 4].map(async () => createSessionStore({ url })));
    const applied = await stores[0]!.query('select count(*) as migrations from session_store_migrations');
    const shipped = readMigrationFiles({ migrationsFolder: fileURLToPath(new URL('../migrations', import.meta.url)) });
    expect(applied).toEqual([{ migrations: shipped.length }]);
    await Promise.all(stores.map(async (store) => store.close()));
  });

  test('names a server that is not there, a database that is not there, and shows no password', async () => {
    const nobody = await failedOpening('postgres://postgres:hunter2@127.0.0.1:1/nothing');
    expect(nobody).toMatchObject({ code: 'DATABASE_UNREACHABLE', retryable: true });
    const missing = await failedOpening(`postgres://postgres:hunter2@127.0.0.1:${sharedServer().port}/missing`);
    expect(missing).toMatchObject({ code: 'DATABASE_REFUSED', sqlState: '3D000' });
    const unreadable = await failedOpening('postgres://postgres:hunter2@127.0.0.1:port/x');
    expect(unreadable).toMatchObject({ code: 'DATABASE_REFUSED' });
  });

  test('ends when the server accepts and then says nothing, or hangs up', async () => {
    await using proxy = await startFaultyProxy(await newDatabase());
    for (const mode of ['swallow', 'end-at-start', 'start-only'] as const) {
      proxy.mode = mode;
      const opening = createSessionStore({ url: proxy.url, queryTimeoutMs: 250 });
      await expect(opening).rejects.toMatchObject({ retryable: true });
    }
  });

  test('that failed may be tried again', async () => {
    await using proxy = await startFaultyProxy(await newDatabase());
    const { store } = await recording({ url: proxy.url });
    proxy.mode = 'lose-commit';
    await expect(store.openSession({ recorder: 'again' })).rejects.toMatchObject({ retryable: true });
    const session = await store.openSession({ recorder: 'again' });
    // The first try was committed: one row, not two.
    expect(await store.sessions({ recorder: 'again' })).toMatchObject([{ id: session.id, status: 'active' }]);
    await store.close();
  });
});

describe('a connection that dies between two statements', () => {
  test('fails the next statement, and not the process (porsager/postgres#1208)', async () => {
    const url = await newDatabase();
    const bystander = postgres(url, { max: 1 });
    const closed = Promise.withResolvers<void>();
    const driver = postgres(url, { max: 1, onnotice: () => undefined, onclose: () => closed.resolve() });
    const reserved = await driver.reserve();
    const [backend] = await reserved`select pg_backend_pid() as pid`;
    await bystander`select pg_terminate_backend(${Number(backend!['pid'])})`;
    await closed.promise;
    await expect(reserved`select 1`).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await driver.end({ timeout: 0 });
    await bystander.end({ timeout: 1 });
  });
});

describe('a commit whose answer is lost', () => {
  test('is neither stored nor counted twice, for a batch and for a close', async () => {
    await using proxy = await startFaultyProxy(await newDatabase());
    const { store, session, statuses } = await recording({ url: proxy.url });
    session.append(delta(1));
    await session.flush();

    proxy.mode = 'lose-commit';
    session.append(delta(2));
    await session.flush();
    expect((await store.sessions())[0]).toMatchObject({ deltas: 2 });

    proxy.mode = 'lose-commit';
    session.append(delta(3));
    const row = await session.close({ status: 'closed', reason: 'test' });
    expect(row).toMatchObject({ status: 'closed', deltas: 3 });
    expect(await store.query('select seq from deltas order by seq')).toEqual([{ seq: 1 }, { seq: 2 }, { seq: 3 }]);
    expect(await store.query('select deltas from recorders')).toEqual([{ deltas: 3 }]);
    expect(statuses.map(({ state }) => state)).toEqual(['failing', 'writing', 'failing', 'writing']);
    await store.close();
  });
});

describe('a connection that hangs', () => {
  test('is abandoned at the deadline, and a new one carries on', async () => {
    await using proxy = await startFaultyProxy(await newDatabase());
    const runtime = new DeadlineRuntime();
    const { queryTimeoutMs } = runtime;
    const { store, session, statuses } = await recording({ url: proxy.url, runtime, queryTimeoutMs });
    const before = proxy.connections();
    proxy.mode = 'swallow';
    session.append(delta(1));
    const flushed = session.flush();
    const status = () => {
      runtime.expire();
      return statuses.at(-1);
    };
    await expect.poll(status).toMatchObject({ state: 'failing', error: { code: 'QUERY_TIMEOUT' } });
    proxy.mode = 'pass';
    // What was asked meanwhile is never answered.
    runtime.expire();
    await flushed;
    expect(proxy.connections()).toBeGreaterThan(before);
    expect(await store.query('select seq from deltas')).toEqual([{ seq: 1 }]);
    await store.close();
  });

  test('does not hang the close, which says how many records are not known to be stored', async () => {
    await using proxy = await startFaultyProxy(await newDatabase());
    const runtime = new ManualRuntime();
    const { store, session } = await recording({ url: proxy.url, runtime });
    proxy.mode = 'swallow';
    session.append(delta(1));
    session.append(delta(2));
    const closing = session.close({ status: 'closed', reason: 'test', timeoutMs: 100 });
    runtime.advance(100);
    await expect(closing).rejects.toMatchObject({ code: 'CLOSE_TIMEOUT', unwrittenRecords: 2 });
    expect(() => session.append(delta(3))).toThrow(expect.objectContaining({ code: 'CLOSE_TIMEOUT' }));
    await store.close();
    expect(runtime.armedTimers).toBe(0);
  });

  test('in its start is not waited for by a store that closes', async () => {
    await using proxy = await startFaultyProxy(await newDatabase());
    const runtime = new ManualRuntime();
    const { store } = await recording({ url: proxy.url, runtime });
    proxy.mode = 'end-at-start';
    const connections = proxy.connections();
    // Reading has connections of its own, the first of which is opened here.
    const reading = store.sessions().catch((error: unknown) => error);
    await expect.poll(() => proxy.connections()).toBeGreaterThan(connections);
    await store.close();
    expect(await reading).toMatchObject({ name: 'SessionStoreError' });
    expect(runtime.armedTimers).toBe(0);
  });
});

describe('a process that is stopped', () => {
  test('between describing a statement and asking it loses its locks when its transaction has had its time', async () => {
    const url = await newDatabase('empty');
    await using proxy = await startFaultyProxy(url);
    // Stopped, it does not even see that its time is up.
    const engine = new PostgresEngine(proxy.url, 1_000, { ...systemRuntime, setTimer: () => () => undefined });
    const stopped = engine.transact(
      async (run) => {
        await run({ text: 'select pg_advisory_xact_lock(7)', parameters: [] });
        proxy.mode = 'hold-binds';
        await run({ text: 'select $1::int as never_asked_before', parameters: [1] });
      },
      { doing: 'Holding' },
    );
    stopped.catch(() => undefined);
    const other = postgres(url, { max: 1 });
    await expect.poll(() => proxy.mode, { timeout: 30_000 }).toBe('hold-binds');
    await expect
      .poll(async () => other`select pg_try_advisory_lock(7) as mine`, { timeout: 30_000 })
      .toEqual([{ mine: true }]);
    await other.end();
    await engine.close();
  });
});

describe('closing a store', () => {
  test('while a session is being opened closes that one too', async () => {
    const url = await newDatabase();
    const store = await createSessionStore({ url });
    const bystander = postgres(url, { max: 2 });
    const opened = Promise.withResolvers<unknown>();
    const held = bystander.begin(async (transaction) => {
      await transaction`lock table recorders in exclusive mode`;
      const opening = store.openSession({ recorder: 'late' });
      opening.then(opened.resolve, opened.reject);
      await expect.poll(async () => waitingForLock(bystander)).toBe(1);
      return { closing: store.close() };
    });
    const { closing } = await held;
    await opened.promise;
    await closing;
    expect(await bystander`select status, end_reason from sessions`).toEqual([
      { status: 'closed', end_reason: 'store closed' },
    ]);
    await bystander.end({ timeout: 1 });
  });

  test('leaves no connection on the server and nothing that keeps the process alive', async () => {
    const url = await newDatabase();
    const child = await startChildRecorder({ url }, 'closed');
    expect(await child.ended).toBe(0);
    const sql = postgres(sharedServer().url, { max: 1 });
    const left = () =>
      sql`select 1 from pg_stat_activity where application_name = 'session-store' and ${url} like '%' || datname`;
    await expect.poll(async () => (await left()).length).toBe(0);
    await sql.end({ timeout: 1 });
  });
});

describe('arrays in the result of a query', () => {
  test('are arrays, with their elements as they would be alone', async () => {
    const store = await createSessionStore({ url: await newDatabase() });
    const [row] = await store.query(`
      select array[1, null] as numbers, array[[1], [9007199254740993]]::bigint[] as big, array['a,"b', 'NULL'] as texts,
        array[true, false] as truths, array[timestamptz 'epoch'] as moments, array[1.50] as exact, array['{"a":1}']::jsonb[] as json`);
    expect(row).toEqual({
      numbers: [1, null],
      big: [[1], ['9007199254740993']],
      texts: ['a,"b', 'NULL'],
      truths: [true, false],
      moments: [new Date(0)],
      exact: ['1.50'],
      json: [{ a: 1 }],
    });
    await store.close();
  });
});

describe('a role with habits of its own', () => {
  test('does not change how times are read', async () => {
    const url = await newDatabase();
    const sql = postgres(url, { max: 1 });
    await sql.unsafe(`alter database "${new URL(url).pathname.slice(1)}" set datestyle to 'German'`);
    await sql.unsafe(`alter database "${new URL(url).pathname.slice(1)}" set timezone to 'Asia/Kolkata'`);
    await sql.end({ timeout: 1 });
    const { store, session } = await recording({ url });
    session.append(delta(1));
    await session.flush();
    expect(await store.query('select received_at from deltas')).toEqual([{ received_at: new Date(1_785_901_540_001) }]);
    await store.close();
  });
});

describe('a session that somebody else ended', () => {
  test('takes no more records and says so', async () => {
    const url = await newDatabase();
    const { store, session } = await recording({ url });
    const sql = postgres(url, { max: 1 });
    await sql`update sessions set status = 'closed', ended_at = now(), end_reason = 'by hand'`;
    await sql.end({ timeout: 1 });
    session.append(delta(1));
    const over = { code: 'SESSION_CLOSED', unwrittenRecords: 1 };
    await expect(session.flush()).rejects.toMatchObject(over);
    expect(() => session.append(delta(2))).toThrow(expect.objectContaining(over));
    await expect(session.drained()).rejects.toMatchObject(over);
    await expect(session.close({ status: 'closed', reason: 'test' })).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    expect(await store.query('select count(*) as stored from deltas')).toEqual([{ stored: 0 }]);
    await store.close();
  });
});
