// A database that goes back in time under a recorder: an older copy is put in its place, or a standby takes over that lagged behind.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createSessionStore,
  type RecordingSession,
  type SessionStore,
  type SessionStoreTuning,
  type SpoolRecovery,
} from '../src/index.ts';
import { delta } from './contract.ts';
import { Door } from './door.ts';
import { copyDatabase, type CopiedDatabase } from './copied-database.ts';
import { openSqliteSpool } from '../src/spool/log/sqlite-spool.ts';
import { newDatabase, sharedServer, whenFinished } from './databases.ts';
import { listen } from './listen.ts';

const end = { status: 'closed', reason: 'as planned', timeoutMs: 120_000 } as const;
const cause = 'database-rolled-back';

let url: string;
const folder = temporaryFolder('session-store-restored-');
let folders = 0;
const stores = new Set<SessionStore>();
let recoveries: SpoolRecovery[] = [];

afterAll(() => folder.remove());
beforeEach(async () => {
  url = await newDatabase();
  recoveries = [];
});
afterEach(async () => {
  await Promise.allSettled([...stores].map(async (store) => store.close()));
  stores.clear();
});

const open = async (tuning: SessionStoreTuning = {}) => {
  const onRecovery = (recovery: SpoolRecovery) => void recoveries.push(recovery);
  const store = await createSessionStore({ url, batch: { maxAgeMs: 10 }, on: listen({ onRecovery }), ...tuning });
  stores.add(store);
  return store;
};

const withSpool = (dir = join(folder.path, String(++folders))) => ({ spool: { dir, durableWithinMs: 10 } });

const copyNow = async (): Promise<CopiedDatabase> => {
  const copy = await copyDatabase(sharedServer(), url, false);
  whenFinished(async () => copy.drop());
  return copy;
};

const statement = async (text: string) => sharedServer().execute(url, text);

const append = async (session: RecordingSession, market: string, ...seqs: number[]) => {
  for (const seq of seqs) session.append(delta(seq, { market }));
  await session.flush();
};

const marketsOf = async (store: SessionStore) =>
  (await store.query('select seq, market from deltas order by seq, market')).map(({ seq, market }) => [seq, market]);

const holes = async (store: SessionStore, id: string) =>
  store.query(
    `select sid, first_seq, last_seq, cause from gap_records where session_id = $1 and sid is not null order by ordinal`,
    [id],
  );

/** The numbers of markets are given to others, as after a restore of a copy that did not have them yet. */
const takeNumbers = async () => statement(`insert into markets (ticker) values ('STRANGER 1'), ('STRANGER 2')`);

describe('a market whose number the database has lost', () => {
  test('gets a new one in the session that goes on', async () => {
    const store = await open();
    const session = await store.openSession({ recorder: 'desk' });
    await append(session, 'A', 1);
    const copy = await copyNow();
    const other = await store.openSession({ recorder: 'other' });
    await append(other, 'B', 1);
    await copy.restore();
    await takeNumbers();
    await append(session, 'B', 2);
    expect(await marketsOf(store)).toEqual([
      [1, 'A'],
      [2, 'B'],
    ]);
    await session.close(end);
    expect((await store.verify(session.id)).ok).toBe(true);
  });

  test('gets a new one in the session that comes after one that is over, and reads under its own name', async () => {
    const store = await open();
    const session = await store.openSession({ recorder: 'desk' });
    await append(session, 'A', 1);
    const copy = await copyNow();
    await append(session, 'B', 2);
    const read: unknown[] = [];
    for await (const record of store.replay(session.id)) read.push((record as { market: string }).market);
    expect(read).toEqual(['A', 'B']);
    await copy.restore();
    await takeNumbers();
    await expect(append(session, 'B', 3)).rejects.toMatchObject({ code: 'SESSION_DIVERGED' });
    await session.close(end);
    const next = await store.openSession({ recorder: 'desk' });
    await append(next, 'B', 1);
    await append(next, 'STRANGER 1', 2);
    await next.close(end);
    expect(await marketsOf(store)).toEqual([
      [1, 'A'],
      [1, 'B'],
      [2, 'STRANGER 1'],
    ]);
    const again: unknown[] = [];
    for await (const record of store.replay(next.id)) again.push((record as { market: string }).market);
    expect(again).toEqual(['B', 'STRANGER 1']);
  });

  test('gets a new one in a batch that waits in the spool', async () => {
    const dir = join(folder.path, String(++folders));
    const store = await open(withSpool(dir));
    const session = await store.openSession({ recorder: 'desk' });
    await append(session, 'A', 1);
    const copy = await copyNow();
    await append(await store.openSession({ recorder: 'other' }), 'B', 1);
    await copy.restore();
    await takeNumbers();
    session.append(delta(2, { market: 'B' }));
    await session.durable();
    await session.close(end);
    expect(await marketsOf(store)).toEqual([
      [1, 'A'],
      [2, 'B'],
    ]);
  });
});

