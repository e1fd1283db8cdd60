// Owners that lose their session: taken from them, stopped, killed. In processes of their own, on a real server.
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSessionStore, type SessionStore, type SessionStoreTuning, type StoreStatus } from '../src/index.ts';
import { startChildOwner, type ChildOwner } from './child-owner.ts';
import { delta } from './contract.ts';
import { newDatabase, waitingForLock } from './databases.ts';
import { listen } from './listen.ts';

/** A child's: no pause of a busy machine uses it up. */
const longLease = { durationMs: 60_000 };
const sweeping = { lease: { durationMs: 1000, sweepEveryMs: 50 } };

let url: string;
let sql: postgres.Sql;
let child: ChildOwner | undefined;
let store: SessionStore;

beforeEach(async () => {
  url = await newDatabase();
  sql = postgres(url, { max: 3, onnotice: () => undefined });
});
afterEach(async () => {
  await child?.kill();
  child = undefined;
  await store.close().catch(() => undefined);
  await sql.end({ timeout: 1 });
});

const opened = async (options: SessionStoreTuning) => void (store = await createSessionStore({ url, ...options }));

/** Everything of a session that a write could change. */
const everything = async () => [
  await sql`select * from sessions`,
  await sql`select * from recorders`,
  await sql`select count(*), min(seq), max(seq) from deltas`,
];
const statusOf = async (id: string) =>
  (await sql`select status from sessions where id = ${id}`)[0]!['status'] as string;
/** Its owner is not there to renew its lease: as if that had been the case for long, it runs out in a moment. */
const runsOut = async (id: string) => {
  await sql`update sessions set lease_until = clock_timestamp() + interval '300 ms' where id = ${id}`;
  await expect.poll(async () => statusOf(id)).toBe('reclaimed');
};
const stored = async () => Number((await sql`select coalesce(max(seq), 0) as last from deltas`)[0]!['last']);

/** What a reclaimed session has to look like: no hole, no duplicate, and counters and end as stored. */
const expectTrue = async () => {
  const [found] = await sql`
    select count(*)::int as stored, count(distinct seq)::int as numbers, max(seq)::int as last, max(received_at) as last_at
    from deltas`;
  expect(found!['stored']).toBeGreaterThan(0);
  expect(found).toMatchObject({ numbers: found!['stored'] as number, last: found!['stored'] as number });
  const counted = { deltas: String(found!['stored']), messages: String(found!['stored']) };
  expect(await sql`select * from sessions`).toMatchObject([
    { ...counted, status: 'reclaimed', ended_at: found!['last_at'] },
  ]);
  expect(await sql`select * from recorders`).toMatchObject([counted]);
};

describe('an owner whose session is taken', () => {
  test('hears of it without writing, stops, and says how much is not stored', async () => {
    const statuses: StoreStatus[] = [];
    await opened({
      ...sweeping,
      batch: { maxAgeMs: 1_000_000 },
      on: listen({ onStatus: (status) => statuses.push(status) }),
    });
    const session = await store.openSession({ recorder: 'taken' });
    session.append(delta(1));
    session.append(delta(2));
    await sql`
      update sessions set status = 'reclaimed', ended_at = now(), end_reason = 'owner gone', lease_until = null`;
    const fenced = { code: 'SESSION_FENCED', retryable: false, unwrittenRecords: 2 };
    await expect.poll(() => statuses).toMatchObject([{ state: 'failing', error: { code: 'SESSION_FENCED' } }]);
    expect(() => session.append(delta(3))).toThrow(expect.objectContaining(fenced));
    expect(await session.ended).toMatchObject({ row: null, error: fenced });
    await expect(session.flush()).rejects.toMatchObject(fenced);
    await expect(session.drained()).rejects.toMatchObject(fenced);
    await expect(session.close({ status: 'closed', reason: 'test' })).rejects.toMatchObject({ code: 'SESSION_FENCED' });
    expect(await stored()).toBe(0);

    const next = await store.openSession({ recorder: 'taken' });
    expect((await store.sessions({ limit: 1 }))[0]).toMatchObject({ id: next.id, continues: session.id });
    next.append(delta(1));
    await next.flush();
    expect(statuses.at(-1)).toEqual({ state: 'writing' });
    const row = await next.close({ status: 'closed', reason: 'test' });
    expect(await next.ended).toEqual({ row, error: null });
  });
});

describe('an owner that is stopped for longer than its lease', () => {
  test('writes nothing once it goes on, and says why', async () => {
    await opened(sweeping);
    child = await startChildOwner({ url, lease: longLease });
    await expect.poll(stored).toBeGreaterThan(100);
    child.signal('SIGSTOP');
    await runsOut(child.session);
    const before = await everything();
    child.signal('SIGCONT');
    expect(await child.nextLine()).toMatchObject({ over: 'SESSION_FENCED' });
    expect(await everything()).toEqual(before);
    await expectTrue();
  });

  test('in the middle of a write does not keep its session from being closed', async () => {
    await opened(sweeping);
    child = await startChildOwner({ url, lease: longLease });
    await expect.poll(stored).toBeGreaterThan(0);
    await sql.begin(async (hold) => {
      await hold`select 1 from recorders for no key update`;
      await expect.poll(async () => waitingForLock(sql)).toBe(1);
      child!.signal('SIGSTOP');
    });
    // Its transaction now waits for a process that does not run, and holds the session's row until the server gives it up.
    const idle = async () => sql`
      select 1 from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`;
    await expect.poll(async () => (await idle()).length).toBeGreaterThan(0);
    await runsOut(child.session);
    const before = await everything();
    child.signal('SIGCONT');
    expect(await child.nextLine()).toMatchObject({ over: 'SESSION_FENCED' });
    expect(await everything()).toEqual(before);
    await expectTrue();
  });
});

describe('an owner that is killed', () => {
  test('has its session closed by another process', async () => {
    await opened(sweeping);
    child = await startChildOwner({ url, lease: longLease });
    await expect.poll(stored).toBeGreaterThan(100);
    await child.kill();
    await runsOut(child.session);
    await expectTrue();
  });
});
