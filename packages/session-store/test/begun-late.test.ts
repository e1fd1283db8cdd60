// Sessions that begin while the database is away: what they record is in the spool, and their row is made when it is back.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom, temporaryFolder } from '@trader/testkit';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import {
  createSessionStore,
  type RecordingSession,
  type SessionStore,
  type SessionStoreTuning,
  type SpoolRecovery,
  type StoreStatus,
} from '../src/index.ts';
import { appendNext, type Progress } from './crash-records.ts';
import { newDatabase, sharedServer } from './databases.ts';
import { Door } from './door.ts';
import { listen } from './listen.ts';

const end = { status: 'health_failure', reason: 'feed silent', timeoutMs: 120_000 } as const;
/** Renewed often, and long: no pause of a busy machine uses it up. */
const lease = { durationMs: 30_000, renewalsPerLease: 100, sweepEveryMs: 100 };

let url: string;
let door: Door;
const folder = temporaryFolder('session-store-late-');
let folders = 0;
const stores = new Set<SessionStore>();
let recoveries: SpoolRecovery[] = [];
let statuses: StoreStatus[] = [];

afterAll(() => folder.remove());
beforeEach(async () => {
  url = await newDatabase();
  door = await Door.to(url);
  recoveries = [];
  statuses = [];
});
afterEach(async () => {
  await door.shut();
  await door.open();
  await Promise.allSettled([...stores].map(async (store) => store.close()));
  stores.clear();
  await door.shut();
});

const newFolder = () => join(folder.path, String(++folders));

const open = async (dir: string, over: SessionStoreTuning & { readonly url?: string } = {}) => {
  const store = await createSessionStore({
    url: door.url,
    lease,
    batch: { maxRecords: 100, maxAgeMs: 10 },
    on: listen({ onRecovery: (recovery) => recoveries.push(recovery), onStatus: (status) => statuses.push(status) }),
    ...over,
    spool: { dir, durableWithinMs: 10, ...over.spool },
  });
  stores.add(store);
  return store;
};

const record = async (store: SessionStore, count: number) => {
  const session = await store.openSession({ recorder: 'desk' });
  const progress: Progress = { session: session.id, deltas: 0, trades: 0, raw: 0 };
  const append = async (more: number) => {
    appendNext(session, progress, more, seededRandom(more));
    await session.durable();
  };
  await append(count);
  return { session, append };
};

/** What a process that died at this instant would have left. The store is closed: nobody goes on in its place. */
const dies = async (store: SessionStore, session: RecordingSession, dir: string) => {
  const left = newFolder();
  cpSync(dir, left, { recursive: true });
  await session.close({ ...end, timeoutMs: 1 }).catch(() => undefined);
  await store.close();
  stores.delete(store);
  return left;
};

test('a session begins without the database, and has its row and its records once that is there', async () => {
  const atMs = Date.now();
  const store = await open(newFolder());
  const { session, append } = await record(store, 700);
  const begunMs = Date.now();
  expect(statuses.at(-1)).toMatchObject({ state: 'failing', failures: [{ error: { code: 'DATABASE_UNREACHABLE' } }] });
  expect(store.backlog()).toMatchObject({ queuedRecords: 0, spooledRecords: 700 });
  expect(session.counters().messages).toBe(700);
  await expect(store.sessions()).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
  await door.open();
  await append(300);
  await session.flush();
  const [row] = await store.query('select *, lease_until > now() as is_held from sessions');
  expect(row).toMatchObject({ id: session.id, status: 'active', messages: 1000, fencing_token: 1, is_held: true });
  const startedMs = (row!['started_at'] as Date).getTime();
  expect(startedMs).toBeGreaterThanOrEqual(atMs);
  expect(startedMs).toBeLessThanOrEqual(begunMs);
  expect(statuses.at(-1)).toEqual({ state: 'writing' });
  expect(await session.close(end)).toMatchObject({ status: 'health_failure', messages: 1000, startedAtMs: startedMs });
  expect((await store.verify(session.id)).ok).toBe(true);
  const [{ raw, seqs } = {}] = await store.query(`
    select (select count(distinct text) from raw_frames) as raw, (select count(*) from (
      select sid, seq from deltas union select sid, seq from snapshot_frames union select sid, seq from trades
      union select sid, seq from tickers)) as seqs`);
  expect(Number(raw) + Number(seqs)).toBe(1000);
});