describe('a session whose batches the database has lost', () => {
  test('is over, and its close names the numbers that are gone', async () => {
    const store = await open();
    const session = await store.openSession({ recorder: 'desk' });
    await append(session, 'A', 1, 2);
    const copy = await copyNow();
    await append(session, 'A', 3, 4);
    await copy.restore();
    await expect(append(session, 'A', 5, 6)).rejects.toMatchObject({ code: 'SESSION_DIVERGED', unwrittenRecords: 2 });
    const row = await session.close(end);
    expect(row).toMatchObject({ status: 'error', deltas: 2 });
    expect(row.endReason).toContain('could not be stored');
    expect(await holes(store, session.id)).toEqual([{ sid: 1, first_seq: 3, last_seq: 6, cause }]);
    expect((await store.verify(session.id)).ok).toBe(true);
  });

  test('is over, and what the spool has of it is brought in behind a hole with a name', async () => {
    const store = await open(withSpool());
    const session = await store.openSession({ recorder: 'desk' });
    await append(session, 'A', 1, 2);
    const copy = await copyNow();
    await append(session, 'A', 3, 4);
    session.append(delta(1, { sid: 2, market: 'Q' }));
    await session.flush();
    await copy.restore();
    await expect(append(session, 'A', 5, 6)).rejects.toMatchObject({ code: 'SESSION_DIVERGED' });
    const next = await store.openSession({ recorder: 'desk' });
    await expect.poll(() => recoveries).toMatchObject([{ outcome: 'recovered', setAside: 0 }]);
    expect(recoveries[0]!.reason).toContain('restored');
    const [mine] = await store.query('select status, end_reason from sessions where id = $1', [session.id]);
    expect(mine).toMatchObject({ status: 'reclaimed' });
    expect(mine!['end_reason']).toContain('does not have');
    expect(await marketsOf(store)).toEqual([1, 2, 5, 6].map((seq) => [seq, 'A']));
    expect(await holes(store, session.id)).toEqual([
      { sid: 1, first_seq: 3, last_seq: 4, cause },
      { sid: 2, first_seq: null, last_seq: 1, cause },
    ]);
    expect((await store.verify(session.id)).ok).toBe(true);
    expect(await store.sessions({ limit: 1 })).toMatchObject([{ id: next.id, continues: session.id }]);
  });

  test('with nothing left to write is found out at its close', async () => {
    const store = await open(withSpool());
    const session = await store.openSession({ recorder: 'desk' });
    await append(session, 'A', 1, 2);
    const copy = await copyNow();
    await append(session, 'A', 3, 4);
    await copy.restore();
    await expect(session.close(end)).rejects.toMatchObject({ code: 'SESSION_DIVERGED' });
    await expect.poll(() => recoveries).toMatchObject([{ outcome: 'recovered', setAside: 0 }]);
    expect(await holes(store, session.id)).toEqual([{ sid: 1, first_seq: 3, last_seq: 4, cause }]);
    expect(await store.sessions()).toMatchObject([{ id: session.id, status: 'closed', endReason: 'as planned' }]);
  });

  test('whose process has died is named by the next one, which has nothing of it any more', async () => {
    const dir = join(folder.path, String(++folders));
    const store = await open(withSpool(dir));
    const session = await store.openSession({ recorder: 'desk' });
    await append(session, 'A', 1, 2);
    const copy = await copyNow();
    await append(session, 'A', 3, 4);
    let left = '';
    // What a process that died would leave, as soon as its disk knows what the database has.
    const acknowledged = async () => {
      left = join(folder.path, String(++folders));
      cpSync(dir, left, { recursive: true });
      const spool = await openSqliteSpool({ folder: left });
      const through = spool.acknowledged(session.id);
      await spool.close();
      return through;
    };
    await expect.poll(acknowledged, { timeout: 30_000 }).toBe(2);
    await copy.restore();
    const next = await open(withSpool(left));
    await expect.poll(() => recoveries).toMatchObject([{ session: session.id, outcome: 'recovered', setAside: 0 }]);
    const named = 'select sid, to_at, cause from gap_records where session_id = $1';
    expect(await next.query(named, [session.id])).toEqual([{ sid: null, to_at: null, cause }]);
    expect((await next.verify(session.id)).ok).toBe(true);
  });

  test('is entered again where the database does not have it at all', async () => {
    const store = await open(withSpool());
    const copy = await copyNow();
    const session = await store.openSession({ recorder: 'desk' });
    await append(session, 'A', 1, 2);
    const [before] = await store.sessions();
    await copy.restore();
    await takeNumbers();
    await expect(append(session, 'A', 3, 4)).rejects.toMatchObject({ code: 'SESSION_DIVERGED' });
    await expect.poll(() => recoveries).toMatchObject([{ session: session.id, outcome: 'recovered', setAside: 0 }]);
    expect(await store.sessions()).toMatchObject([
      { id: session.id, recorder: 'desk', status: 'reclaimed', startedAtMs: before!.startedAtMs, deltas: 2 },
    ]);
    expect(await marketsOf(store)).toEqual([3, 4].map((seq) => [seq, 'A']));
    expect(await holes(store, session.id)).toEqual([{ sid: 1, first_seq: null, last_seq: 2, cause }]);
    const next = await store.openSession({ recorder: 'desk', continues: session.id });
    await next.close(end);
  });
});