test('a session with nothing to write has its row all the same, alone of its recorder, and keeps its lease', async () => {
  const store = await open(newFolder());
  const session = await store.openSession({ recorder: 'quiet' });
  // Nobody can be asked whether the recorder is free, but this store knows.
  const busy = { code: 'RECORDER_BUSY', retryable: true };
  await expect(store.openSession({ recorder: 'quiet' })).rejects.toMatchObject(busy);
  await door.open();
  const until = async () => (await store.query('select lease_until from sessions'))[0]?.['lease_until'] as Date;
  await expect.poll(until).toBeInstanceOf(Date);
  const then = await until();
  await expect.poll(async () => (await until()).getTime()).toBeGreaterThan(then.getTime());
  expect(await session.close(end)).toMatchObject({ status: 'health_failure' });
  expect(await store.sessions()).toHaveLength(1);
});

test('a database without tables gets them when it is there', async () => {
  url = await newDatabase('empty');
  door = await Door.to(url);
  const store = await open(newFolder());
  const { session } = await record(store, 50);
  await door.open();
  expect(await session.close(end)).toMatchObject({ messages: 50 });
  expect((await store.verify(session.id)).ok).toBe(true);
});

test('what a process leaves that dies meanwhile is one session with its true beginning, which the next one continues', async () => {
  const dir = newFolder();
  const dead = await open(dir);
  const { session } = await record(dead, 500);
  const begunMs = Date.now();
  const next = await open(await dies(dead, session, dir), { url });
  const successor = await next.openSession({ recorder: 'desk' });
  await expect.poll(() => recoveries).toMatchObject([{ session: session.id, outcome: 'recovered', setAside: 0 }]);
  const rows = await next.sessions();
  expect(rows).toMatchObject([
    { id: successor.id, status: 'active', continues: session.id },
    { id: session.id, status: 'reclaimed', messages: 500, recorder: 'desk', continues: null },
  ]);
  expect(rows[1]!.startedAtMs).toBeLessThanOrEqual(begunMs);
  expect((await next.verify(session.id)).ok).toBe(true);
  await successor.close(end);
});

test('processes that die one after the other without the database leave a session each, in their order', async () => {
  let dir = newFolder();
  const dead: RecordingSession[] = [];
  for (const count of [100, 200]) {
    const store = await open(dir);
    const { session } = await record(store, count);
    dir = await dies(store, session, dir);
    dead.push(session);
  }
  const [one, two] = dead.map(({ id }) => id);
  const last = await open(dir, { url });
  const { session } = await record(last, 10);
  await session.flush();
  await expect.poll(() => recoveries).toHaveLength(2);
  const rows = await last.sessions();
  expect(rows.map(({ id, messages, continues }) => ({ id, messages, continues }))).toEqual([
    { id: session.id, messages: 10, continues: two },
    { id: two, messages: 200, continues: one },
    { id: one, messages: 100, continues: null },
  ]);
  for (const { id } of rows.slice(1)) expect((await last.verify(id)).ok).toBe(true);
  await session.close(end);
});

test('a recorder that another process has by then leaves a session of its own, which is over', async () => {
  const store = await open(newFolder());
  const { session } = await record(store, 100);
  await using other = await createSessionStore({ url, lease });
  const theirs = await other.openSession({ recorder: 'desk' });
  await door.open();
  await expect(session.flush()).rejects.toMatchObject({ code: 'RECORDER_BUSY', retryable: false });
  await expect.poll(() => recoveries).toMatchObject([{ session: session.id, outcome: 'recovered', setAside: 0 }]);
  await expect(store.openSession({ recorder: 'desk' })).rejects.toMatchObject({
    code: 'RECORDER_BUSY',
    retryable: true,
  });
  await theirs.close(end);
  expect(await store.sessions()).toMatchObject([
    {
      id: session.id,
      status: 'reclaimed',
      messages: 100,
      endReason: expect.stringContaining('did not have') as string,
    },
    { id: theirs.id, status: 'health_failure' },
  ]);
  expect((await store.verify(session.id)).ok).toBe(true);
});