describe('a copy that was made while the spool held records', () => {
  test('lacks those, and a recorder that goes on with that spool brings them in', async () => {
    const dir = join(folder.path, String(++folders));
    await using door = await Door.to(url);
    await door.open();
    const store = await createSessionStore({ url: door.url, batch: { maxAgeMs: 10 }, ...withSpool(dir) });
    stores.add(store);
    const session = await store.openSession({ recorder: 'desk' });
    await append(session, 'A', 1, 2);
    await door.shut();
    for (const seq of [3, 4]) session.append(delta(seq, { market: 'A' }));
    await session.durable();
    const copy = await copyNow();
    const left = join(folder.path, String(++folders));
    cpSync(dir, left, { recursive: true });
    await door.open();
    await session.flush();
    await append(session, 'A', 5);
    expect(await marketsOf(store)).toHaveLength(5);
    await copy.restore();
    // A dump of that time.
    const next = await open({ spool: false });
    expect(await marketsOf(next)).toEqual([1, 2].map((seq) => [seq, 'A']));
    // A process that died at that time, with its spool.
    const recovering = await open(withSpool(left));
    await expect.poll(() => recoveries).toMatchObject([{ session: session.id, outcome: 'recovered', setAside: 0 }]);
    expect(await marketsOf(recovering)).toEqual([1, 2, 3, 4].map((seq) => [seq, 'A']));
    expect(await holes(recovering, session.id)).toEqual([]);
    expect((await recovering.verify(session.id)).ok).toBe(true);
    // While there is a way to the database.
    stores.delete(store);
    await store.close().catch(() => undefined);
  });
});