test('a recorder whose dead owner still has a lease goes on as soon as that has run out', async () => {
  // The server may have started a moment ago, which gives every owner a lease's time.
  const short = { durationMs: 1000, sweepEveryMs: 86_400_000 };
  const dead = await createSessionStore({ url, lease: short });
  const old = await dead.openSession({ recorder: 'desk' });
  const store = await open(newFolder(), { lease: short });
  const { session } = await record(store, 100);
  await sharedServer().execute(
    url,
    `update sessions set owner = 'dead', fencing_token = 7, lease_until = now() + interval '2 s'`,
  );
  await door.open();
  await session.flush();
  expect(await store.sessions()).toMatchObject([
    { id: session.id, status: 'active', messages: 100, continues: old.id },
    { id: old.id, status: 'reclaimed' },
  ]);
  await dead.close().catch(() => undefined);
});

test('a session that is closed meanwhile gets its end and its records', async () => {
  const store = await open(newFolder());
  const { session } = await record(store, 100);
  await expect(session.close({ ...end, timeoutMs: 20 })).rejects.toMatchObject({ code: 'CLOSE_TIMEOUT' });
  const next = await store.openSession({ recorder: 'desk', continues: session.id });
  await door.open();
  await next.close({ status: 'closed', reason: 'as planned' });
  await expect.poll(() => recoveries).toMatchObject([{ session: session.id, outcome: 'recovered' }]);
  expect(await store.sessions()).toMatchObject([
    { id: next.id, status: 'closed', continues: session.id },
    { id: session.id, status: 'health_failure', endReason: 'feed silent', messages: 100 },
  ]);
});

test('a session that begins in an open store does not wait for a database that is away', async () => {
  await door.open();
  const store = await open(newFolder(), { queryTimeoutMs: 1000, spool: { openWithinMs: 50 } });
  await door.shut();
  const { session } = await record(store, 100);
  await door.open();
  expect(await session.close(end)).toMatchObject({ messages: 100 });
});

test('a session that is to have its row is refused while the database is away, and had when it is back', async () => {
  await door.open();
  const store = await open(newFolder(), { queryTimeoutMs: 1000, spool: { openWithinMs: 50 } });
  await door.shut();
  const ask = async () => store.openSession({ recorder: 'desk', whenAway: 'refuse' });
  await expect(ask()).rejects.toMatchObject({
    code: expect.stringMatching(/^DATABASE_|^QUERY_TIMEOUT$/) as string,
    retryable: true,
  });
  await door.open();
  await expect
    .poll(async () =>
      ask().then(
        ({ recorder }) => recorder,
        () => null,
      ),
    )
    .toBe('desk');
});

test('a newer schema that is found then ends the session and keeps what the spool has of it', async () => {
  const dir = newFolder();
  const store = await open(dir);
  const { session } = await record(store, 100);
  await sharedServer().execute(url, `insert into session_store_migrations (version, hash) values (9e15::bigint, '')`);
  await door.open();
  await expect(session.flush()).rejects.toMatchObject({ code: 'SCHEMA_TOO_NEW' });
  await store.close();
  stores.delete(store);
  await sharedServer().execute(url, `delete from session_store_migrations where version = 9e15::bigint`);
  const next = await open(dir);
  await expect.poll(() => recoveries).toMatchObject([{ session: session.id, outcome: 'recovered', setAside: 0 }]);
  expect(await next.sessions()).toMatchObject([{ id: session.id, messages: 100 }]);
});

test('a store that is to have the database at once says so, and so does one that is refused by it', async () => {
  await expect(open(newFolder(), { spool: { openWithinMs: null } })).rejects.toMatchObject({
    code: 'DATABASE_UNREACHABLE',
    retryable: true,
  });
  await door.open();
  const nowhere = new URL(door.url);
  nowhere.pathname = '/nowhere';
  await expect(open(newFolder(), { url: nowhere.href })).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
});
